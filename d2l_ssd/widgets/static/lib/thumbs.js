/** A strip of small pictures that choose an image. */

import { COLORS } from "./colors.js";
import { element } from "./dom.js";

/** @typedef {import("./judging.js").Count} Count */

/**
 * Make a small button for every image, with a bar that says how it fares.
 *
 * @param {HTMLImageElement[]} images
 * @param {(image: number) => void} choose
 */
export function makeThumbs(images, choose) {
  const thumbs = images.map((image, number) =>
    makeThumb(image, number, () => choose(number)),
  );
  const strip = element(
    "div",
    { className: "d2l-thumbs", role: "group", "aria-label": "Images" },
    ...thumbs.map(({ button }) => button),
  );
  /**
   * @param {number} chosen
   * @param {Count[]} counts per image
   */
  const show = (chosen, counts) =>
    thumbs.forEach(({ button, bar }, number) => {
      button.setAttribute("aria-pressed", String(number === chosen));
      bar.style.background = shares(counts[number]);
    });
  return { strip, show };
}

/**
 * @param {HTMLImageElement} image
 * @param {number} number
 * @param {() => void} onclick
 */
function makeThumb(image, number, onclick) {
  image.alt = "";
  const bar = element("span", { className: "d2l-bar" });
  const button = element(
    "button",
    {
      className: "d2l-thumb",
      type: "button",
      "aria-label": `Image ${number + 1}`,
      onclick,
    },
    image,
    bar,
  );
  return { button, bar };
}

/**
 * A background that shows what is right, wrong and missed.
 *
 * @param {Count} count
 */
function shares({ correct, wrong, missed }) {
  const parts = [correct.length, wrong.length, missed.length];
  const all = Math.max(1, parts[0] + parts[1] + parts[2]);
  let sum = 0;
  const [a, b, c] = parts.map((part) => `${(100 * (sum += part)) / all}%`);
  return (
    `linear-gradient(90deg, ${COLORS.positive} ${a}, ${COLORS.miss} ${a} ${b}, ` +
    `${COLORS.missed} ${b} ${c}, transparent ${c})`
  );
}
