// @ts-check
/** Camera problems in words: what is the matter, and what to do about it on this system. */

/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Trouble} Trouble */

const TYPE_INSTEAD = "Until then, type the number or take a photo.";

/** @type {Record<string, string>} The names of what getUserMedia and tracks fail with, and our own. */
const CODES = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied",
  SecurityError: "forbidden",
  NotFoundError: "no_camera",
  DevicesNotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "in_use",
  TrackStartError: "in_use",
  AbortError: "in_use",
  insecure: "insecure",
  unsupported: "unsupported",
  tap: "tap",
  ended: "lost",
  muted: "lost",
  still: "lost",
  black: "black",
  too_close: "too_close",
};

/** @type {Record<string, {title: string, next: (facts: Facts) => string}>} */
const WORDS = {
  denied: { title: "The camera is not allowed here", next: allowAgain },
  forbidden: {
    title: "This page may not use the camera",
    next: () => `Open the page itself, not inside another one or a preview. ${TYPE_INSTEAD}`,
  },
  no_camera: {
    title: "No camera was found",
    next: ({ system }) =>
      system === "desktop"
        ? "Plug a camera in and press Restart camera, use a hand-held scanner, or type the number."
        : `Press Restart camera; if it stays so, restart the phone. ${TYPE_INSTEAD}`,
  },
  in_use: { title: "The camera is busy", next: freeIt },
  insecure: {
    title: "The camera needs a secure address",
    next: () => `Open this page with https:// in front, or ask who runs it. ${TYPE_INSTEAD}`,
  },
  unsupported: { title: "This browser gives no camera to pages", next: otherBrowser },
  tap: { title: "The camera waits for a tap", next: tapFirst },
  lost: { title: "The picture stopped", next: bringBack },
  black: {
    title: "The picture is black",
    next: ({ system }) =>
      system === "desktop"
        ? "Open the camera’s cover or switch, then press Restart camera."
        : "Uncover the lens, then press Restart camera.",
  },
  too_close: {
    title: "Too close to focus",
    next: () => "Hold the card a hand’s length away. If it stays unsharp, choose another camera or zoom in.",
  },
  unknown: { title: "The camera did not start", next: bringBack },
};

/**
 * The trouble behind the name of an error, or one of our own names (`insecure`, `ended`, `black` …).
 * @param {string} name @param {Facts} facts
 * @returns {Trouble}
 */
export function troubleOf(name, facts) {
  const code = facts.secure ? (CODES[name] ?? "unknown") : "insecure";
  const { title, next } = WORDS[code];
  return { code, title, next: next(facts) };
}

/** @param {Facts} facts */
function allowAgain({ system, browser, installed }) {
  return `${whereToAllow(system, browser, installed)} Then press Restart camera. ${TYPE_INSTEAD}`;
}

/** @param {Facts["system"]} system @param {Facts["browser"]} browser @param {boolean} installed */
function whereToAllow(system, browser, installed) {
  if (system === "ios") {
    if (browser !== "safari") {
      return "Open the iPhone’s Settings, choose this browser, and switch Camera on.";
    }
    return installed
      ? "Close this app, open it again and choose Allow. If it does not ask: Settings, Safari, Camera, Allow."
      : "Tap the page menu beside the address, then Website Settings, Camera, Allow.";
  }
  if (system === "android") {
    if (installed && browser !== "firefox") {
      return "Hold the app’s icon, tap App info, Permissions, Camera, and allow it.";
    }
    return browser === "firefox"
      ? "Tap the lock beside the address and allow the camera; check too that Android lets Firefox use it."
      : "Tap the icon left of the address, then Permissions, Camera, Allow.";
  }
  return browser === "safari"
    ? "Open Safari, Settings, Websites, Camera, and allow this site."
    : "Click the icon left of the address and allow the camera.";
}

/** @param {Facts} facts */
function freeIt({ system }) {
  return system === "desktop"
    ? "Close other programs and tabs that show a picture (video calls), then press Restart camera."
    : "Close other apps that use the camera (calls, the camera app), then press Restart camera.";
}

/** @param {Facts} facts */
function otherBrowser({ system }) {
  const name = system === "ios" ? "Safari" : system === "android" ? "Chrome or Firefox" : "a current browser";
  return `Open this page in ${name}, not inside another app. ${TYPE_INSTEAD}`;
}

/** @param {Facts} facts */
function tapFirst({ system }) {
  return system === "ios"
    ? "Tap the picture. In Low Power Mode the iPhone asks for this each time."
    : "Tap the picture.";
}

/** @param {Facts} facts */
function bringBack({ system, installed }) {
  return system === "ios" && installed
    ? "Press Restart camera. If it stays so, close the app by swiping it up and open it again."
    : "Press Restart camera. If it stays so, reload the page.";
}
