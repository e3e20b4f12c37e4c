/**
 * From a card's number to its row: an id to find it by, and the key that seals what it says. As
 * validator/pack/sealing.py; both are held to tests/vectors/pack.json.
 */

/**
 * @typedef {object} Salt  What the numbers of one period are derived with.
 * @property {number} id
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {number} rounds
 * @property {number} endsAt  all rows under it are over then, in epoch seconds
 *
 * @typedef {{id: Uint8Array, key: CryptoKey}} RowKey
 * @typedef {Map<string, Promise<RowKey>>} Derived  What was derived last; it holds numbers, so it goes with a wipe.
 */

export const ID_BYTES = 16;

const ROOT_BITS = 256;
const BOTH_BITS = 384;
const LABEL = new TextEncoder().encode("esc-validator pack row, shape 1");
const AES = "AES-GCM";
const IV_BYTES = 12;
/** The card in hand and the few before it, under two salts each. */
const MOST_KEPT = 16;

/**
 * The id and key of this number's row. It takes tens of milliseconds, in the browser's own threads.
 * @param {SubtleCrypto} subtle
 * @param {string} escn
 * @param {Salt} salt
 * @returns {Promise<RowKey>}
 */
export async function derive(subtle, escn, { salt, rounds }) {
  const number = await subtle.importKey("raw", new TextEncoder().encode(escn), "PBKDF2", false, ["deriveBits"]);
  const slowly = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const root = await subtle.importKey(
    "raw",
    await subtle.deriveBits(slowly, number, ROOT_BITS),
    "HKDF",
    false,
    ["deriveBits"],
  );
  const split = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: LABEL };
  const both = new Uint8Array(await subtle.deriveBits(split, root, BOTH_BITS));
  const key = await subtle.importKey("raw", both.slice(ID_BYTES), AES, false, ["encrypt", "decrypt"]);
  return { id: both.slice(0, ID_BYTES), key };
}

/**
 * The same, derived once for a card that is looked up and then remembered.
 * @param {Derived} kept
 * @param {SubtleCrypto} subtle
 * @param {string} escn
 * @param {Salt} salt
 * @returns {Promise<RowKey>}
 */
export function derivedOnce(kept, subtle, escn, salt) {
  const name = `${salt.id} ${escn}`;
  const known = kept.get(name);
  if (known !== undefined) {
    return known;
  }
  const made = derive(subtle, escn, salt);
  kept.set(name, made);
  made.catch(() => kept.delete(name));
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) {
    kept.delete(oldest);
  }
  return made;
}

/**
 * The body under the row's key. The initial value is random: a row may be sealed again with another body.
 * @param {Crypto} crypto
 * @param {RowKey} row
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function sealBody(crypto, { id, key }, body) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const under = { name: AES, iv, additionalData: new Uint8Array(id) };
  const data = new Uint8Array(await crypto.subtle.encrypt(under, key, body));
  const sealed = new Uint8Array(IV_BYTES + data.length);
  sealed.set(iv);
  sealed.set(data, IV_BYTES);
  return sealed;
}

/**
 * The body; null where it was sealed for another row or changed since.
 * @param {SubtleCrypto} subtle
 * @param {RowKey} row
 * @param {Uint8Array} sealed
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function unsealBody(subtle, { id, key }, sealed) {
  const under = { name: AES, iv: sealed.slice(0, IV_BYTES), additionalData: new Uint8Array(id) };
  try {
    return new Uint8Array(await subtle.decrypt(under, key, sealed.slice(IV_BYTES)));
  } catch {
    return null;
  }
}
