/** The settings of this device: nothing personal, stored in localStorage; they also work without it. */

/**
 * @typedef {string | number | boolean} Value
 * @typedef {{kind: "flag" | "text"} | {kind: "number", least: number, most: number}} Rule
 * @typedef {{
 *   get<T extends Value | null>(name: string, fallback: T): T,
 *   set(name: string, value: Value | null): void,
 *   onChange(listener: (name: string) => void): () => void,
 * }} Preferences
 */

const PREFIX = "escv.";
/** @type {Rule} */
const FLAG = { kind: "flag" };
/** @type {Rule} */
const TEXT = { kind: "text" };
const LONGEST_TEXT = 256;

/** @param {number} least @param {number} most @returns {Rule} */
const between = (least, most) => ({ kind: "number", least, most });

/**
 * Every name and its allowed values. Other names are neither stored nor returned.
 * @type {Record<string, Rule>}
 */
export const KNOWN = {
  sound: FLAG,
  vibration: FLAG,
  queueMode: FLAG,
  dim: FLAG,
  kioskWarnings: FLAG,
  "camera.device": TEXT,
  "camera.facing": TEXT,
  "camera.torch": FLAG,
  "camera.zoom": between(0.1, 100),
  resultSeconds: between(3, 20),
  sameCodeSeconds: between(2, 60),
  kioskLocked: FLAG,
  scannerTipSeen: FLAG,
  kioskValidSeconds: between(2, 60),
  kioskNotValidSeconds: between(2, 120),
  kioskCouldNotCheckSeconds: between(2, 120),
};

/** The values of the scanner until they are set. */
export const DEFAULTS = {
  resultSeconds: 8,
  sameCodeSeconds: 5,
  kioskValidSeconds: 4,
  kioskNotValidSeconds: 8,
  kioskCouldNotCheckSeconds: 6,
};

/**
 * The value as the rule allows it: undefined where it is of another kind; numbers are limited to the range.
 * @param {Rule} rule
 * @param {unknown} value
 * @returns {Value | undefined}
 */
function allowed(rule, value) {
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
 * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage  Null where there is none.
 * @returns {Preferences}
 */
export function createPreferences(storage) {
  const values = createValues(storage);
  /** @type {Set<(name: string) => void>} */
  const listeners = new Set();
  return {
    get(name, fallback) {
      const value = name in KNOWN ? allowed(KNOWN[name], values.read(name)) : undefined;
      return value === undefined ? fallback : /** @type {typeof fallback} */ (value);
    },
    set(name, value) {
      const checked = name in KNOWN ? (value === null ? null : allowed(KNOWN[name], value)) : undefined;
      if (checked !== undefined) {
        values.write(name, checked);
        listeners.forEach((listener) => listener(name));
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage */
function createValues(storage) {
  /** Set on this page: these hold where the storage is blocked or full. @type {Map<string, Value | null>} */
  const unsaved = new Map();
  return {
    /** @param {string} name @returns {unknown} */
    read(name) {
      if (unsaved.has(name)) {
        return unsaved.get(name);
      }
      try {
        const text = storage?.getItem(PREFIX + name);
        return text ? JSON.parse(text) : null;
      } catch {
        return null;
      }
    },
    /** @param {string} name @param {Value | null} value */
    write(name, value) {
      unsaved.set(name, value);
      try {
        if (value === null) {
          storage?.removeItem(PREFIX + name);
        } else {
          storage?.setItem(PREFIX + name, JSON.stringify(value));
        }
      } catch {
        // Blocked or full: the value holds until the page is left.
      }
    },
  };
}

/**
 * The window's storage, or null where the browser denies access to it.
 * @param {{localStorage: Storage}} window
 */
export function storageOf(window) {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
