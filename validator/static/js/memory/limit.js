/** A browser's disk may stand still for good; nobody at a counter waits for that. */

/** So long a page waits for its database in any one thing. */
export const LIMIT_MS = 3_000;

/**
 * What the work gives; null where it fails or takes longer than so many milliseconds. It goes on all the same.
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T | null>}
 */
export function limited(ms, work) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, null);
    void work
      .catch(() => null)
      .then((given) => {
        clearTimeout(timer);
        resolve(given);
      });
  });
}
