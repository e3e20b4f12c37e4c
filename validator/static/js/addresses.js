/** The application's own addresses; `scriptUrl` is the only source of script URLs, under one Trusted Types policy. */

/** @typedef {{createScriptURL(url: string): string}} Policy */

/**
 * The root path of this application on its host: "/", or a sub-path such as "/esc/" behind a proxy. This file is served
 * as …/static/<version>/js/addresses.js; tests in Node.js load it from the disk.
 */
const ROOT = /^https?:/.test(import.meta.url) ? new URL("../../../", import.meta.url).pathname : "/";

/**
 * The URL path of one of the application's own paths, which begins with "/".
 * @param {string} path
 */
export function own(path) {
  return ROOT + path.slice(1);
}

/**
 * fetch() from this application; `input` is one of its own paths.
 * @type {typeof globalThis.fetch}
 */
export const fetchOwn = (input, init) => fetch(own(String(input)), init);

const factory = /** @type {{trustedTypes?: {createPolicy(name: string, rules: Policy): Policy}}} */ (
  /** @type {unknown} */ (globalThis)
).trustedTypes;

/** @param {string} url */
function sameOrigin(url) {
  const target = new URL(url, location.href);
  if (target.origin !== location.origin) {
    throw new TypeError("a script of another origin is never loaded");
  }
  return target.href;
}

const policy = factory ? factory.createPolicy("esc", { createScriptURL: sameOrigin }) : { createScriptURL: sameOrigin };

/**
 * The URL in the form that script sinks (Worker, service worker) accept. Throws a TypeError for another origin.
 * @param {string} url
 * @returns {string}
 */
export function scriptUrl(url) {
  return policy.createScriptURL(url);
}
