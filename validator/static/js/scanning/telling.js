// @ts-check
/** What a listener hears of what was seen: cards and other codes at a decent pace, and what would help. */

import { hintFor } from "./hints.js";
import { NO_FOREIGN, waitWith } from "./patience.js";
import { follow, NOBODY } from "./presence.js";
import { createReports } from "./reports.js";

/** @typedef {import("../decoder/types.js").Meta} Meta */
/** @typedef {import("../decoder/types.js").Seen} Seen */
/** @typedef {import("./hints.js").Hint} Hint */
/** @typedef {import("./scanner.js").ScannerEvents} ScannerEvents */

/**
 * @param {{on: ScannerEvents, now: () => number, askServer: () => void,
 *   abilities: import("../camera/camera.js").Camera["capabilities"]}} parts
 *   `askServer`: somebody holds up what cannot be read here; once a presentation.
 * @returns {{hear: (seen: Seen) => void, serverIs: (isBusy: boolean) => void}}
 */
export function createTelling({ on, now, askServer, abilities }) {
  const reports = createReports(now);
  let presence = NOBODY;
  let waiting = NO_FOREIGN;
  /** @type {Hint | null} */
  let advice = null;
  let isServerBusy = false;
  /** @type {Hint | "server" | null} */
  let shown = null;

  function show() {
    const next = isServerBusy ? "server" : advice;
    if (next !== shown) {
      shown = next;
      on.hint?.(next);
    }
  }

  /** @param {Seen} seen */
  function hear(seen) {
    const { meta } = seen;
    const isRead = isCard(seen);
    const followed = follow(presence, { at: now(), isRead, located: meta.located, scene: meta.scene });
    presence = followed.presence;
    if (presence.began === null) {
      advice = null;
    } else if (followed.due > 0) {
      advice = hintFor({ ...meta, isBeside: seen.seen === "foreign", abilities: abilities() }, followed.due);
    }
    show();
    if (followed.due === 1) {
      askServer();
    }
    tell(seen);
  }

  /** Whether a foreign code in this frame was in view long enough without a card. @param {Seen} seen */
  function mayTellForeign(seen) {
    const what = seen.seen === "foreign" ? `${seen.code} ${seen.kind}` : null;
    const isLookalike = seen.seen === "foreign" && seen.code === "lookalike_host";
    const frame = { at: now(), isCard: isCard(seen), what, isUnread: seen.meta.located > 0, isLookalike };
    const waited = waitWith(waiting, frame);
    waiting = waited.waiting;
    return waited.isDue;
  }

  /** @param {Seen} seen */
  function tell(seen) {
    const isPatient = mayTellForeign(seen);
    if (seen.seen === "card" && reports.isDue("card", seen.payload.escn)) {
      on.card(seen.payload, seen.meta, seen.beside ?? null);
    } else if (seen.seen === "foreign" && isPatient && reports.isDue("foreign", `${seen.code} ${seen.kind}`)) {
      on.foreign?.({ code: seen.code, kind: seen.kind });
    } else if (seen.seen === "several" && reports.isDue("several", "")) {
      on.several?.();
    }
  }

  return {
    hear,
    serverIs(isBusy) {
      isServerBusy = isBusy;
      show();
    },
  };
}

/** A foreign code ends no search. @param {Seen} seen */
export function isCard({ seen }) {
  return seen === "card" || seen === "several";
}
