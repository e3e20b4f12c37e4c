/** The root path of this application on its host: "/", or a sub-path such as "/esc/" behind a proxy. */

/** This file is served as …/static/<version>/js/root.js; tests in Node.js load it from the disk. */
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
