/** Browsers give sound to a touched page only: until somebody touches it, a strip says so. */

import { TOUCHES } from "../pwa/wake.js";

/**
 * Any touch and any key unlock the sound; `isScanning` says whether the strip has anything to warn of.
 * @param {HTMLElement | null} strip
 * @param {import("../feedback/feedback.js").Feedback} feedback
 * @param {() => boolean} isScanning
 * @returns {{refresh(): void, stop(): void}}
 */
export function watchSound(strip, feedback, isScanning) {
  const refresh = () => void strip?.toggleAttribute("hidden", !(isScanning() && feedback.isSilent()));
  const unlock = () => {
    if (feedback.isSilent()) {
      void feedback.unlock();
    }
  };
  feedback.onSound(refresh);
  TOUCHES.forEach((touch) => document.addEventListener(touch, unlock, { capture: true, passive: true }));
  return {
    refresh,
    stop: () => TOUCHES.forEach((touch) => document.removeEventListener(touch, unlock, { capture: true })),
  };
}
