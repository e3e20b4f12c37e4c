/** The settings panel (templates/scanner/settings.html): every field shows and sets one preference. */

/** @import {Feedback} from "../feedback/feedback.js" */
/** @import {Signal} from "../result/types.js" */
/** @import {Preferences} from "./preferences.js" */

import { _ } from "../messages.js";
import { DEFAULTS, KNOWN } from "./preferences.js";

/**
 * @typedef {{id: string, label: string}} Camera
 *
 * @typedef {object} PanelParts
 * @property {Preferences} preferences
 * @property {Feedback} feedback
 * @property {() => Promise<Camera[]>} [cameras]  Complete only after the camera was allowed.
 * @property {(chosen: string | null, name: string) => void} [onCamera]  `name`: camera.device or camera.facing.
 * @property {() => string[]} [facts]  More lines for the self-test: wake lock, camera, memory.
 */

/** Switches that are on by default. */
const ON_BY_DEFAULT = new Set(["sound", "vibration", "dim", "kioskWarnings"]);

/**
 * @param {HTMLElement} root  The `<details data-settings>`, or any element with fields that carry `data-set`.
 * @param {PanelParts} parts
 * @returns {{refresh(): Promise<void>}} `refresh` lists the cameras again.
 */
export function enhanceSettings(root, parts) {
  const { preferences, feedback } = parts;
  /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */
  const fields = root.querySelectorAll("[data-set]");
  fields.forEach((field) => show(field, preferences));
  root.addEventListener("change", ({ target }) => {
    if (target instanceof Element && target.hasAttribute("data-set")) {
      save(/** @type {HTMLInputElement | HTMLSelectElement} */ (target), parts);
    }
  });
  root.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-try]") : null;
    if (button) {
      await feedback.unlock();
      feedback.test(/** @type {Signal} */ (button.getAttribute("data-try")));
      showSelfTest(root, parts);
    }
  });
  const refresh = () => showFacts(root, parts);
  root.addEventListener("toggle", () => void refresh(), true);
  preferences.onChange((name) => {
    fields.forEach((field) => field.dataset.set === name && show(field, preferences));
  });
  return { refresh };
}

/** @param {HTMLElement} root @param {PanelParts} parts */
function showSelfTest(root, { feedback, facts }) {
  const place = /** @type {HTMLElement | null} */ (root.querySelector("[data-self-test]"));
  if (place) {
    const sound = feedback.isSoundReady()
      ? _("Tones work: if you hear none, turn up the volume.")
      : _("Tones are not on yet: press one of the buttons above.");
    const vibration = feedback.canVibrate
      ? _("Vibration is possible.")
      : _("This device has no vibration for web pages.");
    place.replaceChildren([sound, vibration, ...(facts?.() ?? [])].join(" "));
  }
}

/** The self-test's lines and the list of cameras. @param {HTMLElement} root @param {PanelParts} parts */
async function showFacts(root, parts) {
  showSelfTest(root, parts);
  const place = root.querySelector("[data-cameras]");
  const select = /** @type {HTMLSelectElement | null} */ (place?.querySelector("select"));
  const found = parts.cameras ? await parts.cameras().catch(() => []) : [];
  if (place && select) {
    list(select, found);
    place.toggleAttribute("hidden", found.length < 2);
    show(select, parts.preferences);
  }
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} field
 * @param {Preferences} preferences
 */
function show(field, preferences) {
  const name = field.dataset.set ?? "";
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    field.checked = preferences.get(name, ON_BY_DEFAULT.has(name));
    return;
  }
  const value = String(preferences.get(name, /** @type {Record<string, number>} */ (DEFAULTS)[name] ?? ""));
  if (field instanceof HTMLInputElement) {
    field.value = value;
  } else {
    // Where the value is not in the list, as after a camera was unplugged, the first option is shown.
    field.selectedIndex = Math.max(0, [...field.options].findIndex((option) => option.value === value));
  }
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} field
 * @param {PanelParts} parts
 */
function save(field, { preferences, onCamera }) {
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
  const options = cameras.map(({ id, label }) => new Option(label, id));
  select.replaceChildren(first, ...options);
}
