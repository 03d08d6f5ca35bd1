import type { Labels } from "../lib/labels.js";

/** A picture of the reader's, stretched to a square. */
export interface Picture {
  id: string;
  name: string;
  /** (STORED_SIDE, STORED_SIDE, 3), RGB */
  pixels: Uint8ClampedArray;
  /** of the original, in pixels */
  width: number;
  height: number;
  labels: Labels;
  /** It is not trained on: AP is measured on it. */
  keptBack: boolean;
  /** Its boxes are confirmed; without boxes it shows nothing of the thing. */
  ready: boolean;
}
