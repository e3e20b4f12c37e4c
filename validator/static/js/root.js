/** Where this application begins on its host: "/", or a sub-path such as "/esc/" behind a proxy. */

/** Files of ours are at …/static/<version>/js/…; tests in Node read this one from a disk. */
const ROOT = /^https?:/.test(import.meta.url) ? new URL("../../../", import.meta.url).pathname : "/";

/**
 * The address of a path of the application, which begins with "/".
 * @param {string} path
 */
export function own(path) {
  return ROOT + path.slice(1);
}

/**
 * Fetch from this application; `input` is one of its paths.
 * @type {typeof globalThis.fetch}
 */
export const fetchOwn = (input, init) => fetch(own(String(input)), init);
