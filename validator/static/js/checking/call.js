/** One request to our server, with a timeout: always a value, never an exception, never longer than the timeout. */

/** @import {Timers} from "../platform.js" */

/**
 * @typedef {"offline" | "slow" | "signed_out" | "server_fault" | "busy" | "refused"} FailureReason
 *
 * @typedef {object} Failure
 * @property {false} ok
 * @property {FailureReason} why
 * @property {string} [problem]  the code in the server's problem document, if there is one
 *
 * @typedef {{ok: true, body: unknown} | Failure} ApiResult
 *
 * @typedef {object} ApiRequest
 * @property {"GET" | "POST"} method
 * @property {string} path
 * @property {number} timeoutMs  for the whole exchange, including the last byte of the body
 * @property {unknown} [json]
 * @property {BodyInit} [form]
 * @property {"json" | "text" | "none"} [answer]  the expected body; "none": any answer will do
 * @property {boolean} [always]  send it even while a sign-out is pending
 * @property {boolean} [isProbe]  it only asks whether the server is alive
 * @property {boolean} [isLarge]  its duration is no measure of the link
 *
 * @typedef {object} Sample  How a request went, for the state of the link; times on a steady clock.
 * @property {number} at  when it ended
 * @property {number} ms  how long it took
 * @property {boolean} measures  whether the duration is a measure of the link
 * @property {FailureReason | null} why
 * @property {number | null} [routerMs]  how long our server waited for the card register, if it says so
 * @property {boolean} [isProbe]
 *
 * @typedef {(request: ApiRequest) => Promise<ApiResult>} Call
 *
 * @typedef {object} Parts
 * @property {typeof globalThis.fetch} fetch
 * @property {() => number} now  a steady clock in milliseconds
 * @property {Timers} timers
 * @property {() => boolean} isLocked  whether a sign-out is pending
 * @property {(sample: Sample) => void} onSample
 * @property {() => number | null} [usedAgoS]  seconds since this device last decided a check that the server does not
 *   know yet: that is a use of the session
 * @property {() => Promise<unknown>} [replacing]  waits while this page replaces its session; "signed out" is believed
 *   only if it is the answer after that, too
 */

/** Read in validator/accounts. */
const USED_AGO = "Escv-Used-Ago";
const MAX_AGO_S = 999_999;
const JSON_TYPES = /^application\/(?:problem\+)?json\b/;

/** @param {Parts} parts @returns {Call} */
export function createCall(parts) {
  const { isLocked, replacing = async () => {} } = parts;
  return async (request) => {
    const result = await callOnce(parts, request);
    if (result.ok || result.why !== "signed_out" || request.always || isLocked()) {
      return result;
    }
    // The request may have been sent with a session that has been replaced meanwhile.
    await replacing();
    return callOnce(parts, request);
  };
}

/** @param {Parts} parts @param {ApiRequest} request @returns {Promise<ApiResult>} */
async function callOnce({ fetch, now, timers, isLocked, onSample, usedAgoS = () => null }, request) {
  if (isLocked() && request.always !== true) {
    return { ok: false, why: "signed_out" };
  }
  const began = now();
  const stop = new AbortController();
  /** @type {(late: ApiResult) => void} */
  let giveUp = () => undefined;
  /** @type {Promise<ApiResult>} */
  const late = new Promise((resolve) => (giveUp = resolve));
  const timer = timers.setTimeout(() => {
    giveUp({ ok: false, why: "slow" });
    stop.abort();
  }, request.timeoutMs);
  const result = await Promise.race([send(fetch, request, usedAgoS(), stop.signal), late]);
  timers.clearTimeout(timer);
  const at = now();
  onSample({
    at,
    ms: at - began,
    measures: request.isLarge !== true,
    why: result.ok ? null : result.why,
    routerMs: result.ok ? routerMs(result.body) : null,
    isProbe: request.isProbe === true,
  });
  return result;
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {ApiRequest} request
 * @param {number | null} usedAgoS
 * @param {AbortSignal} signal
 * @returns {Promise<ApiResult>}
 */
async function send(fetch, request, usedAgoS, signal) {
  try {
    const response = await fetch(request.path, { ...requestOf(request, usedAgoS), signal });
    return await read(response, request.answer ?? "json");
  } catch {
    return { ok: false, why: "offline" };
  }
}

/** @param {ApiRequest} request @param {number | null} usedAgoS @returns {RequestInit} */
function requestOf({ method, json, form, answer }, usedAgoS) {
  const body = json === undefined ? form : JSON.stringify(json);
  return {
    method,
    credentials: "same-origin",
    cache: "no-store",
    // Our API never redirects: a redirect comes from the sign-in page of a network.
    redirect: answer === "none" ? "manual" : "error",
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...(usedAgoS === null ? {} : { [USED_AGO]: String(Math.min(usedAgoS, MAX_AGO_S)) }),
    },
  };
}

/** @param {Response} response @param {"json" | "text" | "none"} answer @returns {Promise<ApiResult>} */
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
  // A page instead of our JSON comes from something between this device and our server.
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

/** @param {number} status @param {string} problem @returns {FailureReason} */
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
