/**
 * The service worker: caches the pages and files of one version completely, and serves them without a network.
 *
 * It never answers a check: it ignores everything under /api/, so a verdict always comes from the server or from the
 * device's own memory. Every file's address names its version, so files of two versions are never mixed on one page.
 * The files of the previous version stay until no page of it can be open.
 */

const worker = /** @type {ServiceWorkerGlobalScope & {SHELL: Shell}} */ (/** @type {unknown} */ (self));
/** @typedef {{version: string, root: string, pages: Record<string, string>, files: string[],
 *   offline: string}} Shell  `offline` is the page for when nothing is kept any more and nothing comes. */

const PREFIX = "escv-shell-";
/** "/", or the application's sub-path behind a proxy: the host may serve another one. */
const ROOT = worker.SHELL.root;
const CACHE = PREFIX + worker.SHELL.version + ROOT.slice(0, -1);
/** The page whose contents depend on the date: network first, the cache as a fall-back. */
const DATED = `${ROOT}guide`;
const DATED_PAGE_TIMEOUT_MS = 1500;
/** The longest wait for the next part of an answer; after it the cached scanner is served instead. */
const TIMEOUT_MS = 3000;
/** Cached files are the same for every request, whatever their Vary header says. */
const ANY_REQUEST = { ignoreVary: true };

worker.addEventListener("install", (event) => event.waitUntil(fillCache()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
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
  // Forms are left to the browser: sent from here, a form of another site would look like one of this site.
  if (request.method !== "GET" || origin !== worker.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(pageFor(request, pathname));
    event.waitUntil(repairCache());
  } else if (pathname.startsWith(`${ROOT}static/`)) {
    event.respondWith(cached(request).then((found) => found ?? fetch(request)));
  }
});

/** All or nothing: an incomplete version is never used. */
async function fillCache() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...Object.values(worker.SHELL.pages), ...worker.SHELL.files]);
}

/** Fills the cache again if the browser or a person has emptied it. */
async function repairCache() {
  const cache = await caches.open(CACHE);
  if ((await cache.match(worker.SHELL.pages[ROOT], ANY_REQUEST)) === undefined) {
    await fillCache().catch(() => undefined);
  }
}

/** Deletes all versions but this and the previous one, and takes control of the open pages. */
async function activate() {
  const others = (await caches.keys()).filter((name) => isOwnCache(name) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {string} name */
function isOwnCache(name) {
  const end = name.indexOf("/") < 0 ? name.length : name.indexOf("/");
  return name.startsWith(PREFIX) && name.slice(end) === ROOT.slice(0, -1);
}

/**
 * The page at this address, or the scanner in its place; never the browser's own error page.
 * @param {Request} request
 * @param {string} pathname
 * @returns {Promise<Response>}
 */
async function pageFor(request, pathname) {
  const page = worker.SHELL.pages[pathname];
  const here = await cached(page ?? worker.SHELL.pages[ROOT]);
  const isDated = pathname === DATED;
  if (here && page !== undefined && !isDated) {
    return here;
  }
  const coming = fetchWhole(request);
  const answer = await (here && isDated ? withTimeout(DATED_PAGE_TIMEOUT_MS, coming) : coming).catch(() => undefined);
  // For a cached page, the error page of a proxy or of a network's sign-in is no better than the cache.
  const isGood = answer && (page === undefined || answer.ok || answer.type === "opaqueredirect");
  return (isGood ? answer : here ?? answer) ?? offlinePage();
}

function offlinePage() {
  return new Response(worker.SHELL.offline, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/**
 * The value of a promise; rejects where it takes longer.
 * @template T
 * @param {number} ms
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function withTimeout(ms, promise) {
  return new Promise((resolve, reject) => {
    const end = setTimeout(reject, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(end));
  });
}

/**
 * The network's answer, once it is complete: a page that stops in the middle would stay incomplete on the screen.
 * Rejects after the longest wait for its head or for its next part; a slow page that keeps coming has no limit.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function fetchWhole(request) {
  const answer = await withTimeout(TIMEOUT_MS, fetch(request));
  const parts = answer.clone().body?.getReader();
  try {
    let isWhole = parts === undefined;
    while (!isWhole) {
      isWhole = (await withTimeout(TIMEOUT_MS, /** @type {ReadableStreamDefaultReader} */ (parts).read())).done;
    }
  } catch (error) {
    // Cancel both copies: otherwise the abandoned answer keeps its connection busy.
    void Promise.allSettled([parts?.cancel(), answer.body?.cancel()]);
    throw error;
  }
  return answer;
}

/**
 * The cached answer, from the version that its address names; undefined where the disk fails or does not answer.
 * @param {RequestInfo} wanted
 * @returns {Promise<Response | undefined>}
 */
function cached(wanted) {
  const current = caches.open(CACHE).then((own) => own.match(wanted, ANY_REQUEST));
  const found = current.then((here) => here ?? caches.match(wanted, ANY_REQUEST));
  return withTimeout(TIMEOUT_MS, found).catch(() => undefined);
}
