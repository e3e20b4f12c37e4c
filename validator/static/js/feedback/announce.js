/** Speaks through one live region, so that a screen reader says each answer once. */

/**
 * The same words twice are two announcements: each time the region gets a new child.
 * @param {Element} region An element with role="status" that is in the page from the start.
 * @returns {{say(text: string): void}}
 */
export function createAnnouncer(region) {
  return {
    say(text) {
      const line = region.ownerDocument.createElement("span");
      line.textContent = text;
      region.replaceChildren(line);
    },
  };
}
