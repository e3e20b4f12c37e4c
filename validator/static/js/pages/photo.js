/** The photo form with scripts: the photo is made smaller, and its answer is shown on this page. */

import { canReadPixels } from "../decoder/self_test.js";
import { N_, _ } from "../messages.js";

/**
 * @import {VerdictResult} from "../checking/api.js"
 * @import {Reading} from "../result/types.js"
 */

/**
 * @typedef {object} Parts
 * @property {(picture: Blob) => Promise<VerdictResult>} read
 * @property {() => Reading} onTaken  The photo is being sent; its answer is reported there.
 */

/** @type {Record<string, string>} */
const FAILED = {
  offline: N_("The photo could not be sent: this device has no connection. Type the number instead."),
  slow: N_("No answer to the photo came in time. Try again, or type the number instead."),
  busy: N_("Our server is busy at the moment. Try again in a minute, or type the number instead."),
  signed_out: N_("This device is signed out. Sign in again, then send the photo again."),
};
const FAULT = N_("Our server has a fault at the moment. Try again in a minute, or type the number instead.");

/**
 * Check the chosen photo without leaving the page.
 * @param {HTMLFormElement} form  with `[data-photo-note]` for a line about a failure
 * @param {Parts} parts
 */
export function enhancePhotoForm(form, { read, onTaken }) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const note = /** @type {HTMLElement} */ (form.querySelector("[data-photo-note]"));
  let isReading = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picture = input.files?.[0];
    if (picture && !isReading) {
      void send(picture);
    }
  });

  /** @param {Blob} picture */
  async function send(picture) {
    isReading = true;
    note.replaceChildren();
    const reading = onTaken();
    const result = await read(await smaller(picture));
    isReading = false;
    if (result.ok) {
      form.reset();
      reading.read(result.verdict);
    } else if (result.why === "refused" && result.problem) {
      reading.refused({ code: result.problem, kind: null });
    } else {
      note.replaceChildren(_(FAILED[result.why] ?? FAULT));
      reading.failed();
    }
  }
}

const MAX_SIDE = 4096; // pixels; what a phone's main lens gives without its high resolution
const QUALITY = 0.92;
const KNOWN_TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);

/**
 * A JPEG of at most 4096 pixels a side if the photo is larger, or of a type that our server does not read (HEIC, AVIF,
 * GIF). The photo itself if it is small enough, or if this browser cannot open it.
 * @param {Blob} photo
 * @returns {Promise<Blob>}
 */
export async function smaller(photo) {
  try {
    const bitmap = await createImageBitmap(photo);
    const factor = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const made = factor === 1 && KNOWN_TYPES.has(photo.type) ? null : await jpegOf(bitmap, factor);
    bitmap.close();
    return made ?? photo;
  } catch {
    return photo;
  }
}

/**
 * Null if this browser hides pixels from pages, or makes no JPEG.
 * @param {ImageBitmap} bitmap
 * @param {number} factor
 */
async function jpegOf(bitmap, factor) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(8, Math.round(bitmap.width * factor));
  canvas.height = Math.max(8, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  if (context === null || !canReadPixels(context)) {
    return null;
  }
  context.fillStyle = "#fff"; // under transparent parts
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  /** @type {Blob | null} */
  const jpeg = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  [canvas.width, canvas.height] = [0, 0]; // Safari keeps canvases long after their last use
  return jpeg?.type === "image/jpeg" ? jpeg : null;
}
