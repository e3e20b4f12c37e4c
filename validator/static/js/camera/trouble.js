/** Camera problems in words: what is wrong, and what to do about it on this platform. */

/**
 * @typedef {object} Platform  Chooses the words only: what works is always tried, never guessed from a name.
 * @property {"ios" | "android" | "desktop"} system
 * @property {"safari" | "chrome" | "firefox" | "other"} browser
 * @property {boolean} installed  Opened from the home screen, without the browser's bars.
 * @property {boolean} secure
 *
 * @typedef {object} Trouble  Why there is no picture, in words; `next` says what to do.
 * @property {string} code
 * @property {string} title
 * @property {string} next
 */

const TYPE_INSTEAD = "Until then, type the number or take a photo.";

/** @type {Record<string, string>} By the names of errors (getUserMedia) and of our own faults (watchdog.js). */
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

/** @type {Record<string, {title: string, next: (platform: Platform) => string}>} */
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
 * The trouble for the name of an error, or for one of our own names (`insecure`, `ended`, `black` …).
 * @param {string} name @param {Platform} platform
 * @returns {Trouble}
 */
export function describeTrouble(name, platform) {
  const code = platform.secure ? (CODES[name] ?? "unknown") : "insecure";
  const { title, next } = WORDS[code];
  return { code, title, next: next(platform) };
}

/** @param {Platform} platform */
function allowAgain({ system, browser, installed }) {
  return `${whereToAllow(system, browser, installed)} Then press Restart camera. ${TYPE_INSTEAD}`;
}

/** @param {Platform["system"]} system @param {Platform["browser"]} browser @param {boolean} installed */
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

/** @param {Platform} platform */
function freeIt({ system }) {
  return system === "desktop"
    ? "Close other programs and tabs that show a picture (video calls), then press Restart camera."
    : "Close other apps that use the camera (calls, the camera app), then press Restart camera.";
}

/** @param {Platform} platform */
function otherBrowser({ system }) {
  const name = system === "ios" ? "Safari" : system === "android" ? "Chrome or Firefox" : "a current browser";
  return `Open this page in ${name}, not inside another app. ${TYPE_INSTEAD}`;
}

/** @param {Platform} platform */
function tapFirst({ system }) {
  return system === "ios"
    ? "Tap the picture. In Low Power Mode the iPhone asks for this each time."
    : "Tap the picture.";
}

/** @param {Platform} platform */
function bringBack({ system, installed }) {
  return system === "ios" && installed
    ? "Press Restart camera. If it stays so, close the app by swiping it up and open it again."
    : "Press Restart camera. If it stays so, reload the page.";
}

/**
 * @param {{userAgent: string, maxTouchPoints?: number, standalone?: boolean}} navigator
 * @param {{secure: boolean, standaloneDisplay: boolean}} page
 * @returns {Platform}
 */
export function detectPlatform(navigator, { secure, standaloneDisplay }) {
  const { userAgent, maxTouchPoints = 0, standalone = false } = navigator;
  // iPads report to be Macs; no Mac has a touch screen.
  const isIos = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  const system = isIos ? "ios" : /Android/.test(userAgent) ? "android" : "desktop";
  return { system, browser: browserOf(userAgent), installed: standalone || standaloneDisplay, secure };
}

/**
 * @param {string} userAgent
 * @returns {Platform["browser"]}
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

/** The platform of this page. */
export function currentPlatform() {
  const standaloneDisplay = matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;
  return detectPlatform(navigator, { secure: isSecureContext, standaloneDisplay });
}
