/** The only source of script URLs: same-origin addresses, through one Trusted Types policy. */

/** @typedef {{createScriptURL(url: string): string}} Policy */

const factory = /** @type {{trustedTypes?: {createPolicy(name: string, rules: Policy): Policy}}} */ (
  /** @type {unknown} */ (globalThis)
).trustedTypes;

/** @param {string} url */
function own(url) {
  const target = new URL(url, location.href);
  if (target.origin !== location.origin) {
    throw new TypeError("a script of another origin is never loaded");
  }
  return target.href;
}

const policy = factory ? factory.createPolicy("esc", { createScriptURL: own }) : { createScriptURL: own };

/**
 * The URL in the form that script sinks (Worker, service worker) accept. Throws a TypeError for another origin.
 * @param {string} url
 * @returns {string}
 */
export function scriptUrl(url) {
  return policy.createScriptURL(url);
}
