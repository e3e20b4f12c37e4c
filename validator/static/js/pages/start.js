/**
 * Starts the page's script if this browser has what it needs; otherwise the plain forms do the work, at once. This file
 * imports nothing statically and uses only what every browser with modules has.
 */

/**
 * What the pages need without a substitute (`#`: a member of every such object). The pages have a substitute for
 * everything else that is newer.
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
/** With this fragment a page stays plain, so that it cannot fail twice. */
const PLAIN = "#plain-forms";
/** The messages of the three engines about something missing; no message about a lost connection matches. */
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
 * A page that finds something missing while it runs would look usable and never answer: it is reloaded with plain forms.
 * A kiosk that has started continues, because it has no plain forms for visitors.
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

/** @param {string[]} [names]  what is missing, for the person who looks for the cause */
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

/** The page has worked here before: signing out still deletes the data on the device. */
function forget() {
  if (!isKiosk) {
    import("./plain.js").catch(() => undefined);
  }
}
