/** Everything stored on this device passes through the vault: sealed under a key that cannot be exported. */

import { newId } from "../platform.js";
import { PERSON } from "./database.js";

/** @import {Change, Database, Keys, QueueKey, Spared, StoreName} from "./database.js" */

/** @typedef {{iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer}} Sealed */

export const IV_BYTES = 12;
const AES = { name: "AES-GCM", length: 256 };

/**
 * The vault over this database, with the key that is stored there or a new one.
 * @param {Database} database
 * @param {Crypto} crypto
 */
export async function openVault(database, crypto) {
  const own = await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
  const keys = await database.begin({ epoch: newId(crypto), own: /** @type {CryptoKey} */ (own) });
  return new Vault(database, crypto, keys);
}

export class Vault {
  #database;
  #crypto;
  #keys;
  /** @type {QueueKey | null} */
  #person;
  #isOpen = true;

  /**
   * @param {Database} database
   * @param {Crypto} crypto
   * @param {Keys} keys
   */
  constructor(database, crypto, keys) {
    this.kind = database.kind;
    this.#database = database;
    this.#crypto = crypto;
    this.#keys = keys;
    this.#person = keys.person ?? null;
  }

  isOpen() {
    return this.#isOpen;
  }

  /** Empty if nothing can be read. @param {StoreName} store @returns {Promise<Array<[string, any]>>} */
  async entries(store) {
    return this.#isOpen ? this.#database.entries(store).catch(() => []) : [];
  }

  /** False if nothing was stored; never rejects. @param {Change[]} changes */
  async save(changes) {
    return this.#isOpen && this.#database.commit(this.#keys.epoch, changes).catch(() => false);
  }

  /** @param {StoreName} store @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Sealed>} */
  async seal(store, bytes) {
    const iv = this.#crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const key = store === "queue" && this.#person !== null ? this.#person.key : this.#keys.own;
    return { iv, data: await this.#crypto.subtle.encrypt(algorithm(store, iv), key, bytes) };
  }

  /** @param {StoreName} store @param {Sealed} sealed */
  async unseal(store, { iv, data }) {
    const { own } = this.#keys;
    for (const key of store === "queue" && this.#person !== null ? [this.#person.key, own] : [own]) {
      try {
        return new Uint8Array(await this.#crypto.subtle.decrypt(algorithm(store, iv), key, data));
      } catch {
        // Sealed with the other key, or for another person.
      }
    }
    return null;
  }

  /** @param {StoreName} store @param {unknown} value */
  sealJson(store, value) {
    return this.seal(store, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** Null if it cannot be opened. @param {StoreName} store @param {Sealed} sealed @returns {Promise<any>} */
  async unsealJson(store, sealed) {
    const bytes = await this.unseal(store, sealed);
    return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
  }

  /** Whether the database was wiped by another page; then this vault closes too. */
  async recheck() {
    const found = await this.#database.keys().catch(() => this.#keys);
    this.#isOpen = this.#isOpen && found?.epoch === this.#keys.epoch;
    return !this.#isOpen;
  }

  /** From here on nothing is stored. */
  close() {
    this.#isOpen = false;
  }

  /** The id of the key that the queue is sealed with: it names the person. */
  owner() {
    return this.#person?.id ?? null;
  }

  /**
   * Take over the queue's key of the person signed in; "other" if the stored key is that of another person.
   * @param {string} id
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Promise<"same" | "new" | "other">}
   */
  async adopt(id, bytes) {
    if (this.#person !== null) {
      return this.#person.id === id ? "same" : "other";
    }
    const key = await this.#crypto.subtle.importKey("raw", bytes, AES.name, false, ["encrypt", "decrypt"]);
    this.#person = { id, key };
    await this.save([{ store: "keys", key: PERSON, value: this.#person }]);
    return "new";
  }

  /** @param {Spared} [spared] */
  async wipe(spared) {
    this.#isOpen = false;
    await this.#database.wipe(spared);
  }
}

/** @param {StoreName} store @param {Uint8Array<ArrayBuffer>} iv */
function algorithm(store, iv) {
  return { name: AES.name, iv, additionalData: new TextEncoder().encode(store) };
}
