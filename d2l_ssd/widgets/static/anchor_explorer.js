/**
 * AnchorExplorer's view: an image under a map's cells, one cell's anchors, and
 * for every object the best IoU that any anchor of any map reaches; beside it the
 * same for all objects of a data set, by their size.
 */

import { computeReach, readData, readSettings } from "./anchor/data.js";
import { showDataSet } from "./anchor/data_set.js";
import { layOut, makeParts } from "./anchor/parts.js";
import { drawPicture, showObjects } from "./anchor/picture.js";
import { chooseCells, keepCell } from "./lib/frame.js";
import { decodeImages } from "./lib/images.js";
import { makeFollower } from "./lib/model.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";

/** @typedef {import("./anchor/data.js").Traits} Traits */
/** @typedef {import("./anchor/data.js").Model} Model */

/**
 * Let traits follow others, once for all views of a model: each map's sizes are
 * remembered while the two sliders show another map's.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  const shapes = model.get("map_shapes");
  let map = model.get("map");
  const when = makeFollower(model);
  when(["small", "large"], () => {
    rememberSizes(model, map);
    showSizes(model);
  });
  when(["sizes"], () => showSizes(model));
  when(["preset"], () => {
    const preset = model.get("presets")[model.get("preset")];
    if (preset) model.set("sizes", preset);
    showSizes(model);
  });
  when(["map"], () => {
    keepCell(model, shapes[map], shapes[model.get("map")]);
    map = model.get("map");
    showSizes(model);
  });
}

/**
 * @param {Model} model
 * @param {number} map whose sizes the sliders show
 */
function rememberSizes(model, map) {
  // A slider counts its steps up: 0.24000000000000002
  const pair = [model.get("small"), model.get("large")].map((size) =>
    Number(size.toFixed(6)),
  );
  const sizes = [...model.get("sizes")];
  sizes[map] = pair;
  model.set("sizes", sizes);
}

/** @param {Model} model */
function showSizes(model) {
  const sizes = model.get("sizes");
  const [small, large] = sizes[model.get("map")];
  model.set("small", small);
  model.set("large", large);
  const presets = model.get("presets").map((preset) => JSON.stringify(preset));
  const preset = presets.indexOf(JSON.stringify(sizes));
  model.set("preset", preset < 0 ? presets.length : preset);
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  let drawn = ""; // what the histogram shows
  const redraw = oncePerFrame(() => draw());
  const redrawAll = () => {
    drawn = "";
    redraw();
  };
  const data = readData(model);
  const images = decodeImages(model.get("images"), redraw);
  const parts = makeParts(data, redraw, redrawAll);

  function draw() {
    const settings = readSettings(model);
    const reach = computeReach(data, settings);
    drawPicture(parts, data, images[settings.image], settings, reach);
    showObjects(parts, data, settings, reach);
    const { sizes, ratios, map } = settings;
    const state = JSON.stringify([sizes, ratios, map]);
    if (state !== drawn) showDataSet(parts, data, settings);
    drawn = state;
    el.dataset.sizes = JSON.stringify(sizes);
    countDrawing(el);
  }

  const shapeNow = () => data.shapes[model.get("map")];
  chooseCells(model, parts.frame, parts.picture.canvas, shapeNow);
  const toggles = /** @type {(keyof Traits)[]} */ (
    Object.keys(model.get("toggles"))
  );
  return openView({
    el,
    model,
    watch: ["image", "map", "sizes", "row", "column", ...toggles],
    children: layOut(parts),
    stages: [parts.picture, parts.histogram],
    colors: parts.colors,
    redraw,
    retheme: redrawAll,
  });
}

export default { initialize, render };
