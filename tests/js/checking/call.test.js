import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { Api } from "../../../validator/static/js/checking/api.js";
import { createCall } from "../../../validator/static/js/checking/call.js";
import { Session, SignOutFlag } from "../../../validator/static/js/checking/session.js";
import { TIMERS } from "../../../validator/static/js/platform.js";
import { ANNA, verdict } from "./examples.js";

/**
 * @import {Sample} from "../../../validator/static/js/checking/call.js"
 * @import {ServerResponse as Response} from "node:http"
 * @import {AddressInfo} from "node:net"
 */

/**
 * @typedef {{method: string | undefined, url: string | undefined, body: string}} Request
 */

const JSON_TYPE = "application/json";
const PROBLEM = "application/problem+json";

/** What the server does now. @type {(request: Request, response: Response) => void} */
let answers = () => undefined;
/** @type {Request[]} */
let heard = [];
let base = "";
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const told = { method: request.method, url: request.url, body };
    heard.push(told);
    answers(told, response);
  });
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  base = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** @param {{address?: string, isLocked?: () => boolean, replacing?: () => Promise<unknown>}} [options] */
function client({ address = base, isLocked = () => false, replacing = async () => undefined } = {}) {
  heard = [];
  /** @type {Array<Sample>} */
  const samples = [];
  const call = createCall({
    fetch: (path, init) => fetch(`${address}${path}`, init),
    now: () => performance.now(),
    timers: TIMERS,
    isLocked,
    replacing,
    onSample: (sample) => samples.push(sample),
  });
  return { api: new Api(call), samples };
}

