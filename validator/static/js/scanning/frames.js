// @ts-check
/**
 * When to look: at every new picture of the film, and now and then where the browser does not tell of them.
 */

/**
 * @typedef {Pick<typeof globalThis, "setTimeout" | "clearTimeout">} Timers
 * @typedef {(video: HTMLVideoElement, onFrame: () => void, timers: Timers) => () => void} Schedule
 *   Calls `onFrame` at new pictures until the function that it gives is called.
 */

const WITHOUT_NEWS_MS = 66;
const NEWS_LATE_MS = 300; // a film that is not painted tells of no pictures; a look then costs little

/** @type {Schedule} */
export function onEveryFrame(video, onFrame, timers) {
  const tells = typeof video.requestVideoFrameCallback === "function";
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let alarm;
  const next = () => {
    alarm = timers.setTimeout(arrive, tells ? NEWS_LATE_MS : WITHOUT_NEWS_MS);
    asked = tells ? video.requestVideoFrameCallback(arrive) : 0;
  };
  const cancel = () => {
    timers.clearTimeout(alarm);
    if (tells) {
      video.cancelVideoFrameCallback(asked);
    }
  };
  const arrive = () => {
    cancel();
    next();
    onFrame();
  };
  next();
  return cancel;
}
