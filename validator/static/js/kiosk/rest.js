/** Dims the screen while nobody is there: after a while without a card or a touch. Never off. */

export const REST_MS = 60_000;

/**
 * @param {{on: (isResting: boolean) => void, mayRest: () => boolean, restMs?: number,
 *   timers: {setTimeout(work: () => void, ms: number): number, clearTimeout(id: number): void}}} parts
 * @returns {{wake(): void, isResting(): boolean}} `wake` is to be called for everything that shows a person.
 */
export function createRest({ on, mayRest, timers, restMs = REST_MS }) {
  let timer = 0;
  let isResting = false;

  /** @param {boolean} next */
  function become(next) {
    if (isResting !== next) {
      isResting = next;
      on(next);
    }
  }

  function wake() {
    become(false);
    timers.clearTimeout(timer);
    timer = timers.setTimeout(() => become(mayRest()), restMs);
  }

  wake();
  return { wake, isResting: () => isResting };
}