/** @param {number} status @param {string} type @param {unknown} body */
function says(status, type, body) {
  answers = (_request, response) => {
    response.writeHead(status, { "Content-Type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** @param {string} code */
const problem = (code) => ({ type: "about:blank", title: "…", status: 0, code, detail: "…" });

test("a verdict comes as one, the number goes in the body alone, and the code's warnings stay", async () => {
  says(200, JSON_TYPE, verdict({ warnings: ["sandbox_card"] }));
  const { api, samples } = client();
  const told = await api.validate(ANNA, 2_000);

  assert.ok(told.ok);
  assert.deepEqual(told.verdict, verdict({ warnings: ["unknown_qr_host", "sandbox_card"] }));
  assert.equal(heard[0]?.url, "/api/v1/validations");
  assert.deepEqual(JSON.parse(heard[0]?.body ?? ""), { input: ANNA.escn });
  assert.deepEqual([samples.length, samples[0]?.why, samples[0]?.measures], [1, null, true]);
});

test("the time that the server waited for the card register is recorded if the server reports it", async () => {
  const { api, samples } = client();
  for (const given of [{}, { router_ms: null }, { router_ms: "900" }, { router_ms: -1 }, { router_ms: 900 }]) {
    says(200, JSON_TYPE, { ...verdict(), ...given });
    assert.ok((await api.validate(ANNA, 2_000)).ok);
  }
  says(200, "text/plain", "alive");
  assert.ok((await api.alive()).ok);
  assert.deepEqual(
    samples.map(({ routerMs, isProbe }) => [routerMs, isProbe]),
    [...Array(4).fill([null, false]), [900, false], [null, true]],
  );
});

const KIRAS = verdict({ card: { ...verdict().card, number: "0000…0000" } });

/** @type {Array<[string, number, string, unknown, string]>} */
const FAILURES = [
  ["a sign-in page of another network", 200, "text/html", "<h1>Welcome to the Wi-Fi</h1>", "offline"],
  ["a page that calls itself JSON", 200, JSON_TYPE, "<h1>Welcome to the Wi-Fi</h1>", "offline"],
  ["JSON of another shape", 200, JSON_TYPE, { outcome: "valid" }, "server_fault"],
  ["another card's verdict", 200, JSON_TYPE, KIRAS, "server_fault"],
  ["nothing at all", 200, JSON_TYPE, "", "offline"],
  ["a proxy without our server", 502, "text/html", "<h1>Bad gateway</h1>", "server_fault"],
  ["our server's fault", 500, PROBLEM, problem("server_error"), "server_fault"],
  ["our server's refusal", 422, PROBLEM, problem("not_an_esc_code"), "refused"],
  ["our server's busy moment", 503, PROBLEM, problem("busy"), "busy"],
  ["too many requests", 429, PROBLEM, problem("too_many_requests"), "busy"],
  ["a session that ended", 401, PROBLEM, problem("sign_in_required"), "signed_out"],
  ["another server's 401", 401, "text/html", "<h1>Proxy: sign in</h1>", "offline"],
  ["another server's 401 in JSON", 401, PROBLEM, problem("proxy_auth"), "server_fault"],
  ["a filter in between", 403, "text/html", "<h1>Blocked</h1>", "offline"],
];
for (const [name, status, type, body, why] of FAILURES) {
  test(`${name} is ${why}, and no verdict`, async () => {
    says(status, type, body);
    const told = await client().api.validate(ANNA, 2_000);

    assert.ok(!told.ok);
    assert.equal(told.why, why);
  });
}

test("a redirect is not followed: our API gives none", async () => {
  answers = (request, response) => {
    const status = request.url === "/there" ? 200 : 302;
    response.writeHead(status, { Location: "/there", "Content-Type": JSON_TYPE });
    response.end(JSON.stringify(verdict()));
  };

  assert.deepEqual(await client().api.validate(ANNA, 2_000), { ok: false, why: "offline" });
  assert.equal(heard.length, 1);
});

test("a server that says nothing, and one that never ends, are slow when the limit is over", async () => {
  for (const begins of [false, true]) {
    answers = (_request, response) => {
      if (begins) {
        response.writeHead(200, { "Content-Type": JSON_TYPE });
        response.write('{"outcome":"valid",');
      }
    };
    const { api, samples } = client();
    assert.deepEqual(await api.validate(ANNA, 150), { ok: false, why: "slow" });
    assert.equal(samples[0]?.why, "slow");
    assert.ok((samples[0]?.ms ?? 0) >= 149);
  }
});

test("a server that does not answer is offline, and nothing throws", async () => {
  const { api } = client({ address: "http://127.0.0.1:1" });

  assert.deepEqual(await api.validate(ANNA, 2_000), { ok: false, why: "offline" });
});

test("only our own server's answer shows that it is alive", async () => {
  says(200, "text/plain", "alive\n");
  assert.ok((await client().api.alive()).ok);
  says(200, "text/html", "<h1>Welcome to the Wi-Fi</h1>");
  assert.deepEqual(await client().api.alive(), { ok: false, why: "offline" });
});

test("a late check goes with what was shown and when", async () => {
  says(200, JSON_TYPE, { results: [] });
  const shown = /** @type {const} */ ({ outcome: "valid", reason: "active" });
  await client().api.deferredChecks("key", [{ id: "x", escn: ANNA.escn, madeAt: 0, shown }]);

  assert.deepEqual(JSON.parse(heard[0]?.body ?? ""), {
    checks: [{ id: "x", input: ANNA.escn, made_at: "1970-01-01T00:00:00.000Z", shown }],
    queue: "key",
  });
});

/** A session whose marks last as long as the test. */
function session() {
  const flag = new SignOutFlag(() => {
    throw new DOMException("no", "SecurityError");
  });
  const { api } = client({ isLocked: () => flag.isSet() });
  /** @type {string[]} */
  const done = [];
  const wipe = async () => void done.push(`wiped before ${heard.length + 1}`);
  return { api, done, session: new Session({ flag, logout: () => api.logout(), me: () => api.me(), wipe }) };
}

/** The server after a sign-out: a redirect to the sign-in page, then 401. @param {boolean} listens */
function signingOut(listens) {
  answers = ({ url }, response) => {
    const isOut = listens && heard.some((each) => each.url === "/logout" && each.method === "POST");
    if (url === "/logout") {
      response.writeHead(302, { Location: "/login" });
      response.end();
    } else {
      response.writeHead(isOut ? 401 : 200, { "Content-Type": PROBLEM });
      response.end(JSON.stringify(isOut ? problem("sign_in_required") : { name: "Sara" }));
    }
  };
}

test("a request that left under a session replaced meanwhile is asked again", async () => {
  let isReplaced = false;
  answers = (_request, response) => {
    response.writeHead(isReplaced ? 200 : 401, { "Content-Type": isReplaced ? JSON_TYPE : PROBLEM });
    response.end(JSON.stringify(isReplaced ? verdict() : problem("sign_in_required")));
  };
  const { api } = client({ replacing: async () => void (isReplaced = true) });

  assert.equal((await api.validate(ANNA, 2_000)).ok, true);
  assert.equal(heard.length, 2);
});

test("signing out first empties the device, then informs the server", async () => {
  signingOut(true);
  const at = session();

  assert.equal(await at.session.signOut(), true);
  assert.deepEqual([at.done, at.session.isSignOutPending()], [["wiped before 1"], false]);
});

test("without a network the sign-out waits, and no other request is sent before it is delivered", async () => {
  answers = (_request, response) => void response.destroy();
  const at = session();
  assert.equal(await at.session.signOut(), false);
  assert.deepEqual([at.done, at.session.isSignOutPending()], [["wiped before 1"], true]);

  signingOut(true);
  heard = [];
  assert.deepEqual(await at.api.validate(ANNA, 2_000), { ok: false, why: "signed_out" });
  assert.deepEqual(await at.api.pack(""), { ok: false, why: "signed_out" });
  assert.deepEqual(heard, []);

  assert.equal(await at.session.settle(), true);
  assert.deepEqual([heard.map(({ url }) => url), at.session.isSignOutPending()], [["/logout", "/api/v1/me"], false]);
});

test("a network that redirects everything does not confirm the sign-out", async () => {
  answers = (_request, response) => {
    response.writeHead(302, { Location: "https://wifi.example/" });
    response.end();
  };
  const at = session();

  assert.equal(await at.session.signOut(), false);
  assert.ok(at.session.isSignOutPending());
});

test("a sign-out that did not reach the server is sent again", async () => {
  signingOut(false);
  const at = session();
  assert.equal(await at.session.signOut(), false);

  signingOut(true);
  heard = [];
  assert.equal(await at.session.settle(), true);
});
