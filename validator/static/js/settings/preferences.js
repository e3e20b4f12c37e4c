/** What this device has been set to: nothing personal, kept in localStorage, and working without it. */

/**
 * @typedef {string | number | boolean} Value
 * @typedef {{kind: "yes" | "text"} | {kind: "number", least: number, most: number}} Rule
 * @typedef {{
 *   get<T extends Value | null>(name: string, fallback: T): T,
 *   set(name: string, value: Value | null): void,
 *   onChange(listener: (name: string) => void): () => void,
 * }} Preferences
 */

const PREFIX = "escv.";
/** @type {Rule} */
const YES = { kind: "yes" };
/** @type {Rule} */
const TEXT = { kind: "text" };
const LONGEST_TEXT = 256;

/** @param {number} least @param {number} most @returns {Rule} */
const between = (least, most) => ({ kind: "number", least, most });

/**
 * Every name, and what it may hold. A name that is not here is neither kept nor given.
 * @type {Record<string, Rule>}
 */
export const KNOWN = {
  sound: YES,
  vibration: YES,
  queueMode: YES,
  dim: YES,
  kioskWarnings: YES,
  "camera.device": TEXT,
  "camera.facing": TEXT,
  "camera.torch": YES,
  "camera.zoom": between(0.1, 100),
  resultSeconds: between(3, 20),
  sameCodeSeconds: between(2, 60),
  kioskLocked: YES,
  scannerTipSeen: YES,
  kioskValidSeconds: between(2, 60),
  kioskNotValidSeconds: between(2, 120),
  kioskCouldNotCheckSeconds: between(2, 120),
};

/** What the scanner is set to where nobody has set it. */
export const DEFAULTS = {
  resultSeconds: 8,
  sameCodeSeconds: 5,
  kioskValidSeconds: 4,
  kioskNotValidSeconds: 8,
  kioskCouldNotCheckSeconds: 6,
};

/**
 * The value as this rule lets it be, undefined where it is of another kind; numbers are brought into bounds.
 * @param {Rule} rule
 * @param {unknown} value
 * @returns {Value | undefined}
 */
export function allowed(rule, value) {
  if (rule.kind === "number") {
    const isNumber = typeof value === "number" && Number.isFinite(value);
    return isNumber ? Math.min(rule.most, Math.max(rule.least, value)) : undefined;
  }
  if (rule.kind === "text") {
    return typeof value === "string" && value.length <= LONGEST_TEXT ? value : undefined;
  }
  return typeof value === "boolean" ? value : undefined;
}

/**
 * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage Null where there is none.
 * @returns {Preferences}
 */
export function createPreferences(storage) {
  /** What was set here: still true where the storage is blocked or full. @type {Map<string, Value | null>} */
  const held = new Map();
  /** @type {Set<(name: string) => void>} */
  const listeners = new Set();

  /** @param {string} name @returns {unknown} */
  function read(name) {
    if (held.has(name)) {
      return held.get(name);
    }
    try {
      const text = storage?.getItem(PREFIX + name);
      return text ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {Value | null} value */
  function write(name, value) {
    held.set(name, value);
    try {
      if (value === null) {
        storage?.removeItem(PREFIX + name);
      } else {
        storage?.setItem(PREFIX + name, JSON.stringify(value));
      }
    } catch {
      // Blocked or full: it holds until the page is left.
    }
  }

  return {
    get(name, fallback) {
      const value = name in KNOWN ? allowed(KNOWN[name], read(name)) : undefined;
      return value === undefined ? fallback : /** @type {typeof fallback} */ (value);
    },
    set(name, value) {
      const kept = name in KNOWN ? (value === null ? null : allowed(KNOWN[name], value)) : undefined;
      if (kept === undefined) {
        return;
      }
      write(name, kept);
      for (const listener of listeners) {
        listener(name);
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The window's storage, or null where the browser refuses even to name it.
 * @param {{localStorage: Storage}} window
 */
export function storageOf(window) {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
