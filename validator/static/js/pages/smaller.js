/** A photo as small as reading it needs, in a form that our server knows. */

import { canReadPixels } from "../decoder/self_test.js";

const LONGEST = 4096; // pixels; what a phone's main lens gives without its high resolution
const QUALITY = 0.92;
const KNOWN = new Set(["image/jpeg", "image/png", "image/webp"]);

/**
 * A JPEG of at most 4096 pixels a side where the photo is larger, or of a kind that our server does not read (HEIC,
 * AVIF, GIF). The photo itself where it is fine as it is, or this browser cannot open it.
 * @param {Blob} photo
 * @returns {Promise<Blob>}
 */
export async function smaller(photo) {
  try {
    const bitmap = await createImageBitmap(photo);
    const factor = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const made = factor === 1 && KNOWN.has(photo.type) ? null : await jpegOf(bitmap, factor);
    bitmap.close();
    return made ?? photo;
  } catch {
    return photo;
  }
}

/** Null where this browser hides pixels from pages, or makes no JPEG. @param {ImageBitmap} bitmap @param {number} factor */
async function jpegOf(bitmap, factor) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(8, Math.round(bitmap.width * factor));
  canvas.height = Math.max(8, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  if (context === null || !canReadPixels(context)) {
    return null;
  }
  context.fillStyle = "#fff"; // under what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  /** @type {Blob | null} */
  const jpeg = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  [canvas.width, canvas.height] = [0, 0]; // Safari keeps canvases long after their last use
  return jpeg?.type === "image/jpeg" ? jpeg : null;
}
