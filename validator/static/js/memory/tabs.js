/** What the tabs of one device tell each other: that something changed, never what. */

/**
 * @typedef {"wiped" | "pack" | "queue" | "notices"} News
 * @typedef {{tell(news: News): void, hear(listener: (news: News) => void): void, close(): void}} Tabs
 */

const NAME = "escv";

/**
 * The channel between tabs; silent where the browser has none.
 * @param {typeof BroadcastChannel | undefined} [Channel]
 * @returns {Tabs}
 */
export function openTabs(Channel = globalThis.BroadcastChannel) {
  const channel = Channel === undefined ? null : new Channel(NAME);
  return Object.freeze({
    tell: (/** @type {News} */ news) => channel?.postMessage(news),
    hear: (/** @type {(news: News) => void} */ listener) =>
      channel?.addEventListener("message", (event) => listener(event.data)),
    close: () => channel?.close(),
  });
}
