/** Helps to install: the browser's own prompt where it has one, else the way through its menu in words. */

/**
 * @typedef {Event & {prompt(): Promise<void>, userChoice: Promise<{outcome: string}>}} InstallPrompt
 * @typedef {{userAgent: string, maxTouchPoints: number, isStandalone: boolean}} Platform
 */

/**
 * How this platform installs: nothing to do, wait for the browser's prompt, or the way by hand. Pure.
 * @param {Platform} platform
 * @returns {"installed" | "prompt" | "ios"}
 */
export function installWay({ userAgent, maxTouchPoints, isStandalone }) {
  if (isStandalone) {
    return "installed";
  }
  // iPads call themselves Macs; no Mac has a touch screen.
  const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return isApple ? "ios" : "prompt";
}

/**
 * Show the offer in this element (`[data-install]`, hidden until then): a button where the browser can ask by
 * itself, the sentence for iOS where it cannot.
 * @param {HTMLElement} offer
 * @param {Platform} platform
 */
export function offerInstall(offer, platform) {
  const way = installWay(platform);
  const button = /** @type {HTMLButtonElement | null} */ (offer.querySelector("[data-install-button]"));
  const byHand = /** @type {HTMLElement | null} */ (offer.querySelector("[data-install-ios]"));
  if (way === "ios" && byHand) {
    byHand.hidden = false;
    offer.hidden = false;
  }
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const prompt = /** @type {InstallPrompt} */ (event);
    if (button) {
      button.hidden = false;
      offer.hidden = false;
      button.onclick = async () => {
        await prompt.prompt();
        offer.hidden = (await prompt.userChoice).outcome === "accepted";
      };
    }
  });
  window.addEventListener("appinstalled", () => {
    offer.hidden = true;
  });
}
