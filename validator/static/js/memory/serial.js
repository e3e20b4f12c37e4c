/** One piece of work after another. */

/**
 * A queue of its own: what is passed to it begins when all before it has ended, well or badly.
 * @returns {<T>(work: () => Promise<T>) => Promise<T>}
 */
export function inTurn() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
