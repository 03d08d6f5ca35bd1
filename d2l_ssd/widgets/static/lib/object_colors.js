/** A color for each object, whatever its class. */

import { CLASS_COLORS } from "./colors.js";

// Those that read on dark pictures; Python's are in matching_explorer.py
const ORDER = [1, 5, 2, 4, 3];

/** @param {number} truth */
export function colorOf(truth) {
  return CLASS_COLORS[ORDER[truth % ORDER.length]];
}
