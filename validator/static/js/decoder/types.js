/**
 * What the decoder's modules hand each other. Types only: this module exports nothing.
 *
 * @typedef {object} Grey  A picture of one byte a pixel, rows without gaps.
 * @property {Uint8Array} data
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Plane  One byte a pixel, rows `stride` bytes apart.
 * @property {Uint8Array} data
 * @property {number} stride
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Rect
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 *
 * @typedef {object} Symbol  One QR code of a picture; `text` is null where it was located and could not be
 *   read.
 * @property {string | null} text
 * @property {Point} centre
 * @property {number} side  In pixels of the picture it was found in.
 *
 * @typedef {object} Reader  One engine over grey pictures; throws where the engine is broken.
 * @property {(grey: Grey, options: Partial<import("./schedule.js").ReaderOptions>) => Symbol[]} read
 *
 * @typedef {object} Scene  What a frame looks like without a reading: grey levels and shares.
 * @property {number} light  Mean grey level, 0 to 255.
 * @property {number} glare  Share of washed-out samples in the middle.
 * @property {number} change  Mean difference of grey levels from the last seconds.
 * @property {number} structure  Share of strong edges among the samples of the middle.
 * @property {number} sharpness  Steepness of the sharpest edges in the middle: 1 where light turns dark within two
 *   pixels, near 0 where all is blurred; 1 where there is hardly an edge.
 *
 * @typedef {object} Meta
 * @property {"wasm" | "native" | "none"} engine
 * @property {number} ms  In the worker, taking the frame included.
 * @property {number} width
 * @property {number} height
 * @property {number} located  Side of a symbol that could not be read, in pixels of the stream; 0 where
 *   none was seen.
 * @property {Scene} scene
 *
 * @typedef {{seen: "card", payload: import("../types.js").Payload, beside: import("../types.js").Refusal | null,
 *     meta: Meta}
 *   | {seen: "foreign", code: string, kind: string | null, meta: Meta}
 *   | {seen: "several", meta: Meta}
 *   | {seen: "nothing", hint: boolean, meta: Meta}} Seen  The only things about a picture that leave the
 *   worker.
 *
 * @typedef {{wasm: boolean, native: boolean}} Engines
 */

export {};
