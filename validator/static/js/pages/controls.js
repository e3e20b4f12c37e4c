/** The buttons under the viewfinder: start, light, other camera, zoom, type. */

/**
 * @typedef {object} Given
 * @property {import("../camera/camera.js").Camera} camera
 * @property {import("../settings/preferences.js").Preferences} preferences
 * @property {import("../typing/field.js").TextField | null} field
 * @property {HTMLFormElement | null} [photo]  Hidden while the camera runs.
 * @property {() => Promise<void>} start
 * @property {() => void} pause
 */

/** One touch for a small code at arm's length; two would be one too many at a till. */
const ZOOM = 2;

/**
 * Wire the buttons; `refresh` looks anew what this camera can do, and hides the rest.
 * @param {HTMLElement} root
 * @param {Given} given
 * @returns {{refresh(): void}}
 */
export function wireControls(root, { camera, preferences, field, photo = null, start, pause }) {
  const button = (/** @type {string} */ name) =>
    /** @type {HTMLButtonElement | null} */ (root.querySelector(`button[data-${name}]`));
  const [torch, flip, zoom, rest] = ["torch", "flip", "zoom", "pause"].map(button);

  /** @param {HTMLButtonElement | null} pressed @param {boolean} isOn */
  const press = (pressed, isOn) => pressed?.setAttribute("aria-pressed", String(isOn));

  button("start-camera")?.addEventListener("click", () => void start());
  button("start-camera")?.removeAttribute("disabled");
  button("restart")?.addEventListener("click", () => void camera.restart());
  root.querySelector("[data-video]")?.addEventListener("click", () => void camera.restart());
  torch?.addEventListener("click", async () => {
    const isOn = torch.getAttribute("aria-pressed") !== "true";
    press(torch, (await camera.torch(isOn)) && isOn);
  });
  flip?.addEventListener("click", () => void camera.flip());
  zoom?.addEventListener("click", async () => {
    const isOn = zoom.getAttribute("aria-pressed") !== "true";
    const range = camera.capabilities()?.zoom;
    press(zoom, (await camera.zoom(isOn ? Math.min(ZOOM, range?.max ?? ZOOM) : (range?.min ?? 1))) && isOn);
  });
  rest?.addEventListener("click", () => {
    pause();
    // The button goes with the picture: what starts it again takes the focus.
    button("start-camera")?.focus();
  });
  button("photo")?.addEventListener("click", () => {
    photo?.removeAttribute("hidden");
    /** @type {HTMLInputElement | null | undefined} */ (photo?.querySelector("input[type=file]"))?.click();
  });
  button("type")?.addEventListener("click", () => field?.focus());

  async function refresh() {
    const can = camera.capabilities();
    rest?.toggleAttribute("hidden", camera.state() !== "live");
    torch?.toggleAttribute("hidden", !can?.torch);
    zoom?.toggleAttribute("hidden", !can?.zoom || can.zoom.max <= can.zoom.min);
    press(torch, preferences.get("camera.torch", false));
    press(zoom, preferences.get("camera.zoom", 1) > 1);
    flip?.toggleAttribute("hidden", (await camera.list()).length < 2);
  }

  return { refresh: () => void refresh() };
}
