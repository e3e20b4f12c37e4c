/** The only way to the browser's script sinks: addresses of our own, through one Trusted Types policy. */

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
 * This address as a script sink takes it; a TypeError for one of another origin.
 * @param {string} url
 * @returns {string}
 */
export function scriptUrl(url) {
  return policy.createScriptURL(url);
}
