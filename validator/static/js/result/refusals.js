/** The texts for a code that is no card; those for typed numbers and photos as in validator/web/refusals.py. */

import { _, N_ } from "../messages.js";

/** @typedef {{heading: string, next: string}} Refused */

const FIND_THE_CODE = N_("Look for the code beside the European Student Card logo, or type the card number.");
const TYPE_INSTEAD = N_("Take the photo again, or type the card number.");

/** @type {Record<string, Refused>} */
const BY_CODE = {
  not_an_esc_code: { heading: N_("Not a student card code"), next: FIND_THE_CODE },
  esi_not_escn: {
    heading: N_("This is the student’s identifier, not the card’s number"),
    next: N_("It names the person (ESI), so it was not kept. Use the code, or type the card’s number."),
  },
  lookalike_host: {
    heading: N_("This code imitates a card’s"),
    next: N_(
      "Do not accept it. Its address only looks like the official one, and was not visited. Please check in another way.",
    ),
  },
  no_code_found: {
    heading: N_("No code found in the photo"),
    next: N_(
      "Go closer until the code fills half the photo, hold still, and tilt the card a little if it shines. Or type the card number.",
    ),
  },
  several_codes: {
    heading: N_("More than one student card in the photo"),
    next: N_("Take the photo again with only one card in it."),
  },
  image_too_large: {
    heading: N_("The photo is too large"),
    next: N_("Take it with a smaller size setting, cut it down to the code, or type the card number."),
  },
  unsupported_image: {
    heading: N_("This file is not a photo that can be read here"),
    next: N_("Use a JPEG, PNG or WebP picture, or type the card number."),
  },
  image_unreadable: { heading: N_("The photo arrived damaged"), next: TYPE_INSTEAD },
  reader_busy: {
    heading: N_("Many photos are being read at the moment"),
    next: N_("Send the photo again in a moment, or type the card number."),
  },
  reader_failed: { heading: N_("This photo could not be read"), next: TYPE_INSTEAD },
};
/** @type {Refused} */
const UNNAMED = { heading: N_("This could not be read"), next: TYPE_INSTEAD };
/** @type {Refused} */
const TYPED = {
  heading: N_("Not a card number"),
  next: N_(
    "A card number has 32 letters and digits, 0 to 9 and a to f, in five groups. Please compare it with the card, group by group.",
  ),
};

/** What to do where the code is of a known kind. @type {Record<string, string>} */
const KINDS = {
  web_address: N_(
    "It is a web address without a card number. Look for the code beside the European Student Card logo, or type the card number.",
  ),
  wifi: N_("It is a Wi-Fi code. Look for the code beside the European Student Card logo, or type the card number."),
  contact: N_(
    "It is a contact card. Look for the code beside the European Student Card logo, or type the card number.",
  ),
  campus_login: N_(
    "It is a campus login code, not a European Student Card code. Look for the code beside the European Student Card logo, or type the card number.",
  ),
  barcode: N_(
    "It is the library’s bar code. Look for the code beside the European Student Card logo, or type the card number.",
  ),
  number: N_(
    "It is a number of another kind. Look for the code beside the European Student Card logo, or type the card number.",
  ),
  other: N_("It is something else. Look for the code beside the European Student Card logo, or type the card number."),
};
/** The same for what was typed. @type {Record<string, string>} */
const TYPED_KINDS = {
  number: TYPED.next,
  other: TYPED.next,
  campus_login: N_(
    "It looks like a campus login. A card number has 32 letters and digits, 0 to 9 and a to f, in five groups. Please compare it with the card, group by group.",
  ),
};

/**
 * What was typed gets help with typing.
 * @param {{code: string, kind: string | null}} refusal
 * @returns {Refused}
 */
export function refusalWords({ code, kind }) {
  const { heading, next } = BY_CODE[code] ?? UNNAMED;
  if (code !== "not_an_esc_code" || !kind) {
    return { heading: _(heading), next: _(next) };
  }
  if (kind in TYPED_KINDS) {
    return { heading: _(TYPED.heading), next: _(TYPED_KINDS[kind]) };
  }
  return { heading: _(heading), next: _(KINDS[kind]) };
}

/** @type {Record<string, string>} */
const HEADINGS = {
  not_an_esc_code: N_("Not a student card code"),
  esi_not_escn: N_("This is the student’s identifier (ESI)"),
  lookalike_host: N_("This code imitates a card’s"),
  several_codes: N_("More than one student card in view"),
};

/** What to do, by the kind or the code of what the camera or a scanner has read. @type {Record<string, string>} */
const IN_VIEW = {
  web_address: N_("It is a web address. Look beside the student card logo."),
  wifi: N_("It is a Wi-Fi code. Look beside the student card logo."),
  contact: N_("It is a contact. Look beside the student card logo."),
  campus_login: N_(
    "A campus login code, not a European Student Card code. Look beside the student card logo. If there is no code, the student’s university can issue one.",
  ),
  barcode: N_("It is the library’s bar code. Please scan the QR code next to the card logo."),
  number: N_("It is a number of another kind. Look beside the student card logo."),
  other: N_("Look beside the student card logo."),
  esi_not_escn: N_("It was not kept. Please use the card’s code."),
  lookalike_host: N_("Do not accept it. Please check in another way."),
  several_codes: N_("Please show one at a time."),
};

/**
 * The texts beside the camera, by code and by line (a kind or a code).
 * @param {string} code
 * @param {string} line
 * @returns {Refused}
 */
export function inViewWords(code, line) {
  return {
    heading: _(HEADINGS[code] ?? HEADINGS.not_an_esc_code),
    next: _(IN_VIEW[line] ?? IN_VIEW.other),
  };
}

/** What a visitor alone at a kiosk reads. @param {string} code */
export function visitorWords(code) {
  if (code === "lookalike_host") {
    return _("This code cannot be accepted. Please ask at the desk.");
  }
  return code === "several_codes"
    ? _("Please show one card at a time.")
    : _("This is another code. Please show the one beside the student card logo.");
}
