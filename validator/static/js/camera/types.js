/**
 * What the camera's modules hand each other. Types only: this module exports nothing.
 *
 * @typedef {object} Facts  What words about the camera depend on.
 * @property {"ios" | "android" | "desktop"} system
 * @property {"safari" | "chrome" | "firefox" | "other"} browser
 * @property {boolean} installed  Opened from the home screen, without the browser's bars.
 * @property {boolean} secure
 *
 * @typedef {object} Trouble  Why there is no picture, in words; `next` says what to do.
 * @property {string} code
 * @property {string} title
 * @property {string} next
 *
 * @typedef {"off" | "starting" | "live" | "restarting" | "trouble"} CameraState
 *
 * @typedef {object} Preferences  Small things that this device remembers.
 * @property {(name: string, fallback: any) => any} get
 * @property {(name: string, value: any) => void} set
 *
 * @typedef {object} Abilities  What the camera in use can do.
 * @property {boolean} torch
 * @property {{min: number, max: number, step: number} | null} zoom
 * @property {string} label
 * @property {number} width
 * @property {number} height
 *
 * @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number, step: number},
 *   focusMode?: string[]}} WideCapabilities  As browsers give them; the DOM's types leave these out.
 */

export {};
