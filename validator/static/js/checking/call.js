/** One request to our server, within a limit: always a value, never an exception, never longer. */

/** @import {Timers} from "../timers.js" */

/**
 * @typedef {"offline" | "slow" | "signed_out" | "server_fault" | "busy" | "refused"} Why
 *
 * @typedef {object} Failure
 * @property {false} ok
 * @property {Why} why
 * @property {string} [problem]  the code of the server's problem, where it told one
 *
 * @typedef {{ok: true, body: unknown} | Failure} Told
 *
 * @typedef {object} Question
 * @property {"GET" | "POST"} method
 * @property {string} path
 * @property {number} limitMs  for everything, the body's last byte included
 * @property {unknown} [json]
 * @property {BodyInit} [form]
 * @property {"json" | "text" | "none"} [answer]  what our server answers; "none": only that it does
 * @property {boolean} [always]  ask even while a sign-out waits to be told
 * @property {boolean} [isProbe]  nothing but a sign of life is asked for
 * @property {boolean} [large]  how long it takes tells nothing about the link
 *
 * @typedef {object} Sample  How a request went, for the link's state; on a clock that never goes back.
 * @property {number} at  when it ended
 * @property {number} ms  how long it took
 * @property {boolean} measures  whether that tells something about the link
 * @property {Why | null} why
 * @property {number | null} [routerMs]  how long our server waited for the card register, where it says so
 * @property {boolean} [isProbe]  it asked for nothing but a sign of life
 *
 * @typedef {(question: Question) => Promise<Told>} Call
 */

/** As validator/accounts/sign_in.py reads it. */
const USED_AGO = "Escv-Used-Ago";
const LONGEST_AGO_S = 999_999;
const JSON_TYPES = /^application\/(?:problem\+)?json\b/;

/**
 * @param {{fetch: typeof globalThis.fetch, now: () => number, timers: Timers, isLocked: () => boolean,
 *   heard: (sample: Sample) => void, usedAgoS?: () => number | null, replacing?: () => Promise<unknown>}} parts
 *   `now` is a clock that never goes back, in milliseconds; `usedAgoS` tells when this device last decided a check
 *   that the server does not know yet, which is a use of the session; `replacing` waits while this page exchanges
 *   its session for another one: "signed out" is believed when it is told after that, too
 * @returns {Call}
 */
export function createCall({ fetch, now, timers, isLocked, heard, usedAgoS = () => null, replacing = async () => {} }) {
  return async (question) => {
    const told = await once(question);
    if (told.ok || told.why !== "signed_out" || question.always || isLocked()) {
      return told;
    }
    // It may have left under a session that another one has replaced meanwhile.
    await replacing();
    return once(question);
  };

  /** @type {Call} */
  async function once(question) {
    if (isLocked() && question.always !== true) {
      return { ok: false, why: "signed_out" };
    }
    const began = now();
    const stop = new AbortController();
    /** @type {(late: Told) => void} */
    let giveUp = () => undefined;
    /** @type {Promise<Told>} */
    const late = new Promise((resolve) => (giveUp = resolve));
    const timer = timers.setTimeout(() => {
      giveUp({ ok: false, why: "slow" });
      stop.abort();
    }, question.limitMs);
    const told = await Promise.race([ask(fetch, question, usedAgoS(), stop.signal), late]);
    timers.clearTimeout(timer);
    const at = now();
    heard({
      at,
      ms: at - began,
      measures: question.large !== true,
      why: told.ok ? null : told.why,
      routerMs: told.ok ? routerMs(told.body) : null,
      isProbe: question.isProbe === true,
    });
    return told;
  }
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {Question} question
 * @param {number | null} usedAgoS
 * @param {AbortSignal} signal
 * @returns {Promise<Told>}
 */
async function ask(fetch, question, usedAgoS, signal) {
  try {
    const response = await fetch(question.path, { ...requestOf(question, usedAgoS), signal });
    return await read(response, question.answer ?? "json");
  } catch {
    return { ok: false, why: "offline" };
  }
}

/** @param {Question} question @param {number | null} usedAgoS @returns {RequestInit} */
function requestOf({ method, json, form, answer }, usedAgoS) {
  const body = json === undefined ? form : JSON.stringify(json);
  return {
    method,
    credentials: "same-origin",
    cache: "no-store",
    // Our API never redirects: whoever does is a sign-in page of somebody's network.
    redirect: answer === "none" ? "manual" : "error",
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...(usedAgoS === null ? {} : { [USED_AGO]: String(Math.min(usedAgoS, LONGEST_AGO_S)) }),
    },
  };
}

/** @param {Response} response @param {"json" | "text" | "none"} answer @returns {Promise<Told>} */
async function read(response, answer) {
  if (answer === "none" && (response.ok || response.type === "opaqueredirect")) {
    return { ok: true, body: null };
  }
  const text = await response.text();
  const body = JSON_TYPES.test(response.headers.get("Content-Type") ?? "") ? parsed(text) : undefined;
  if (!response.ok) {
    return failure(response.status, body);
  }
  if (answer === "text") {
    return { ok: true, body: text };
  }
  // A page where our JSON should be comes from something between us and our server.
  return body === undefined ? { ok: false, why: "offline" } : { ok: true, body };
}

/** @param {number} status @param {any} body @returns {Failure} */
function failure(status, body) {
  const problem = typeof body?.code === "string" ? body.code : undefined;
  if (problem === undefined) {
    return { ok: false, why: status >= 500 || status === 429 ? "server_fault" : "offline" };
  }
  return { ok: false, why: whyOf(status, problem), problem };
}

/** @param {number} status @param {string} problem @returns {Why} */
function whyOf(status, problem) {
  if (status === 401 && problem === "sign_in_required") {
    return "signed_out";
  }
  if (status === 429 || status === 503) {
    return "busy";
  }
  return status >= 500 || status === 401 ? "server_fault" : "refused";
}

/** An optional field of our answers. @param {unknown} body */
function routerMs(body) {
  const given = body && typeof body === "object" && "router_ms" in body ? body.router_ms : null;
  return typeof given === "number" && given >= 0 ? given : null;
}

/** @param {string} text */
function parsed(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch {
    return undefined;
  }
}
