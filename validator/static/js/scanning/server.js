// @ts-check
/**
 * Reading by the server what this device could not: one full picture at a time, overtaken by any local
 * reading.
 */

/** @typedef {import("../types.js").Payload} Payload */
/** @typedef {import("../types.js").Refusal} Refusal */

/**
 * @typedef {{engine: "server", ms: number}} ServerMeta
 *
 * @typedef {(picture: Blob, signal: AbortSignal) => Promise<Payload | Refusal | null | undefined | void>} ReadOnServer
 *   What the server read, with whatever else the listener wants to get back; null where it read nothing.
 *   `signal`
 *   says that a local reading came first.
 *
 * @typedef {object} ServerReading
 * @property {() => Promise<void>} ask  One picture, unless one is under way, or it is not allowed.
 * @property {() => void} overtake  A local reading came: what the server says of an older picture is dropped.
 * @property {() => boolean} isBusy
 */

/**
 * @param {{read: ReadOnServer | null, may: () => boolean, still: () => Promise<Blob | null>, now: () =>
 *   number,
 *   on: {card: (payload: Payload, meta: ServerMeta) => void, foreign?: (refusal: Refusal) => void,
 *     busy?: (isBusy: boolean) => void}}} parts
 * @returns {ServerReading}
 */
export function createServerReading({ read, may, still, now, on }) {
  /** @type {AbortController | null} */
  let asking = null;

  /** @param {ReadOnServer} read @param {AbortController} mine */
  async function run(read, mine) {
    const began = now();
    const picture = await still();
    const found = picture === null || mine.signal.aborted ? null : await read(picture, mine.signal);
    if (!found || mine.signal.aborted) {
      return;
    }
    if ("code" in found) {
      on.foreign?.(found);
    } else {
      on.card(found, { engine: "server", ms: now() - began });
    }
  }

  async function ask() {
    if (read === null || asking !== null || !may()) {
      return;
    }
    const mine = new AbortController();
    asking = mine;
    on.busy?.(true);
    try {
      await run(read, mine);
    } catch {
      // No picture or no answer: the next presentation asks again.
    } finally {
      asking = null;
      on.busy?.(false);
    }
  }

  return { ask, overtake: () => asking?.abort(), isBusy: () => asking !== null };
}
