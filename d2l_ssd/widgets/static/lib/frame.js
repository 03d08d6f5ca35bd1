/** A picture that takes the focus, and cells that are chosen on it. */

import { element } from "./dom.js";
import { clamp, nearestCell, sameCell } from "./grid.js";
import { onCellKeys } from "./keyboard.js";
import { setTraits } from "./model.js";
import { onPoint, placeAt } from "./pointer.js";

/** @typedef {import("./grid.js").Shape} Shape */
/** @typedef {{ row: number, column: number }} Cell traits that say which one is chosen */
/** @typedef {import("./types.d.ts").Model<Cell>} CellModel */

/**
 * Put a canvas into a frame that keys and pointers reach.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} label what a screen reader says of it
 */
export function makeFrame(canvas, label) {
  return element(
    "div",
    {
      className: "d2l-picture",
      tabIndex: 0,
      role: "application",
      "aria-label": label,
    },
    canvas,
  );
}

/**
 * Let a pointer and the arrow keys choose a cell of a map.
 *
 * @param {CellModel} model
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas that the map covers
 * @param {() => Shape} shapeNow
 */
export function chooseCells(model, frame, canvas, shapeNow) {
  onPoint(frame, (event) => {
    const [rows, columns] = shapeNow();
    const [x, y] = placeAt(event, canvas);
    setTraits(model, {
      row: nearestCell(y, rows),
      column: nearestCell(x, columns),
    });
  });
  onCellKeys(frame, (down, right) => {
    const [rows, columns] = shapeNow();
    setTraits(model, {
      row: clamp(model.get("row") + down, 0, rows - 1),
      column: clamp(model.get("column") + right, 0, columns - 1),
    });
  });
}

/**
 * Choose the cell of another map where the chosen one was, without saving.
 *
 * @param {CellModel} model
 * @param {Shape} from
 * @param {Shape} to
 */
export function keepCell(model, from, to) {
  const cell = sameCell([model.get("row"), model.get("column")], from, to);
  model.set("row", cell[0]);
  model.set("column", cell[1]);
}
