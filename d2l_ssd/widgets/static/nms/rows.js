/** NMSExplorer's table: what is known of every box so far. */

import { setRows } from "../lib/table.js";
import { bestOf, objectName, scoreOf } from "./texts.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Traced} Traced */

/**
 * @param {import("./parts.js").Parts} parts
 * @param {Data} data
 * @param {Traced} traced
 */
export function showBoxes({ boxes }, data, traced) {
  const { decisions, now, guess } = traced;
  setRows(
    boxes,
    decisions.map(({ fate, by, iou }, rank) => {
      const isNow = now && (now.tested < 0 ? now.kept : now.tested) === rank;
      return {
        cells: [
          `${isNow ? "▸ " : ""}${rank + 1}`,
          scoreOf(traced, rank),
          fateOf(traced, rank),
          iouOf(traced, rank),
          guess ? liesOn(data, traced, rank) : "",
        ],
        data: { fate, by, iou },
        className: isNow ? "d2l-nms-now" : "",
      };
    }),
  );
}

/**
 * @param {Traced} traced
 * @param {number} rank
 */
function fateOf({ decisions, now }, rank) {
  const { fate, by } = decisions[rank];
  if (fate === "removed") return `removed by ${by + 1}`;
  if (fate === "kept") return "kept";
  return now?.tested === rank ? "stays" : "";
}

/**
 * The IoU that decided, or is tested now.
 *
 * @param {Traced} traced
 * @param {number} rank
 */
function iouOf({ decisions, now }, rank) {
  const { fate, iou } = decisions[rank];
  if (fate === "removed") return iou.toFixed(2);
  return now?.tested === rank ? now.iou.toFixed(2) : "";
}

/**
 * @param {Data} data
 * @param {Traced} traced
 * @param {number} rank
 */
function liesOn(data, traced, rank) {
  const { truth, own, right } = bestOf(traced, rank);
  if (!right) return "nothing";
  return `${objectName(data, traced, truth)} (${own.toFixed(2)})`;
}
