/** The scanner's events: cards and foreign codes, not too often, and a hint about what would help to read a code. */

/** @import {Camera} from "../camera/camera.js" */
/** @import {Scene, Seen} from "../decoder/types.js" */
/** @import {ScannerEvents} from "./scanner.js" */

import { NO_PRESENCE, updatePresence } from "./presence.js";

/**
 * @typedef {"torch" | "glare" | "zoom" | "closer" | "farther" | "too_close" | "beside" | "still" | "type"} Hint
 *
 * @typedef {object} ForeignWait  A code that is no card's is reported late: the card's own code beside it often takes
 *   longer to read.
 * @property {string | null} code  The foreign code that was seen last; null where none is in view.
 * @property {number} since  Instants in ms.
 * @property {number} at
 * @property {number} unreadAt  When a symbol was last located that could not be read.
 */

const DARK = 45; // grey levels
const WASHED_OUT = 0.3; // of the middle
const MODULES = 33; // across an official code
const SMALL_MODULE = 3.2; // pixels; ordinary pictures are read from 3.5
const FILLS = 0.8; // of the frame's shorter side
const BLURRED = 0.4; // steepness of the sharpest edges
const NEAR = 0.35; // of the frame's shorter side: a blurred code of this size is too near for the lens

const REPEAT_MS = 250; // the same event is repeated at most this often
const WAIT_MS = 800; // without a card, and without an unread symbol
const LONGEST_WAIT_MS = 3000; // a located symbol that is never read may be no code
const GAP_MS = 500; // a shorter gap without the foreign code is a frame that failed

/** @type {ForeignWait} */
const NO_FOREIGN = { code: null, since: 0, at: 0, unreadAt: -Infinity };

export class ScanEvents {
  #parts;
  #isDue;
  #presence = NO_PRESENCE;
  #foreignWait = NO_FOREIGN;
  /** @type {Hint | null} */
  #hint = null;
  #isServerBusy = false;
  /** @type {Hint | "server" | null} */
  #shown = null;

  /**
   * @param {{on: ScannerEvents, now: () => number, askServer: () => void,
   *   capabilities: Camera["capabilities"]}} parts
   *   `askServer`: called once in each presentation of a code that is not read here.
   */
  constructor(parts) {
    this.#parts = parts;
    this.#isDue = createRepeatLimit(parts.now);
  }

  /** @param {Seen} seen */
  handle(seen) {
    const { meta } = seen;
    const { now, askServer, capabilities } = this.#parts;
    const evidence = { at: now(), isRead: isCard(seen), located: meta.located, scene: meta.scene };
    const { presence, due } = updatePresence(this.#presence, evidence);
    this.#presence = presence;
    if (presence.began === null) {
      this.#hint = null;
    } else if (due > 0) {
      this.#hint = hintFor({ ...meta, isBeside: seen.seen === "foreign", capabilities: capabilities() }, due);
    }
    this.#showHint();
    if (due === 1) {
      askServer();
    }
    const { wait, isOver } = waitForCard(this.#foreignWait, seen, now());
    this.#foreignWait = wait;
    this.#report(seen, isOver);
  }

  /** @param {boolean} isBusy */
  setServerBusy(isBusy) {
    this.#isServerBusy = isBusy;
    this.#showHint();
  }

  #showHint() {
    const next = this.#isServerBusy ? "server" : this.#hint;
    if (next !== this.#shown) {
      this.#shown = next;
      this.#parts.on.hint?.(next);
    }
  }

  /** @param {Seen} seen @param {boolean} mayReportForeign */
  #report(seen, mayReportForeign) {
    const { on } = this.#parts;
    if (seen.seen === "card" && this.#isDue("card", seen.payload.escn)) {
      on.card(seen.payload, seen.meta, seen.beside ?? null);
    } else if (seen.seen === "foreign" && mayReportForeign && this.#isDue("foreign", `${seen.code} ${seen.kind}`)) {
      on.foreign?.({ code: seen.code, kind: seen.kind });
    } else if (seen.seen === "several" && this.#isDue("several", "")) {
      on.several?.();
    }
  }
}

/** Whether a card was read, or several; a foreign code does not end the search. @param {Seen} seen */
export function isCard({ seen }) {
  return seen === "card" || seen === "several";
}

/**
 * Limits how often the same event is repeated; another event of that kind is due at once.
 * @param {() => number} now
 */
function createRepeatLimit(now) {
  /** The last event of each kind; a card's number stays in memory. @type {Map<string, {what: string, at: number}>} */
  const last = new Map();
  /** @param {"card" | "foreign" | "several"} kind @param {string} what */
  return (kind, what) => {
    const at = now();
    const before = last.get(kind);
    if (before !== undefined && before.what === what && at - before.at < REPEAT_MS) {
      return false;
    }
    last.set(kind, { what, at });
    return true;
  };
}

/**
 * The wait after one more frame; `isOver` where its foreign code may be reported now. Beside a code that imitates a
 * card's, an unread symbol does not prolong the wait.
 * @param {ForeignWait} before @param {Seen} seen @param {number} at
 * @returns {{wait: ForeignWait, isOver: boolean}}
 */
function waitForCard(before, seen, at) {
  const unreadAt = seen.meta.located > 0 ? at : before.unreadAt;
  if (isCard(seen)) {
    return { wait: { ...NO_FOREIGN, unreadAt }, isOver: false };
  }
  if (seen.seen !== "foreign") {
    return { wait: { ...before, unreadAt }, isOver: false };
  }
  const code = `${seen.code} ${seen.kind}`;
  const isSame = before.code === code && at - before.at <= GAP_MS;
  const since = isSame ? before.since : at;
  const from = seen.code === "lookalike_host" ? since : Math.max(since, unreadAt);
  const isOver = at - from >= WAIT_MS || at - since >= LONGEST_WAIT_MS;
  return { wait: { code, since, at, unreadAt }, isOver };
}

/**
 * What would help with a code that is presented and not read.
 * @param {object} view
 * @param {Scene} view.scene
 * @param {number} view.located  Side of a symbol in pixels; 0 where none was located.
 * @param {boolean} [view.isBeside]  Another code was read.
 * @param {number} view.width @param {number} view.height
 * @param {{torch: boolean, zoom: object | null} | null} view.capabilities  Of the camera.
 * @param {number} due  1 for the first hint of a presentation; later ones suggest another way.
 * @returns {Hint}
 */
export function hintFor({ scene, located, isBeside = false, width, height, capabilities }, due) {
  if (due > 1) {
    return "type";
  }
  if (scene.light < DARK && capabilities?.torch === true) {
    return "torch";
  }
  if (located === 0 && isBeside) {
    return "beside";
  }
  if (scene.sharpness < BLURRED && scene.glare <= WASHED_OUT) {
    return located === 0 || located > NEAR * Math.min(width, height) ? "too_close" : "still";
  }
  if (located === 0) {
    return scene.glare > WASHED_OUT ? "glare" : "closer";
  }
  if (located / MODULES < SMALL_MODULE) {
    return capabilities?.zoom ? "zoom" : "closer";
  }
  if (located > FILLS * Math.min(width, height)) {
    return "farther";
  }
  return scene.glare > WASHED_OUT ? "glare" : "still";
}
