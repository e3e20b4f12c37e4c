/**
 * The page's messages: gettext over one JSON file for each language. English is the source and needs no entries.
 *
 * A text is written where it is shown, in English, with named values: `_("The card has %(num)s letters", { num })`.
 * A text in a table is marked with `N_` and given to `_` when it is shown, never when a module is loaded.
 */

/**
 * @typedef {object} Catalogue  What /static/<version>/messages.<language>.json holds.
 * @property {string} language
 * @property {string} locale  For Intl; the language with the region whose forms are used.
 * @property {string} zone  The time zone of the place where cards are checked.
 * @property {string} plurals  For each number from 0 to 199 the digit of its plural form; larger ones as 100 + n % 100.
 * @property {Record<string, string[]>} messages  The forms of each text; a context stands before it with an EOT sign.
 *
 * @typedef {Record<string, string | number>} Values
 */

const CONTEXT_END = "\u0004";
const TABLE = 200;
const PERIOD = 100;
const PLACEHOLDER = /%(?:\((\w+)\)s|%)/g;

/** @type {Pick<Catalogue, "language" | "locale" | "plurals">} */
let chosen = { language: "en", locale: "en-GB", plurals: "" };
/** @type {Map<string, string[]>} */
let forms = new Map();

/** Show texts from this catalogue from now on. @param {Catalogue} catalogue */
export function useMessages(catalogue) {
  chosen = catalogue;
  forms = new Map(Object.entries(catalogue.messages));
}

/**
 * Load the messages that the page names on its root element; null where they could not be loaded.
 * @param {Document} document
 * @returns {Promise<Catalogue | null>}
 */
export async function loadMessages(document) {
  try {
    const answer = await fetch(document.documentElement.dataset.messages ?? "");
    const catalogue = answer.ok ? /** @type {Catalogue} */ (await answer.json()) : null;
    if (catalogue !== null) {
      useMessages(catalogue);
    }
    return catalogue;
  } catch {
    return null;
  }
}

/** The locale for Intl: dates, times and numbers. */
export const locale = () => chosen.locale;

/**
 * Mark a text of a table for extraction. It is translated when it is shown.
 * @template {string} Text
 * @param {Text} text
 */
export const N_ = (text) => text;

/**
 * The text in the page's language, with its values filled in.
 * @param {string} text
 * @param {Values} [values]
 */
export function _(text, values = {}) {
  return filled(forms.get(text)?.[0] || text, values);
}

/**
 * The same for a short text that needs a context to be translated.
 * @param {string} context
 * @param {string} text
 * @param {Values} [values]
 */
export function pgettext(context, text, values = {}) {
  return filled(forms.get(context + CONTEXT_END + text)?.[0] || text, values);
}

/**
 * The text for this number of things; `%(num)s` in it is the number.
 * @param {string} one
 * @param {string} many
 * @param {number} num
 * @param {Values} [values]
 */
export function ngettext(one, many, num, values = {}) {
  const form = forms.get(one)?.[pluralForm(num)] || (num === 1 ? one : many);
  return filled(form, { num, ...values });
}

/** @param {number} num */
function pluralForm(num) {
  return Number(chosen.plurals[num < TABLE ? num : PERIOD + (num % PERIOD)]);
}

/** @param {string} text @param {Values} values */
function filled(text, values) {
  return text.replace(PLACEHOLDER, (whole, name) => {
    if (name === undefined) {
      return "%";
    }
    return name in values ? String(values[name]) : whole;
  });
}

/**
 * A text in parts, with something else than text in the place of one value: `parts(_("checked %(age)s"), "age", element)`.
 * @template Part
 * @param {string} text  Still with the placeholder, since `_` fills in only what it is given.
 * @param {string} name
 * @param {Part} part
 * @returns {(string | Part)[]}
 */
export function parts(text, name, part) {
  const [before, ...after] = text.split(`%(${name})s`);
  return after.length === 0 ? [before] : [before, part, after.join("")];
}
