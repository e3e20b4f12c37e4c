/**
 * The service worker: keeps the pages and files of one version, whole, and gives them without a network.
 *
 * It never answers a check: nothing under /api/ is looked at, so a verdict is always the server's or the
 * device's own. Every file's address names its version, so files of two versions cannot meet on one page; the
 * files of the version before stay until no page of it can be open any more.
 */

const worker = /** @type {ServiceWorkerGlobalScope & {SHELL: Shell}} */ (/** @type {unknown} */ (self));
/** @typedef {{version: string, root: string, pages: Record<string, string>, files: string[]}} Shell */

const PREFIX = "escv-shell-";
/** "/", or where the application begins behind a proxy: another one may be beside it on the same host. */
const ROOT = worker.SHELL.root;
const KEPT = PREFIX + worker.SHELL.version + ROOT.slice(0, -1);
/** The page whose contents follow the calendar: asked for first, kept as a fall-back. */
const DATED = `${ROOT}guide`;
const PATIENCE_MS = 1500;
/** A page that is not kept may stand still for this long; then the scanner, which is kept, is of more use. */
const LONGEST_MS = 3000;
/** Where nothing is kept any more and nothing comes: the last word, without a file of its own. */
const GONE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>No connection – ESC Validator</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<h1>No connection</h1><p>This page could not be loaded, and nothing of it is kept on this device. Look at the
device’s network, then <a href="${ROOT}">open the scanner again</a>. This says nothing about any card.</p></html>`;
/** What is kept is the same whoever asks, and whatever the server says its answers vary by. */
const EVERYBODY = { ignoreVary: true };

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(begin()));
worker.addEventListener("message", (event) => {
  if (event.data === "apply") {
    event.waitUntil(worker.skipWaiting());
  } else if (event.data === "claim") {
    event.waitUntil(worker.clients.claim());
  }
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // A form's way is the browser's own: passed on from here it would look like ours, wherever it came from.
  if (request.method !== "GET" || origin !== worker.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(opened(request, pathname));
    event.waitUntil(mend());
  } else if (pathname.startsWith(`${ROOT}static/`)) {
    event.respondWith(kept(request).then((found) => found ?? fetch(request)));
  }
});

/** All or nothing: a version that is not whole is never used. */
async function keep() {
  const cache = await caches.open(KEPT);
  await cache.addAll([...Object.values(worker.SHELL.pages), ...worker.SHELL.files]);
}

/** What the browser or a person threw away while the worker stayed is fetched again. */
async function mend() {
  const cache = await caches.open(KEPT);
  if ((await cache.match(worker.SHELL.pages[ROOT], EVERYBODY)) === undefined) {
    await keep().catch(() => undefined);
  }
}

/** Forget all versions but this and the one before, and serve the pages that are open already. */
async function begin() {
  const others = (await caches.keys()).filter((name) => isOurs(name) && name !== KEPT);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {string} name */
function isOurs(name) {
  const end = name.indexOf("/") < 0 ? name.length : name.indexOf("/");
  return name.startsWith(PREFIX) && name.slice(end) === ROOT.slice(0, -1);
}

/**
 * The page at this address, or the scanner in its place; never the browser's own page of an error.
 * @param {Request} request
 * @param {string} pathname
 * @returns {Promise<Response>}
 */
async function opened(request, pathname) {
  const page = worker.SHELL.pages[pathname];
  const here = await kept(page ?? worker.SHELL.pages[ROOT]);
  const isDated = pathname === DATED;
  if (here && page !== undefined && !isDated) {
    return here;
  }
  const coming = whole(request);
  const answer = await (here && isDated ? within(PATIENCE_MS, coming) : coming).catch(() => undefined);
  // Of a page that is kept, whatever a network in between has to say is no better.
  const isGood = answer && (page === undefined || answer.ok || answer.type === "opaqueredirect");
  return (isGood ? answer : here ?? answer) ?? gone();
}

/** What stands there when nothing is kept and nothing comes. */
function gone() {
  return new Response(GONE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/**
 * What is coming; rejects where it does not come in time.
 * @template T
 * @param {number} ms
 * @param {Promise<T>} coming
 * @returns {Promise<T>}
 */
function within(ms, coming) {
  return new Promise((resolve, reject) => {
    const end = setTimeout(reject, ms);
    coming.then(resolve, reject).finally(() => clearTimeout(end));
  });
}

/**
 * The network's answer, once the whole of it is here: a page that stopped in its middle would stand there for
 * good. Rejects after the longest wait for its first word or for its next part; a slow page that goes on may
 * take as long as it needs.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function whole(request) {
  const answer = await within(LONGEST_MS, fetch(request));
  const parts = answer.clone().body?.getReader();
  try {
    let isWhole = parts === undefined;
    while (!isWhole) {
      isWhole = (await within(LONGEST_MS, /** @type {ReadableStreamDefaultReader} */ (parts).read())).done;
    }
  } catch (stopped) {
    // Both, or the connection stays taken by an answer that nobody waits for any more.
    void Promise.allSettled([parts?.cancel(), answer.body?.cancel()]);
    throw stopped;
  }
  return answer;
}

/**
 * What is kept, of whichever version its address names; nothing where a broken or silent disk keeps it to itself.
 * @param {RequestInfo} wanted
 * @returns {Promise<Response | undefined>}
 */
function kept(wanted) {
  const looking = caches.open(KEPT).then((own) => own.match(wanted, EVERYBODY));
  const found = looking.then((here) => here ?? caches.match(wanted, EVERYBODY));
  return within(LONGEST_MS, found).catch(() => undefined);
}
