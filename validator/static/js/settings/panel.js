/** Brings templates/scanner/settings.html to life: every field shows and sets one preference. */

import { DEFAULTS, KNOWN } from "./preferences.js";

/**
 * @typedef {import("./preferences.js").Preferences} Preferences
 * @typedef {{id: string, label: string}} Camera
 *
 * @typedef {object} Given
 * @property {Preferences} preferences
 * @property {import("../feedback/feedback.js").Feedback} feedback
 * @property {() => Promise<Camera[]>} [cameras]  Known once the camera has been allowed.
 * @property {(chosen: string | null, name: string) => void} [onCamera]  By id or by side.
 * @property {() => string[]} [facts]  More lines for the self-test: wake lock, camera, memory.
 */

/** Switches that are on until somebody turns them off. */
const ON_AT_FIRST = new Set(["sound", "vibration", "dim", "kioskWarnings"]);

/**
 * @param {HTMLElement} root The `<details data-settings>`, or any element with fields that carry `data-set`.
 * @param {Given} given
 * @returns {{refresh(): Promise<void>}} `refresh` asks again which cameras there are.
 */
export function enhanceSettings(root, given) {
  const { preferences, feedback } = given;
  /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */
  const fields = root.querySelectorAll("[data-set]");
  fields.forEach((field) => show(field, preferences));

  root.addEventListener("change", ({ target }) => {
    if (target instanceof Element && target.hasAttribute("data-set")) {
      keep(/** @type {HTMLInputElement | HTMLSelectElement} */ (target), given);
    }
  });
  root.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-try]") : null;
    if (button) {
      void tryTone(/** @type {import("../result/types.js").Signal} */ (button.getAttribute("data-try")));
    }
  });
  root.addEventListener("toggle", () => void refresh(), true);
  preferences.onChange((name) => {
    fields.forEach((field) => field.dataset.set === name && show(field, preferences));
  });

  /** @param {import("../result/types.js").Signal} signal */
  async function tryTone(signal) {
    await feedback.unlock();
    feedback.test(signal);
    report();
  }

  function report() {
    const place = /** @type {HTMLElement | null} */ (root.querySelector("[data-self-test]"));
    if (place) {
      const { tonesOn = "", tonesOff = "", shakes = "", noShakes = "" } = place.dataset;
      const sound = feedback.isSoundReady() ? tonesOn : tonesOff;
      const vibration = feedback.canVibrate ? shakes : noShakes;
      place.replaceChildren([sound, vibration, ...(given.facts?.() ?? [])].join(" "));
    }
  }

  async function refresh() {
    report();
    const place = root.querySelector("[data-cameras]");
    const select = /** @type {HTMLSelectElement | null} */ (place?.querySelector("select"));
    const found = given.cameras ? await given.cameras().catch(() => []) : [];
    if (place && select) {
      list(select, found);
      place.toggleAttribute("hidden", found.length < 2);
      show(select, preferences);
    }
  }

  return { refresh };
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} field
 * @param {Preferences} preferences
 */
function show(field, preferences) {
  const name = field.dataset.set ?? "";
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    field.checked = preferences.get(name, ON_AT_FIRST.has(name));
    return;
  }
  const value = String(preferences.get(name, /** @type {Record<string, number>} */ (DEFAULTS)[name] ?? ""));
  if (field instanceof HTMLInputElement) {
    field.value = value;
  } else {
    // A value that is no longer to be had, such as a camera that was unplugged, leaves the first one.
    field.selectedIndex = Math.max(0, [...field.options].findIndex((option) => option.value === value));
  }
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} field
 * @param {Given} given
 */
function keep(field, { preferences, onCamera }) {
  const name = field.dataset.set ?? "";
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    preferences.set(name, field.checked);
  } else if (KNOWN[name]?.kind === "text") {
    preferences.set(name, field.value || null);
    onCamera?.(field.value || null, name);
  } else {
    preferences.set(name, Number(field.value));
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {Camera[]} cameras
 */
function list(select, cameras) {
  const [first] = select.options;
  const options = cameras.map(({ id, label }, index) => new Option(label || `Camera ${index + 1}`, id));
  select.replaceChildren(first, ...options);
}
