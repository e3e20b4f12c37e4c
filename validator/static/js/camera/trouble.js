/** Camera problems in words: what is wrong, and what to do about it on this platform. */

import { _ } from "../messages.js";

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

/** @typedef {(platform: Platform) => {title: string, next: string}} Words */

/** @type {Record<string, Words>} */
const WORDS = {
  denied: (platform) => ({ title: _("The camera is not allowed here"), next: allowAgain(platform) }),
  forbidden: () => ({
    title: _("This page may not use the camera"),
    next: _(
      "Open the page itself, not inside another one or a preview. Until then, type the number or take a photo.",
    ),
  }),
  no_camera: ({ system }) => ({
    title: _("No camera was found"),
    next:
      system === "desktop"
        ? _("Plug a camera in and press Restart camera, use a hand-held scanner, or type the number.")
        : _(
            "Press Restart camera. If that does not help, restart the phone. Until then, type the number or take a photo.",
          ),
  }),
  in_use: ({ system }) => ({
    title: _("The camera is busy"),
    next:
      system === "desktop"
        ? _("Close other programs and tabs that show a picture (video calls), then press Restart camera.")
        : _("Close other apps that use the camera (calls, the camera app), then press Restart camera."),
  }),
  insecure: () => ({
    title: _("The camera needs a secure address"),
    next: _(
      "Open this page with https:// in front, or ask IT support. Until then, type the number or take a photo.",
    ),
  }),
  unsupported: (platform) => ({ title: _("This browser gives no camera to pages"), next: otherBrowser(platform) }),
  tap: ({ system }) => ({
    title: _("The camera waits for a tap"),
    next:
      system === "ios"
        ? _("Tap the picture. In Low Power Mode the iPhone asks for this each time.")
        : _("Tap the picture."),
  }),
  lost: (platform) => ({ title: _("The picture stopped"), next: bringBack(platform) }),
  black: ({ system }) => ({
    title: _("The picture is black"),
    next:
      system === "desktop"
        ? _("Open the camera’s cover or switch, then press Restart camera.")
        : _("Uncover the lens, then press Restart camera."),
  }),
  too_close: () => ({
    title: _("Too close to focus"),
    next: _("Hold the card a hand’s length away. If it stays unsharp, choose another camera or zoom in."),
  }),
  unknown: (platform) => ({ title: _("The camera did not start"), next: bringBack(platform) }),
};

/**
 * The trouble for the name of an error, or for one of our own names (`insecure`, `ended`, `black` …).
 * @param {string} name @param {Platform} platform
 * @returns {Trouble}
 */
export function describeTrouble(name, platform) {
  const code = platform.secure ? (CODES[name] ?? "unknown") : "insecure";
  return { code, ...WORDS[code](platform) };
}

/** @param {Platform} platform */
function allowAgain({ system, browser, installed }) {
  if (system === "ios") {
    return allowOnIos(browser === "safari", installed);
  }
  if (system === "android") {
    return allowOnAndroid(browser === "firefox", installed);
  }
  return browser === "safari"
    ? _(
        "Open Safari, Settings, Websites, Camera, and allow this site. Then press Restart camera. Until then, type the number or take a photo.",
      )
    : _(
        "Click the icon left of the address and allow the camera. Then press Restart camera. Until then, type the number or take a photo.",
      );
}

/** @param {boolean} isSafari @param {boolean} installed */
function allowOnIos(isSafari, installed) {
  if (!isSafari) {
    return _(
      "Open the iPhone’s Settings, choose this browser, and switch Camera on. Then press Restart camera. Until then, type the number or take a photo.",
    );
  }
  return installed
    ? _(
        "Close this app, open it again and choose Allow. If it does not ask: Settings, Safari, Camera, Allow. Then press Restart camera. Until then, type the number or take a photo.",
      )
    : _(
        "Tap the page menu beside the address, then Website Settings, Camera, Allow. Then press Restart camera. Until then, type the number or take a photo.",
      );
}

/** @param {boolean} isFirefox @param {boolean} installed */
function allowOnAndroid(isFirefox, installed) {
  if (isFirefox) {
    return _(
      "Tap the lock beside the address and allow the camera; check too that Android lets Firefox use it. Then press Restart camera. Until then, type the number or take a photo.",
    );
  }
  return installed
    ? _(
        "Hold the app’s icon, tap App info, Permissions, Camera, and allow it. Then press Restart camera. Until then, type the number or take a photo.",
      )
    : _(
        "Tap the icon left of the address, then Permissions, Camera, Allow. Then press Restart camera. Until then, type the number or take a photo.",
      );
}

/** @param {Platform} platform */
function otherBrowser({ system }) {
  if (system === "ios") {
    return _(
      "Open this page in Safari, not inside another app. Until then, type the number or take a photo.",
    );
  }
  return system === "android"
    ? _(
        "Open this page in Chrome or Firefox, not inside another app. Until then, type the number or take a photo.",
      )
    : _(
        "Open this page in a current browser, not inside another app. Until then, type the number or take a photo.",
      );
}

/** @param {Platform} platform */
function bringBack({ system, installed }) {
  return system === "ios" && installed
    ? _("Press Restart camera. If that does not help, close the app by swiping it up and open it again.")
    : _("Press Restart camera. If that does not help, reload the page.");
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
