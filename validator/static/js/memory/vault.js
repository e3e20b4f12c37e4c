/**
 * What is kept on this device goes through here: sealed under a key that cannot be taken out, gone after a
 * wipe.
 */

import { newId } from "../ids.js";
import { PERSON } from "./database.js";

/**
 * @typedef {import("./database.js").Store} Store
 * @typedef {import("./database.js").Change} Change
 * @typedef {import("./database.js").Room} Room
 *
 * @typedef {{iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer}} Sealed
 *
 * @typedef {object} Vault
 * @property {"disk" | "ram"} kind
 * @property {() => boolean} isOpen
 * @property {(room: Room) => Promise<Array<[string, any]>>} entries  empty where nothing can be read
 * @property {(changes: Change[]) => Promise<boolean>} save  false where nothing was kept; never rejects
 * @property {(room: Room, bytes: Uint8Array<ArrayBuffer>) => Promise<Sealed>} seal
 * @property {(room: Room, sealed: Sealed) => Promise<Uint8Array<ArrayBuffer> | null>} unseal
 * @property {(room: Room, value: unknown) => Promise<Sealed>} sealJson
 * @property {(room: Room, sealed: Sealed) => Promise<any>} unsealJson  null where it cannot be opened
 * @property {() => Promise<boolean>} recheck  whether it was wiped elsewhere; then it closes here too
 * @property {() => void} close  from here on nothing is kept
 * @property {() => string | null} owner  whose queue can be opened: the name of their key
 * @property {(id: string, key: Uint8Array<ArrayBuffer>) => Promise<"same" | "new" | "other">} adopt
 *   Take over the key of who is signed in; other: this is another person's than the one that is here.
 * @property {(spared?: import("./database.js").Spared) => Promise<void>} wipe
 */

export const IV_BYTES = 12;
const AES = { name: "AES-GCM", length: 256 };

/**
 * The vault over this store, with the key that is there or a new one.
 * @param {Store} store
 * @param {Crypto} crypto
 * @returns {Promise<Vault>}
 */
export async function openVault(store, crypto) {
  const own = await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
  const keys = await store.begin({ epoch: newId(crypto), own: /** @type {CryptoKey} */ (own) });
  let person = keys.person ?? null;
  let open = true;

  /** @param {Room} room @param {Uint8Array<ArrayBuffer>} iv */
  const under = (room, iv) => ({ name: AES.name, iv, additionalData: new TextEncoder().encode(room) });

  /** @type {Vault["seal"]} */
  const seal = async (room, bytes) => {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const key = room === "queue" && person !== null ? person.key : keys.own;
    return { iv, data: await crypto.subtle.encrypt(under(room, iv), key, bytes) };
  };
  /** @type {Vault["unseal"]} */
  const unseal = async (room, sealed) => {
    for (const key of room === "queue" && person !== null ? [person.key, keys.own] : [keys.own]) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(under(room, sealed.iv), key, sealed.data));
      } catch {
        // Sealed with the other key, or by somebody else.
      }
    }
    return null;
  };

  /** @type {Vault} */
  const vault = {
    kind: store.kind,
    isOpen: () => open,
    entries: async (room) => (open ? store.entries(room).catch(() => []) : []),
    save: async (changes) => open && store.commit(keys.epoch, changes).catch(() => false),
    seal,
    unseal,
    sealJson: (room, value) => seal(room, new TextEncoder().encode(JSON.stringify(value))),
    unsealJson: async (room, sealed) => {
      const bytes = await unseal(room, sealed);
      return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
    },
    recheck: async () => {
      const found = await store.keys().catch(() => keys);
      open = open && found?.epoch === keys.epoch;
      return !open;
    },
    close: () => {
      open = false;
    },
    owner: () => person?.id ?? null,
    adopt: async (id, bytes) => {
      if (person !== null) {
        return person.id === id ? "same" : "other";
      }
      const key = await crypto.subtle.importKey("raw", bytes, AES.name, false, ["encrypt", "decrypt"]);
      person = { id, key };
      await vault.save([{ room: "keys", key: PERSON, value: person }]);
      return "new";
    },
    wipe: async (spared) => {
      open = false;
      await store.wipe(spared);
    },
  };
  return Object.freeze(vault);
}
