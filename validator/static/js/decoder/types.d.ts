import type { Payload, Refusal } from "../types.js";
import type { ReaderOptions } from "./schedule.js";

/** A picture of one byte a pixel, rows without gaps. */
export type Grey = {
  data: Uint8Array;
  width: number;
  height: number;
};

/** One byte a pixel, rows `stride` bytes apart. */
export type Plane = Grey & { stride: number };

export type Rect = {
  x: number;
  y: number;
  width: number;
  height: number;
};

export type Point = {
  x: number;
  y: number;
};

/** One code of a picture; `text` is null where it was located and could not be read. */
export type Symbol = {
  text: string | null;
  centre: Point;
  /** In pixels of the picture it was found in. */
  side: number;
};

/** One engine for grey pictures; throws where the engine is broken. */
export type Reader = {
  read(grey: Grey, options: Partial<ReaderOptions>): Symbol[];
};

/** What a frame looks like without a reading: grey levels and shares. */
export type Scene = {
  /** Mean grey level, 0 to 255. */
  light: number;
  /** Share of washed-out samples in the middle. */
  glare: number;
  /** Mean difference of grey levels from the last seconds. */
  change: number;
  /** Share of strong edges among the samples of the middle. */
  structure: number;
  /**
   * Steepness of the sharpest edges in the middle: 1 where light turns dark within two pixels, near 0 where all is
   * blurred; 1 where there is hardly an edge.
   */
  sharpness: number;
};

export type Meta = {
  engine: "wasm" | "native" | "none";
  /** Time in the worker, including the conversion of the frame. */
  ms: number;
  width: number;
  height: number;
  /** Side of a symbol that could not be read, in pixels of the stream; 0 where none was located. */
  located: number;
  scene: Scene;
};

/** What a frame shows. Nothing else about a picture leaves the worker. */
export type Seen =
  | { seen: "card"; payload: Payload; beside: Refusal | null; meta: Meta }
  | { seen: "foreign"; code: string; kind: string | null; meta: Meta }
  | { seen: "several"; meta: Meta }
  | { seen: "nothing"; hint: boolean; meta: Meta };

export type Engines = {
  wasm: boolean;
  native: boolean;
};
