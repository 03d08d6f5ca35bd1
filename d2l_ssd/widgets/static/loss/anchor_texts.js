/** LossExplorer's sentences on the chosen anchor. */

import { iou } from "../lib/boxes.js";
import { formatCount } from "../lib/format.js";
import { outputOf, RANDOM, UNTRAINED } from "./data.js";
import { formatLoss } from "./texts.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Reckoned} Reckoned */

/**
 * Say what the chosen anchor is, and what it pays.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function whichOf(data, reckoned) {
  const { selected, ranking, guess, classification, localization } = reckoned;
  if (!guess || selected < 0) return "";
  const pays = reckoned.counted[selected]
    ? formatLoss(classification[selected] + localization[selected])
    : "nothing";
  const place = `${formatCount(ranking.indexOf(selected) + 1)} of ${formatCount(ranking.length)}`;
  return `Anchor ${place}: ${kindOf(data, reckoned)}, pays ${pays}`;
}

/**
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
function kindOf({ names }, { selected, matches, truths }) {
  const truth = matches[selected];
  return truth < 0
    ? "background"
    : `positive (${names[truths.classes[truth]]})`;
}

/**
 * Say why the chosen anchor pays what it pays.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function whyOf(data, reckoned) {
  const { guess, selected, matches, counted, network, pick } = reckoned;
  const output = outputOf(data, reckoned, selected);
  if (!guess || !output) return "";
  if (!counted[selected]) {
    const chosen =
      pick === RANDOM ? "was not drawn" : "is not among the hardest";
    return `It ${chosen}: no gradient, whatever the network says of it.`;
  }
  if (network === UNTRAINED)
    return "It knows nothing yet, like all the others.";
  const { probabilities } = output;
  const best = probabilities.indexOf(Math.max(...probabilities));
  const name = ["background", ...data.names][best];
  const said = `The network says ${name} (${probabilities[best].toFixed(2)})`;
  if (matches[selected] >= 0) {
    return best ? `${said}.` : `${said}: it misses the object.`;
  }
  return best ? `${said}: ${alarmOf(data, reckoned, best - 1)}` : `${said}.`;
}

/**
 * Say why a background anchor for which the network names a class is background.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {number} label the class
 */
function alarmOf({ anchors, names }, { truths, selected }, label) {
  const overlaps = truths.classes.map((own, truth) =>
    own === label ? iou(truths.boxes, truth, anchors, selected) : 0,
  );
  const most = Math.max(0, ...overlaps);
  if (!most) return "a false alarm.";
  return (
    `there is a ${names[label]}, but their IoU is ${most.toFixed(2)}, below 0.5, ` +
    "so its target is background."
  );
}
