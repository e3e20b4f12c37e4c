/** What an answer says in words, by its reason: the same sentences as validator/web/advice.py. */

import { _, N_ } from "../messages.js";

/** @import {Advice} from "./types.js" */

export const COMPARE = N_("Compare the photo and the name on the card with the person.");
export const COMPARE_DIGITAL = N_(
  "Ask to see the card in its app, and compare the photo and the name with the person.",
);

/** @type {Record<string, string>} */
export const NAMES = {
  valid: N_("VALID"),
  not_valid: N_("NOT VALID"),
  could_not_check: N_("COULD NOT CHECK"),
  expired: N_("NOT VALID: EXPIRED"),
  inactive: N_("NOT VALID: SUSPENDED"),
  unknown_card: N_("NOT VALID: NOT REGISTERED"),
};

/** @type {Record<string, string>} */
export const DETAILS = {
  expired: N_("EXPIRED"),
  inactive: N_("SUSPENDED"),
  unknown_card: N_("NOT REGISTERED"),
};

/** @type {Record<string, Advice>} */
export const ABOUT_THE_CARD = {
  active: { happened: N_("The card register knows this card as active."), next: COMPARE, whose: null },
  expired: {
    happened: N_("The card has expired."),
    next: N_(
      "The student can ask the university that issued it to renew it. A renewed card often keeps its number, and is then valid at the next check.",
    ),
    whose: null,
  },
  inactive: {
    happened: N_("The issuer has suspended this card."),
    next: N_("The student can ask the university that issued it, which can activate it again."),
    whose: null,
  },
  unknown_card: {
    happened: N_("The card register has no card with this number."),
    next: N_(
      "This is common: many cards are registered only when the student asks for it, and a replaced card is removed. If the number was typed, compare it with the card once more. The student can ask their international office to register the card.",
    ),
    whose: null,
  },
};

