/** When the pack is brought up to date: at the start, every few minutes, and when the link comes back. */

/**
 * @typedef {import("../timers.js").Timers} Timers
 * @typedef {import("../memory/sync.js").Synced} Synced
 */

export const EVERY_MS = 300_000;
const AGAIN_MS = 60_000;
/** The server writes rows of the pack behind its answers: just after them there is nothing new yet. */
const SOON_MS = 2_000;
/** A scan goes before a sync. */
const BUSY_MS = 2_000;

/**
 * @param {{run: () => Promise<Synced>, link: {state(): string, onChange(listener: () => void): void},
 *   isBusy: () => boolean, timers: Timers, signedOut: () => void, everyMs?: number}} parts
 */
export function startSyncing({ run, link, isBusy, timers, signedOut, everyMs = EVERY_MS }) {
  /** @type {unknown} */
  let timer = null;
  let isStopped = false;
  let isRunning = false;
  let failed = false;

  /** @param {number} ms */
  function later(ms) {
    timers.clearTimeout(timer);
    timer = isStopped ? null : timers.setTimeout(() => void once(), ms);
  }

  async function once() {
    if (isStopped || isRunning) {
      return;
    }
    if (isBusy()) {
      later(BUSY_MS);
      return;
    }
    isRunning = true;
    const told = await run();
    isRunning = false;
    failed = !told.ok;
    if (!told.ok && told.why === "signed_out") {
      signedOut();
      return;
    }
    later(told.ok ? everyMs : AGAIN_MS);
  }

  link.onChange(() => {
    if (failed && link.state() !== "offline") {
      later(0);
    }
  });
  later(0);

  return Object.freeze({
    now: () => later(0),
    /** After answers that the site's pack does not have yet. */
    soon: () => later(SOON_MS),
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
    },
  });
}
