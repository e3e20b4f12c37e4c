/** What would help with a code that is held up and not read, in words. */

import { _, N_ } from "../messages.js";

/** @type {Record<string, string>} */
const TEXTS = {
  idle: N_("The camera rests to save the battery. Tap, or hold up a card."),
  closer: N_("Hold the code closer, about a hand’s width away."),
  farther: N_("Hold the code a little farther away."),
  too_close: N_("Too close to focus: hold the card a hand’s length away."),
  beside: N_("Another code is in view: cover it, or hold the card’s own code closer."),
  still: N_("Hold still for a moment."),
  glare: N_("Tilt it a little, so that it does not shine."),
  torch: N_("It is dark here: turn on the light."),
  zoom: N_("The code is small: zoom in, or hold it closer."),
  no_pixels: N_(
    "This browser hides the camera’s picture from pages. In Firefox: allow “Extract canvas data” beside the address, or switch off privacy.resistFingerprinting. Or take a photo of the code.",
  ),
  server: N_("Our server is reading it …"),
  type: N_("Does it not work? Type the number instead."),
  only_server: N_("This browser reads codes only with the server’s help."),
  cannot_read: N_("This browser cannot read codes, and the server cannot help now. Type the number."),
};

/** The line in the viewfinder for a hint, or for another state of reading. @param {string} kind */
export const hintText = (kind) => (kind in TEXTS ? _(TEXTS[kind]) : "");
