/**
 * What stands for a card in the pack: the server's keyed hash, made here without its key ever being
 * readable.
 */

import { HASH_BYTES } from "./rows.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * The pack's key as this browser keeps it: it can be used and not read.
 * @param {SubtleCrypto} subtle
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function importKey(subtle, bytes) {
  return subtle.importKey("raw", bytes, HMAC, false, ["sign"]);
}

/**
 * The hash of this card number.
 * @param {SubtleCrypto} subtle
 * @param {CryptoKey} key
 * @param {string} escn
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function hashOf(subtle, key, escn) {
  const whole = await subtle.sign(HMAC.name, key, new TextEncoder().encode(escn));
  return new Uint8Array(whole, 0, HASH_BYTES);
}
