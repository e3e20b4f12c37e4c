// @ts-check
/**
 * Which system and browser this is, for words only: what works is always tried, never guessed from a name.
 */

/** @typedef {import("./types.js").Facts} Facts */

/**
 * @param {{userAgent: string, maxTouchPoints?: number, standalone?: boolean}} navigator
 * @param {{secure: boolean, standaloneDisplay: boolean}} page
 * @returns {Facts}
 */
export function factsOf(navigator, { secure, standaloneDisplay }) {
  const { userAgent, maxTouchPoints = 0, standalone = false } = navigator;
  // iPads say that they are Macs; no Mac has a touch screen.
  const isIos = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  const system = isIos ? "ios" : /Android/.test(userAgent) ? "android" : "desktop";
  return { system, browser: browserOf(userAgent), installed: standalone || standaloneDisplay, secure };
}

/**
 * @param {string} userAgent
 * @returns {Facts["browser"]}
 */
function browserOf(userAgent) {
  if (/Firefox|FxiOS/.test(userAgent)) {
    return "firefox";
  }
  if (/Chrome|CriOS|Chromium/.test(userAgent)) {
    return /Edg|OPR|SamsungBrowser/.test(userAgent) ? "other" : "chrome";
  }
  return /Safari|AppleWebKit/.test(userAgent) ? "safari" : "other";
}

/** The facts of the browser this runs in. */
export function factsHere() {
  const standaloneDisplay = matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;
  return factsOf(navigator, { secure: isSecureContext, standaloneDisplay });
}
