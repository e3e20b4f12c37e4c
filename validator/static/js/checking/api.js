/** What this device asks our server. Card numbers travel in bodies only. */

import { FORMAT } from "../memory/pack_page.js";
import { masked } from "../payload/escn.js";
import { verdictOf } from "./shape.js";

/**
 * @import {DeferredCheck} from "../memory/queue.js"
 * @import {Payload, Verdict} from "../types.js"
 * @import {Call, Failure, Told} from "./call.js"
 */

/**
 * @typedef {{ok: true, verdict: Verdict} | Failure} Answered
 * @typedef {ReturnType<typeof createApi>} Api
 */

const LIMIT_MS = { scan: 8_000, pack: 20_000, late: 30_000, me: 8_000, logout: 5_000, alive: 4_000 };
const ALIVE = "alive";

/** @param {Call} call */
export function createApi(call) {
  return Object.freeze({
    /**
     * What our server says of this card; its warnings follow those of the code that was read.
     * @param {Payload} payload
     * @param {number} limitMs
     * @returns {Promise<Answered>}
     */
    async validate({ escn, warnings }, limitMs) {
      const json = { input: escn };
      const told = await call({ method: "POST", path: "/api/v1/validations", json, limitMs });
      const answered = judged(told, masked(escn));
      return answered.ok ? { ok: true, verdict: withWarnings(answered.verdict, warnings) } : answered;
    },

    /**
     * What our server reads on this picture and says of its card. A refusal tells its code in `problem`.
     * @param {Blob} picture
     * @returns {Promise<Answered>}
     */
    async scan(picture) {
      const form = new FormData();
      form.append("image", picture, "frame.jpg");
      const limitMs = LIMIT_MS.scan;
      return judged(await call({ method: "POST", path: "/api/v1/scans", form, limitMs, large: true }), null);
    },

    /** @param {string} cursor @returns {Promise<Told>} */
    pack: (cursor) =>
      call({
        method: "GET",
        path: `/api/v1/offline-pack?format=${FORMAT}&since=${encodeURIComponent(cursor)}`,
        limitMs: LIMIT_MS.pack,
        large: true,
      }),

    /** @param {string} queue  the name of the key that they were sealed with @param {DeferredCheck[]} checks @returns {Promise<Told>} */
    lateChecks: (queue, checks) =>
      call({
        method: "POST",
        path: "/api/v1/late-checks",
        json: { checks: checks.map(asSent), queue },
        limitMs: LIMIT_MS.late,
        large: true,
      }),

    /**
     * Who is signed in. Asked even while a sign-out waits: it tells whether that was heard.
     * @returns {Promise<Told>}
     */
    me: () => call({ method: "GET", path: "/api/v1/me", limitMs: LIMIT_MS.me, always: true }),

    /** End the session. @returns {Promise<Told>} */
    logout: () =>
      call({ method: "POST", path: "/logout", limitMs: LIMIT_MS.logout, answer: "none", always: true }),

    /** Whether our server, and nobody between, answers. @returns {Promise<Told>} */
    async alive() {
      const path = "/livez";
      const limitMs = LIMIT_MS.alive;
      const told = await call({ method: "GET", path, limitMs, answer: "text", always: true, isProbe: true });
      return told.ok && String(told.body).trim() !== ALIVE ? { ok: false, why: "offline" } : told;
    },
  });
}

/** @param {Told} told @param {string | null} number @returns {Answered} */
function judged(told, number) {
  if (!told.ok) {
    return told;
  }
  const verdict = verdictOf(told.body, number);
  return verdict === null ? { ok: false, why: "server_fault" } : { ok: true, verdict };
}

/** @param {Verdict} verdict @param {string[]} before @returns {Verdict} */
function withWarnings(verdict, before) {
  return Object.freeze({ ...verdict, warnings: [...new Set([...before, ...verdict.warnings])] });
}

/** @param {DeferredCheck} check */
function asSent({ id, escn, madeAt, shown }) {
  return { id, input: escn, made_at: new Date(madeAt).toISOString(), shown };
}
