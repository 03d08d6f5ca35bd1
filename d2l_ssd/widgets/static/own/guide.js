/** A small guide: what the pictures show so far, and what is missing. */

import { CLASS_COLORS } from "../lib/colors.js";
import { element, setLabel, setText } from "../lib/dom.js";
import { advise, ENOUGH, measureCoverage } from "./coverage.js";
import { toItems } from "./box_items.js";

/** @typedef {import("../own_engine/types.d.ts").Picture} Picture */

/** @type {import("./coverage.js").Advice} */
const FIRST = { text: "take a picture of it, or choose one" };
const KINDS = ["Far", "Middle", "Close", "Without it"];

/** Make the guide. */
export function makeGuide() {
  const map = element("div", { className: "d2l-guide-map", role: "img" });
  const next = element("p", { className: "d2l-guide-next" });
  const kinds = KINDS.map(() => element("li"));
  const node = element(
    "div",
    { className: "d2l-guide" },
    map,
    element("div", {}, next, element("ul", {}, ...kinds)),
  );
  /** @type {unknown[]} what was drawn */
  let shown = [];
  /**
   * @param {Picture[]} pictures
   * @param {string[]} [classes] of which the rarest is what comes next
   */
  const show = (pictures, classes = [""]) => {
    const now = [...pictures.map((p) => p.ready && p.labels), ...classes];
    if (now.length === shown.length && now.every((v, k) => v === shown[k])) {
      return;
    }
    shown = now;
    const all = classes.map((_, label) => measureCoverage(pictures, label));
    const counts = all.map(({ boxes }) => boxes);
    const rarest = counts.indexOf(Math.min(...counts));
    const { text, box } = pictures.length ? advise(all[rarest]) : FIRST;
    const whose = classes.length > 1 ? `, ${classes[rarest]}` : "";
    setText(next, `Next${whose}: ${text}.`);
    setLabel(map, `${counts.join(" and ")} boxes so far, one over the other`);
    map.replaceChildren(...outlines(pictures, rarest, box));
    const { sizes, without } = all[rarest];
    [...sizes, without].forEach((count, k) => {
      const wanted = k < sizes.length ? ENOUGH.size : ENOUGH.without;
      const isEnough = count >= wanted;
      const of = isEnough ? "" : ` of ${wanted}`;
      setText(kinds[k], `${KINDS[k]} ${count}${of}`);
      kinds[k].className = isEnough ? "d2l-guide-enough" : "";
    });
  };
  return { node, show };
}

/**
 * All boxes so far, one over the other, and the one that is missing.
 *
 * @param {Picture[]} pictures
 * @param {number} label
 * @param {number[]} [missing]
 */
function outlines(pictures, label, missing) {
  const all = pictures.filter(({ ready }) => ready);
  const boxes = all.flatMap(({ labels }) =>
    toItems(labels).map((item) => outline(item.box, CLASS_COLORS[item.label])),
  );
  if (!missing) return boxes;
  const next = outline(missing, CLASS_COLORS[label]);
  next.className = "d2l-guide-missing";
  return [...boxes, next];
}

/**
 * @param {number[]} box
 * @param {string} color
 */
function outline(box, color) {
  const node = element("i");
  const [left, top, right, bottom] = box.map(
    (value, k) => `${100 * (k < 2 ? value : 1 - value)}%`,
  );
  Object.assign(node.style, { left, top, right, bottom, color });
  return node;
}
