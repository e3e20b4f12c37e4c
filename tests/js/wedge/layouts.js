/**
 * Keyboards as Windows lays them out, as far as codes have characters on them: what each place gives. From
 * these tables come the events of a scanner on any computer.
 *
 * @typedef {{code: string, key: string, shiftKey: boolean}} Stroke
 * @typedef {Map<string, string>} Layout code → plain and shifted character; ◌ is a dead key
 */

const PLACES = [
  "Backquote", ...keys("Digit", "1234567890"), "Minus", "Equal",
  ...keys("Key", "QWERTYUIOP"), "BracketLeft", "BracketRight",
  ...keys("Key", "ASDFGHJKL"), "Semicolon", "Quote",
  ...keys("Key", "ZXCVBNM"), "Comma", "Period", "Slash", "Space",
];
export const DEAD = "\u25cc";

/** @param {string} start @param {string} ends */
function keys(start, ends) {
  return Array.from(ends, (end) => `${start}${end}`);
}

/** @param {string} plain @param {string} shifted @returns {Layout} */
function layout(plain, shifted) {
  const upper = Array.from(`${shifted} `);
  return new Map(Array.from(`${plain} `, (sign, at) => [PLACES[at] ?? "", `${sign}${upper[at]}`]));
}

/** @type {Record<string, Layout>} */
export const LAYOUTS = {
  US: layout(
    "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?",
  ),
  AZERTY: layout(
    "²&é\"'(-è_çà)=azertyuiop◌$qsdfghjklmùwxcvbn,;:!",
    "²1234567890°+AZERTYUIOP◌£QSDFGHJKLM%WXCVBN?./§",
  ),
  QWERTZ: layout(
    "◌1234567890ß◌qwertzuiopü+asdfghjklöäyxcvbnm,.-",
    "°!\"§$%&/()=?◌QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_",
  ),
  Italian: layout(
    "\\1234567890'ìqwertyuiopè+asdfghjklòàzxcvbnm,.-",
    "|!\"£$%&/()=?^QWERTYUIOPé*ASDFGHJKLç°ZXCVBNM;:_",
  ),
  Dvorak: layout(
    "`1234567890[]',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz",
    "~!@#$%^&*(){}\"<>PYFGCRL?+AOEUIDHTNS_:QJKXBMWVZ",
  ),
};

/**
 * What a scanner that is set to the layout `scanner` sends for a text, on a computer set to `computer`.
 * @param {string} text
 * @param {Layout} scanner
 * @param {Layout} computer
 * @returns {Stroke[]}
 */
export function strokes(text, scanner, computer) {
  return Array.from(text, (char) => {
    for (const [code, chars] of scanner) {
      const at = Array.from(chars).indexOf(char);
      if (at < 0) continue;
      const key = Array.from(computer.get(code) ?? "")[at] ?? "";
      return { code, key: key === DEAD ? "Dead" : key, shiftKey: at === 1 };
    }
    throw new Error(`no key for “${char}”`);
  });
}
