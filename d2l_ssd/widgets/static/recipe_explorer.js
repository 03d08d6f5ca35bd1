/**
 * RecipeExplorer's view: what the switches' row measured, after a guess, beside the
 * full recipe; for a combination without a row, the nearest ones.
 */

import { makeButton, setText } from "./lib/dom.js";
import { formatShare } from "./lib/format.js";
import { setTraits } from "./lib/model.js";
import { oncePerFrame } from "./lib/schedule.js";
import { setRows } from "./lib/table.js";
import { countDrawing, openView } from "./lib/view.js";
import {
  choose,
  mean,
  nearestRows,
  readData,
  readState,
  switchOf,
  withoutDoubles,
} from "./recipe/data.js";
import { drawDots } from "./recipe/dots.js";
import { drawLosses } from "./recipe/losses.js";
import { layOut, makeParts } from "./recipe/parts.js";
import { movesTo, nameOf, titleOf, verdictOf } from "./recipe/texts.js";

/** @typedef {import("./recipe/data.js").Data} Data */
/** @typedef {import("./recipe/data.js").Model} Model */
/** @typedef {import("./recipe/data.js").State} State */
/** @typedef {import("./recipe/parts.js").Parts} Parts */

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const parts = makeParts(redraw, {
    show: () => show(model, data),
    step: (by) => step(model, data, by),
  });

  function draw() {
    const state = readState(model, data);
    showTexts(parts, data, state);
    showOffers(parts, data, state, model);
    drawDots(parts, data, state, model.get("guess"));
    drawLosses(parts, data, state);
    showSeen(parts, data, state);
    el.dataset.row = state.row?.name ?? "";
    el.dataset.shown = String(state.shown);
    countDrawing(el);
  }

  return openView({
    el,
    model,
    watch: [
      ...data.parts.map((_, k) => switchOf(k)),
      "instead",
      "guess",
      "guesses",
    ],
    children: layOut(parts),
    stages: [parts.dots, parts.classLoss, parts.localizationLoss],
    colors: parts.colors,
    redraw,
  });
}

/**
 * Show the chosen row's numbers from now on, with the slider's guess.
 *
 * @param {Model} model
 * @param {Data} data
 */
function show(model, data) {
  const { row, shown, guesses } = readState(model, data);
  if (!row || shown) return;
  setTraits(model, { guesses: { ...guesses, [row.name]: model.get("guess") } });
}

/**
 * Go to another measured row, in the table's order; from a combination without one,
 * to the nearest.
 *
 * @param {Model} model
 * @param {Data} data
 * @param {number} by
 */
function step(model, data, by) {
  const { row, choice } = readState(model, data);
  const rows = withoutDoubles(data.rows);
  if (!row) choose(model, nearestRows(rows, choice)[0]);
  else {
    const place = rows.indexOf(row) + by + rows.length;
    choose(model, rows[place % rows.length]);
  }
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 */
function showTexts({ title, verdict, reveal, live }, data, state) {
  const { row, shown } = state;
  const name = row ? titleOf(data, row) : "This combination was not measured";
  const text = verdictOf(data, state);
  setText(title, name);
  setText(verdict, text);
  reveal.disabled = !row || shown;
  live.announce(`${name}. ${text}`);
}

/**
 * Offer the nearest measured rows where the chosen one was not.
 *
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 * @param {Model} model
 */
function showOffers({ offers }, data, { row, choice }, model) {
  const nearest = row ? [] : nearestRows(data.rows, choice);
  const texts = nearest.map((one) => movesTo(data, choice, one));
  const now = [...offers.children].map((button) => button.textContent);
  if (texts.join("\n") === now.join("\n")) return; // a button keeps its focus
  const buttons = texts.map((text, k) =>
    makeButton(text, () => takeOffer(model, data, k)),
  );
  offers.replaceChildren(...buttons);
}

/**
 * Go to one of the rows that are nearest now.
 *
 * @param {Model} model
 * @param {Data} data
 * @param {number} k
 */
function takeOffer(model, data, k) {
  choose(model, nearestRows(data.rows, readState(model, data).choice)[k]);
}

/**
 * List the rows that were shown, the full recipe first.
 *
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 */
function showSeen({ seen }, data, { guesses }) {
  const { full, rows } = data;
  const shown = rows.filter(({ name }) => name in guesses);
  setRows(
    seen,
    [full, ...shown].map((row) => ({
      cells: [
        nameOf(data, row),
        formatShare(guesses[row.name]),
        formatShare(mean(row.ap50)),
        formatShare(mean(row.ap)),
        String(row.ap50.length),
      ],
      data: { name: row.name, ap50: mean(row.ap50), ap: mean(row.ap) },
    })),
  );
}

export default { render };
