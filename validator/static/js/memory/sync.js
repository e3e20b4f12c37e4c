/** Brings the pack up to date: page after page, taken over only when the last one has arrived. */

import { SENT_BYTES, compare } from "./chunks.js";
import { readPage } from "./pack_page.js";

/**
 * @import {Timers} from "../platform.js"
 * @import {PackState} from "./pack.js"
 * @import {Page} from "./pack_page.js"
 * @import {Salt} from "./row.js"
 */

/**
 * @typedef {{ok: true, body: unknown} | {ok: false, why: string}} Response
 * @typedef {{ok: true, rows: number} | {ok: false, why: string}} Synced
 */

const MAX_PAGES = 500;
export const EVERY_MS = 300_000;
const RETRY_MS = 60_000;
/** The server writes rows of the pack after it has sent its answers: a sync right after them finds nothing new. */
const SOON_MS = 2_000;
/** A check has priority over a sync. */
const BUSY_MS = 2_000;

export class PackSync {
  #state;
  #parts;
  /** The pages of a sync that was cut off: the next one continues from there. @type {Page[]} */
  #arrived = [];

  /**
   * @param {PackState} state
   * @param {{ask: (cursor: string) => Promise<Response>, deviceNow: () => number,
   *   adopt: (pages: Page[], askedAt: number) => Promise<boolean>,
   *   alone: <T>(work: () => Promise<T>) => Promise<T | null>}} parts
   *   `alone` lets one tab work at a time and gives null if another one does
   */
  constructor(state, parts) {
    this.#state = state;
    this.#parts = parts;
  }

  /** One sync; it never rejects. @returns {Promise<Synced>} */
  async run() {
    return (await this.#parts.alone(() => this.#run())) ?? { ok: true, rows: 0 };
  }

  /** Forget the pages that have arrived so far. */
  drop() {
    this.#arrived = [];
  }

  /** @returns {Promise<Synced>} */
  async #run() {
    for (let count = 0; count < MAX_PAGES; count += 1) {
      const askedAt = this.#parts.deviceNow();
      const response = await this.#parts.ask(this.#last()?.cursor ?? this.#state.sync?.cursor ?? "");
      if (!response.ok) {
        return response;
      }
      const page = readPage(response.body);
      if (page === null || !this.#fits(page)) {
        this.#arrived = [];
        return { ok: false, why: "server_fault" };
      }
      this.#arrived = page.reset ? [page] : [...this.#arrived, page];
      if (!page.more) {
        return this.#finish(askedAt);
      }
    }
    this.#arrived = [];
    return { ok: false, why: "server_fault" };
  }

  #last() {
    return this.#arrived[this.#arrived.length - 1];
  }

  /**
   * Whether this page may follow. If a salt has other bytes under the same id, it is another pack: then only a page
   * with `reset` may follow.
   * @param {Page} page
   */
  #fits(page) {
    const before = this.#last();
    const makesProgress = !page.more || page.cursor !== before?.cursor;
    const salts = before?.salts ?? this.#state.sync?.salts;
    return makesProgress && (page.reset || (salts !== undefined && page.salts.every((salt) => agrees(salts, salt))));
  }

  /** @param {number} askedAt @returns {Promise<Synced>} */
  async #finish(askedAt) {
    const pages = this.#arrived;
    this.#arrived = [];
    const bytes = pages.flatMap(({ sealed }) => sealed).reduce((sum, { rows }) => sum + rows.length, 0);
    const isAdopted = await this.#parts.adopt(pages, askedAt);
    return isAdopted ? { ok: true, rows: bytes / SENT_BYTES } : { ok: false, why: "signed_out" };
  }
}

/**
 * Whether the pack has this very salt, or none with its id.
 * @param {Salt[]} salts
 * @param {Salt} salt
 */
function agrees(salts, salt) {
  const known = salts.find(({ id }) => id === salt.id);
  return known === undefined || compare(known.salt, 0, salt.salt, 0) === 0;
}

/** Runs a sync at the start, every few minutes, and when the link comes back. */
export class SyncSchedule {
  #parts;
  /** @type {unknown} */
  #timer = null;
  #isStopped = false;
  #isRunning = false;
  #hasFailed = false;

  /**
   * @param {{run: () => Promise<Synced>, link: {state(): string, onChange(listener: () => void): void},
   *   isBusy: () => boolean, timers: Timers, signedOut: () => void, everyMs?: number}} parts
   */
  constructor(parts) {
    this.#parts = parts;
    parts.link.onChange(() => {
      if (this.#hasFailed && parts.link.state() !== "offline") {
        this.#runAfter(0);
      }
    });
    this.#runAfter(0);
  }

  now() {
    this.#runAfter(0);
  }

  /** After answers that the site's pack does not have yet. */
  soon() {
    this.#runAfter(SOON_MS);
  }

  stop() {
    this.#isStopped = true;
    this.#parts.timers.clearTimeout(this.#timer);
  }

  /** @param {number} ms */
  #runAfter(ms) {
    const { timers } = this.#parts;
    timers.clearTimeout(this.#timer);
    this.#timer = this.#isStopped ? null : timers.setTimeout(() => void this.#run(), ms);
  }

  async #run() {
    const { run, isBusy, signedOut, everyMs = EVERY_MS } = this.#parts;
    if (this.#isStopped || this.#isRunning) {
      return;
    }
    if (isBusy()) {
      this.#runAfter(BUSY_MS);
      return;
    }
    this.#isRunning = true;
    const result = await run();
    this.#isRunning = false;
    this.#hasFailed = !result.ok;
    if (!result.ok && result.why === "signed_out") {
      signedOut();
      return;
    }
    this.#runAfter(result.ok ? everyMs : RETRY_MS);
  }
}
