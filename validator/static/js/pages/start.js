/**
 * Starts the page's script where this browser has what it needs; anywhere else the plain forms do the work, at once.
 * This file imports nothing at first and uses only what every browser with modules has.
 */

/**
 * What the pages use and have no substitute for (`#`: of every such object). Anything else that is newer than these is
 * used with one only.
 */
const NEEDED = [
  "AbortController",
  "Array#flat",
  "Array#flatMap",
  "Element#append",
  "Element#closest",
  "Element#replaceChildren",
  "Element#replaceWith",
  "Element#toggleAttribute",
  "FormData",
  "Intl.DateTimeFormat",
  "Object.entries",
  "Object.fromEntries",
  "Object.values",
  "Promise.allSettled",
  "Promise#finally",
  "String#normalize",
  "String#padStart",
  "String#replaceAll",
  "String#trimEnd",
  "TextEncoder",
  "URLSearchParams",
  "fetch",
  "matchMedia",
  "performance.now",
];
/** With this at the end of its address a page stays plain, so that it cannot fail twice. */
const PLAIN = "#plain-forms";
/** How the three engines say that something is missing; no message about a lost connection does. */
const MISSING = /is not a (?:function|constructor)|is not defined|undefined|Can't find variable/;

const { entry = "" } = /** @type {HTMLElement} */ (document.querySelector("script[data-entry]")).dataset;
const isKiosk = document.querySelector("[data-kiosk]") !== null;
let isRunning = false;

const missing = NEEDED.filter((path) => !has(path));
if (missing.length > 0) {
  stayPlain(missing);
} else if (location.hash === PLAIN) {
  stayPlain();
  forget();
} else {
  window.addEventListener("error", ({ error }) => fail(error));
  window.addEventListener("unhandledrejection", ({ reason }) => fail(reason));
  import(entry).then(
    () => {
      isRunning = true;
    },
    (fault) => {
      if (!fail(fault)) {
        stayPlain();
      }
    },
  );
}

/** @param {string} path */
function has(path) {
  /** @type {any} */
  let at = window;
  for (const name of path.split(/[.#]/)) {
    if (at === undefined || at === null || !(name in at)) {
      return false;
    }
    at = path.includes(`${name}#`) ? at[name]["prototype"] : at[name];
  }
  return at !== undefined;
}

/**
 * A page that meets something missing while it works would look alive and never answer: it is loaded anew as plain
 * forms. A kiosk that has started goes on, because it has none to offer to a visitor.
 * @param {unknown} fault
 * @returns {boolean} whether it was such a fault
 */
function fail(fault) {
  const isMissing = fault instanceof Error && fault.name !== "SyntaxError" && MISSING.test(fault.message);
  if (isMissing && !(isKiosk && isRunning)) {
    location.hash = PLAIN;
    location.reload();
  }
  return isMissing;
}

/** @param {string[]} [names]  What is missing, for whoever looks for the reason. */
function stayPlain(names = []) {
  document.querySelectorAll("[data-scanner], [data-kiosk]").forEach((one) => one.parentNode?.removeChild(one));
  document.querySelectorAll("[data-ways]").forEach((one) => one.removeAttribute("data-ways"));
  document.querySelectorAll(".with-scanner").forEach((one) => one.classList.remove("with-scanner"));
  document.querySelectorAll("[data-plain]").forEach((one) => {
    one.removeAttribute("hidden");
    one.setAttribute("data-plain", names.join(" "));
  });
  document.querySelectorAll("template[data-plain-template]").forEach((one) => {
    const { content } = /** @type {HTMLTemplateElement} */ (one);
    one.parentNode?.replaceChild(document.importNode(content, true), one);
  });
}

/** The page has worked here before: signing out still empties what the device remembers. */
function forget() {
  if (!isKiosk) {
    import("./plain.js").catch(() => undefined);
  }
}
