/** The words of the pages, from the address that the page itself names. */

/**
 * The parsed words of this very version; null where they could not be had.
 * @param {Document} document
 * @returns {Promise<import("../result/types.js").Words | null>}
 */
export async function loadWords(document) {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[data-words]"));
  try {
    const answer = await fetch(link?.href ?? "");
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
