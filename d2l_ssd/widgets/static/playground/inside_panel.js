/** Look inside: what happened at one anchor, from its logits to what it pays. */

import { CLASSES } from "../engine/scenes.js";
import { element, heading, note, setText } from "../lib/dom.js";
import { explainOffsets } from "../lib/offsets.js";
import { makeTable, setRows } from "../lib/table.js";

/** @typedef {import("../engine/inside.js").Inside} Inside */

const EMPTY =
  "Click a box on a scene, or, in the view “Targets”, an anchor: here is what the network computed there.";

/**
 * @param {() => string[]} [namesNow] of the classes: the playground's if not given
 * @param {string} [empty] what it says before anything is chosen
 */
export function makeInsidePanel(namesNow = () => CLASSES, empty = EMPTY) {
  const summary = note(empty, "d2l-why");
  const classes = makeTable("From logits to scores", [
    ...["Class", "Logit", "Softmax"],
  ]);
  const offsets = makeTable("From the anchor to the box", [
    ...["Axis", "Offset", "Wanted", "Which means"],
  ]);
  offsets.table.classList.add("d2l-offsets");
  const rivals = makeTable("Rivals before non-maximum suppression", [
    ...["Anchor", "Score", "IoU", "Fate"],
  ]);
  const pays = makeTable("What this anchor pays", ["Term", "Value"]);
  const tables = [classes, offsets, rivals, pays];
  const grid = element(
    "div",
    { className: "d2l-pg-tables" },
    ...tables.map(({ table }) => table),
  );
  grid.hidden = true;
  const node = element(
    "div",
    { className: "d2l-side" },
    heading("Look inside"),
    summary,
    grid,
  );
  /** @param {Inside | null} inside */
  const show = (inside) => {
    grid.hidden = !inside;
    setText(summary, inside ? summarize(inside, namesNow()) : empty);
    if (!inside) return;
    setRows(classes, classRows(inside, namesNow()));
    setRows(offsets, offsetRows(inside));
    setRows(rivals, rivalRows(inside));
    setRows(pays, lossRows(inside, namesNow()));
  };
  return { node, show };
}

/**
 * @param {Inside} inside
 * @param {string[]} names of the classes
 */
function summarize({ anchor, label, scores, target, iou }, names) {
  const found = `${names[label]}, score ${scores[label + 1].toFixed(2)}`;
  const job = target
    ? `it answers for a ${names[target - 1] ?? "box"} (IoU of the anchor ${iou.toFixed(2)})`
    : `it is background (best IoU with an object ${iou.toFixed(2)})`;
  return `Anchor ${anchor}: its best class is ${found}; in training, ${job}.`;
}

/**
 * @param {Inside} inside
 * @param {string[]} names of the classes
 */
function classRows({ logits, scores }, names) {
  return ["background", ...names].map((name, k) => ({
    cells: [name, logits[k].toFixed(2).replace("-", "−"), scores[k].toFixed(3)],
  }));
}

/** @param {Inside} inside */
function offsetRows({ offsets, anchorBox, box, wanted, target }) {
  return explainOffsets(offsets, anchorBox, box).map(({ cells }, k) => {
    const [name, value, meaning] = cells;
    const sign = wanted[k] < 0 ? "−" : "+";
    const aim = target ? sign + Math.abs(wanted[k]).toFixed(2) : "–";
    return { cells: [name, value, aim, meaning] };
  });
}

/** @param {Inside} inside */
function rivalRows({ rivals }) {
  const rows = rivals.map(({ anchor, score, iou, kept }) => ({
    cells: [
      String(anchor),
      score.toFixed(2),
      iou.toFixed(2),
      kept ? "kept" : "suppressed",
    ],
  }));
  return rows.length ? rows : [{ cells: ["none", "", "", ""] }];
}

/**
 * @param {Inside} inside
 * @param {string[]} names of the classes
 */
function lossRows({ target, classLoss, boxLoss, counted }, names) {
  const role = target ? `positive, ${names[target - 1]}` : "negative";
  return [
    { cells: ["in training", role] },
    { cells: ["counts in the loss", counted ? "yes" : "no: not mined"] },
    { cells: ["confidence loss", classLoss.toFixed(3)] },
    { cells: ["localization loss", target ? boxLoss.toFixed(3) : "–"] },
  ];
}
