/** Three numbers, which are a legend of the judged boxes too. */

import { element, setText } from "./dom.js";

/**
 * Make the tiles: right, wrong, missed.
 */
export function makeTiles() {
  const right = makeTile("right", "✓");
  const wrong = makeTile("wrong", "✗");
  const missed = makeTile("missed", "\u00a0");
  const tiles = [right, wrong, missed].map(({ node }) => node);
  const row = element("div", { className: "d2l-tiles" }, ...tiles);
  /** @param {{ correct: number, wrong: number, missed: number }} counts */
  const show = (counts) => {
    Object.assign(row.dataset, {
      correct: counts.correct,
      wrong: counts.wrong,
      missed: counts.missed,
    });
    setText(right.number, String(counts.correct));
    setText(wrong.number, String(counts.wrong));
    setText(missed.number, String(counts.missed));
  };
  return { row, show };
}

/**
 * @param {string} key
 * @param {string} mark
 */
function makeTile(key, mark) {
  const number = element("strong", {}, "0");
  const swatch = element("span", { className: `d2l-key d2l-${key}` }, mark);
  const legend = element("span", {}, swatch, key);
  return {
    number,
    node: element("div", { className: "d2l-tile" }, number, legend),
  };
}
