/** The explorers' colors, safe for color blindness, and how judged boxes look. */

/** Okabe and Ito's palette. */
export const COLORS = {
  positive: "#009E73",
  miss: "#D55E00",
  ignored: "#999999",
  neutral: "#56B4E9",
  // An object that was not found: neither a class's color nor a wrong box's
  missed: "#F0E442",
};

export const CLASS_COLORS = [
  "#0072B2",
  "#E69F00",
  "#CC79A7",
  "#009E73",
  "#F0E442",
  "#56B4E9",
  "#D55E00",
];

/**
 * @typedef {object} Look
 * @property {string} color
 * @property {number[]} dash
 * @property {string} mark
 */

/** @type {Record<string, Look>} */
const LOOKS = {
  correct: { color: COLORS.positive, dash: [], mark: "✓" },
  ignored: { color: COLORS.ignored, dash: [2, 3], mark: "·" },
  missed: { color: COLORS.missed, dash: [2, 3], mark: "" },
};
const WRONG = { color: COLORS.miss, dash: [7, 4], mark: "✗" };

/**
 * How a box is drawn of which we know whether it is right: by color, line and mark.
 *
 * @param {string} kind of `judgeDetections`, or "missed"
 * @returns {Look}
 */
export function judgedLook(kind) {
  return LOOKS[kind] ?? WRONG;
}

/**
 * How light a color is, from 0 to 255.
 *
 * @param {number[]} rgb
 */
export function lightness([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Black or white, whichever reads better on a #rrggbb color.
 *
 * @param {string} color
 */
export function textOn(color) {
  const rgb = [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));
  return lightness(rgb) > 115 ? "#000000" : "#ffffff";
}
