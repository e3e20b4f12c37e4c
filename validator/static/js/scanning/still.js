// @ts-check
/** One picture of the film as a JPEG in full resolution, for the server's decoders; nothing of it is kept. */

const QUALITY = 0.9;

/**
 * Null where there is no picture or no way to make one.
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob | null>}
 */
export async function takeStill(video) {
  if (video.readyState < 2 || video.videoWidth === 0) {
    return null;
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  if (context === null) {
    return null;
  }
  context.drawImage(video, 0, 0);
  /** @type {Blob | null} */
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  [canvas.width, canvas.height] = [0, 0]; // Safari keeps canvases long after their last use
  return picture;
}
