/**
 * FeatureMapExplorer's view: an image beside one channel of one layer, and what one
 * of its cells sees; all channels of the layer as small pictures.
 */

import { readChoice, readData } from "./feature_map/data.js";
import { channelAt, drawOverview } from "./feature_map/overview.js";
import { layOut, makeParts } from "./feature_map/parts.js";
import { describeField, drawMap, drawPicture } from "./feature_map/picture.js";
import { setLabel, setText } from "./lib/dom.js";
import { chooseCells, keepCell } from "./lib/frame.js";
import { formatShape } from "./lib/grid.js";
import { decodeImages } from "./lib/images.js";
import { onChange, setTraits } from "./lib/model.js";
import { pixelAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { setRows } from "./lib/table.js";
import { countDrawing, openView } from "./lib/view.js";

/** @typedef {import("./feature_map/data.js").Traits} Traits */
/** @typedef {import("./feature_map/data.js").Model} Model */
/** @typedef {import("./feature_map/data.js").Choice} Choice */
/** @typedef {import("./feature_map/parts.js").Parts} Parts */

/**
 * Let the cell of the layer shown stay where it was on the image.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  let shape = model.get("layers")[model.get("layer")].shape;
  onChange(model, ["layer"], () => {
    const before = shape;
    shape = model.get("layers")[model.get("layer")].shape;
    keepCell(model, before, shape);
    model.save_changes();
  });
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const imageSize = model.get("image_size");
  const data = readData(model);
  const { layers, drawingOf } = data;
  const [image] = decodeImages([model.get("picture")], redraw);
  const parts = makeParts(layers, imageSize[0] / imageSize[1], redraw);

  function draw() {
    const choice = readChoice(model, data);
    const { number, channel, layer, value, cell, field } = choice;
    const drawings = layer.channels.map((_, k) => drawingOf(number, k));
    drawPicture(parts.picture, image, imageSize, choice);
    drawMap(parts.map, drawings[channel], choice);
    drawOverview(parts.overview, drawings, channel, parts.colors);
    setRows(parts.table, rowsOf(layers, number));
    const sees = describeField(field, imageSize);
    const text = `The image; the square that the cell sees: ${sees}.`;
    setLabel(parts.picture.canvas, text);
    showTexts(parts, choice);
    const corners = [field.x[0], field.y[0], field.x[1], field.y[1]];
    const [row, column] = cell;
    Object.assign(el.dataset, { value, row, column });
    el.dataset.field = JSON.stringify(corners);
    countDrawing(el);
  }

  const shapeNow = () => layers[model.get("layer")].shape;
  const { imageFrame, mapFrame, picture, map } = parts;
  chooseCells(model, imageFrame, picture.canvas, shapeNow);
  chooseCells(model, mapFrame, map.canvas, shapeNow);
  chooseChannels(model, parts);
  return openView({
    el,
    model,
    watch: ["layer", "channel", "row", "column"],
    children: layOut(parts),
    stages: [picture, map, parts.overview],
    colors: parts.colors,
    redraw,
  });
}

/**
 * @param {Model} model
 * @param {Parts} parts
 */
function chooseChannels(model, { overviewFrame, overview }) {
  overviewFrame.addEventListener("pointerdown", (event) => {
    const channel = channelAt(overview, pixelAt(event, overview.canvas));
    const { channels } = model.get("layers")[model.get("layer")];
    if (channel >= channels.length) return;
    setTraits(model, { channel: channel + 1 });
  });
}

/**
 * @param {Parts} parts
 * @param {Choice} choice
 */
function showTexts(parts, { layer, channel, cell, value }) {
  const { name, channels, receptive_field: side, shape } = layer;
  const which = channels[channel];
  setText(parts.mapTitle, `${name}: channel ${which} of ${layer.num_channels}`);
  setText(parts.imageTitle, `What one cell sees: ${side} × ${side} px`);
  const text =
    `${name}, channel ${which}: row ${cell[0] + 1}, column ${cell[1] + 1} ` +
    `of ${formatShape(shape)} cells has the value ${value.toFixed(2)} ` +
    `(highest: ${layer.high[channel].toFixed(2)}). ` +
    `A cell is ${layer.stride} pixels wide and sees ${side}.`;
  setText(parts.what, text);
  setLabel(parts.map.canvas, text);
  const many = `${channels.length} channels of ${name} as small pictures.`;
  setLabel(parts.overview.canvas, many);
  parts.live.announce(text);
}

/**
 * @param {import("./lib/activations.js").Layer[]} layers
 * @param {number} chosen
 */
function rowsOf(layers, chosen) {
  return layers.map((layer, number) => ({
    cells: [
      layer.name,
      formatShape(layer.shape),
      String(layer.num_channels),
      `${layer.stride} px`,
      `${layer.receptive_field} px`,
    ],
    data: { stride: layer.stride, field: layer.receptive_field },
    className: number === chosen ? "d2l-total" : "",
  }));
}

export default { initialize, render };