/** @type {Record<string, Advice>} */
export const NO_ANSWER = {
  router_timeout: {
    happened: N_("The card register took too long to answer."),
    next: N_(
      "Check again in a moment. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("The card register"),
  },
  router_unreachable: {
    happened: N_("Our server could not reach the card register."),
    next: N_(
      "Check again in a minute. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("The connection between our server and the card register"),
  },
  router_refused: {
    happened: N_("The card register does not accept requests from our server."),
    next: N_(
      "Tell IT support; checking again will not help until they have fixed it. Until then, follow your own rule for when a check is not possible.",
    ),
    whose: N_("Our server’s access to the card register"),
  },
  router_busy: {
    happened: N_("The card register is busy and asks us to wait."),
    next: N_(
      "Check again in a minute. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("The card register"),
  },
  router_error: {
    happened: N_("The card register has a fault at the moment."),
    next: N_(
      "Check again in a minute. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("The card register"),
  },
  router_answer_unusable: {
    happened: N_("The card register answered, but its answer cannot be used."),
    next: N_("Check again. If it stays like this, follow your own rule for when a check is not possible."),
    whose: N_("The card register"),
  },
  device_offline: {
    happened: N_("This device has no connection, and this card was not checked here before."),
    next: N_(
      "Check the device’s network, then check the card again. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("This device"),
  },
  too_many_checks: {
    happened: N_("Too many checks at once: our server is limiting its requests to the card register."),
    next: N_(
      "Wait a minute, then check again. If it happens often, ask a manager, who can see why. Until then, follow your own rule for when a check is not possible.",
    ),
    whose: N_("Our server"),
  },
};

/** Why a remembered answer is shown, as the server gives it. @type {Record<string, string>} */
export const STANDS_IN = {
  router_timeout: N_(
    "The card register took too long to answer. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  router_unreachable: N_(
    "Our server could not reach the card register. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  router_refused: N_(
    "The card register does not accept requests from our server. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  router_busy: N_(
    "The card register is busy. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  router_error: N_(
    "The card register has a fault at the moment. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  router_answer_unusable: N_(
    "The card register’s new answer cannot be used. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
  device_offline: N_(
    "This device has no connection. This is the card register’s last answer, remembered here. It will be confirmed at the next check.",
  ),
  too_many_checks: N_(
    "Our server is limiting its requests to the card register. This is its last answer, remembered here. It will be confirmed at the next check.",
  ),
};
export const STANDS_IN_PLAIN = N_(
  "The card register was not asked this time. This is its last answer, remembered here. It will be confirmed at the next check.",
);

/** What this device adds where it got no answer and remembers none. @type {Record<string, Advice>} */
export const TROUBLES = {
  offline: {
    happened: N_("This device has no connection, and no answer for this card is remembered on it."),
    next: N_(
      "Check the device’s network, then check the card again. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("This device’s connection"),
  },
  slow: {
    happened: N_("No answer came in time, and none for this card is remembered here."),
    next: N_(
      "Check again, or go where the signal is better. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("The connection or our server"),
  },
  server_fault: {
    happened: N_("Our server has a fault at the moment, and no answer for this card is remembered on this device."),
    next: N_(
      "Check again in a minute, and tell IT support. If it stays like this, follow your own rule for when a check is not possible.",
    ),
    whose: N_("Our server"),
  },
  signed_out: {
    happened: N_("This device is signed out, so our server gives it no answers."),
    next: N_("Sign in again, then check the card again."),
    whose: N_("This device’s sign-in"),
  },
};

/** Why this device shows the answer that it remembers. @type {Record<string, string>} */
export const REMEMBERED_HERE = {
  offline: N_(
    "This device has no connection. This is the card register’s last answer, remembered here. It will be confirmed when the connection is back.",
  ),
  slow: N_(
    "No answer came in time. This is the card register’s last answer, remembered here. It will be confirmed when an answer comes.",
  ),
  server_fault: N_(
    "Our server has a fault at the moment. This is the card register’s last answer, remembered here. It will be confirmed when the server is back.",
  ),
  signed_out: N_(
    "This device is signed out. This is the card register’s last answer, remembered here. Sign in again to have it confirmed.",
  ),
};

/** What is odd about a code, in full. @type {Record<string, string>} */
export const WARNINGS = {
  sandbox_card: N_(
    "The code belongs to the card register’s test system. Cards in real use normally have another address; the student’s international office can tell you more.",
  ),
  unknown_qr_host: N_(
    "The code has a web address that we do not know. Only the card number in it was used; the address was not visited.",
  ),
  unusual_number: N_("The number has an unusual form. Some issuers use such numbers; the card register decides."),
};

/** The same on the face of the answer: one line that says where to look. @type {Record<string, string>} */
export const FACE_WARNINGS = {
  sandbox_card: N_("The code belongs to the test system. Check the card in another way."),
  unknown_qr_host: N_("The code’s address is unknown. Look closely at the card itself."),
  unusual_number: N_("The number is unusual. Look closely at the card itself."),
};

export const DIGITAL_TYPES = ["SMART_PASSIVE", "SMART_PASSIVE_EMULATION"];

/** The academic level in words; undefined for one that has none yet. @param {string | null} level */
export function levelName(level) {
  /** @type {Record<string, string>} */
  const levels = { BACHELOR: _("Bachelor"), MASTER: _("Master"), DOCTORATE: _("Doctorate") };
  return levels[level ?? ""];
}

/** The type of a card in words; undefined for one that has none yet. @param {string | null} type */
export function cardTypeName(type) {
  const digital = _("Digital card, on a phone");
  const chip = _("Plastic card with a chip");
  /** @type {Record<string, string>} */
  const types = {
    PASSIVE: _("Plastic card"),
    SMART_NO_CDZ: chip,
    SMART_CDZ: chip,
    SMART_MAY_SP: chip,
    SMART_PASSIVE: digital,
    SMART_PASSIVE_EMULATION: digital,
  };
  return types[type ?? ""];
}
