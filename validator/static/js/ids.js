/** Random identifiers (UUID version 4), also in browsers without `crypto.randomUUID`. */

/**
 * @param {Pick<Crypto, "getRandomValues"> & {randomUUID?: () => string}} [crypto]
 * @returns {string}
 */
export function newId(crypto = globalThis.crypto) {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
