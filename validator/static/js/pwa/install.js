/** Offers the installation: by the browser's own prompt where it has one, else by a sentence about its menu. */

/**
 * @typedef {Event & {prompt(): Promise<void>, userChoice: Promise<{outcome: string}>}} InstallPrompt
 * @typedef {{userAgent: string, maxTouchPoints: number, isStandalone: boolean}} Platform
 */

/**
 * How this platform installs: already installed, by the browser's prompt, or by hand (iOS). Pure.
 * @param {Platform} platform
 * @returns {"installed" | "prompt" | "ios"}
 */
export function installWay({ userAgent, maxTouchPoints, isStandalone }) {
  if (isStandalone) {
    return "installed";
  }
  // iPads report to be Macs; no Mac has a touch screen.
  const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return isApple ? "ios" : "prompt";
}

/**
 * Shows the offer in this element (`[data-install]`, hidden before): a button where the browser has a prompt, the
 * sentence for iOS where it has none.
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
