/**
 * TrainingReplay's view: some images with what the network detects after an epoch,
 * the losses, and the share of objects found and of boxes right; a pointer on a
 * chart goes to its epoch.
 */

import { setLabel, setText } from "./lib/dom.js";
import { formatShare } from "./lib/format.js";
import { decodeImages } from "./lib/images.js";
import { epochAt } from "./lib/line_chart.js";
import { drawJudged } from "./lib/judged_picture.js";
import { onChange, setTraits } from "./lib/model.js";
import { onDrag, pixelAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";
import { drawLosses, drawShares, showEpochs } from "./replay/charts.js";
import { makeCounter, readData } from "./replay/data.js";
import { drawMosaic } from "./replay/mosaic.js";
import { layOut, makeParts } from "./replay/parts.js";

/** @typedef {import("./replay/data.js").Counted} Counted */
/** @typedef {import("./replay/data.js").Data} Data */
/** @typedef {import("./replay/data.js").Model} Model */
/** @typedef {import("./replay/parts.js").Parts} Parts */

const EPOCH_MS = 700; // between two epochs of a replay

/**
 * Let the replay go from epoch to epoch until the last one; from there it starts at
 * the first.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const last = model.get("detections").length;
  const next = () => go(Math.min(last, model.get("epoch") + 1));
  /** @param {number} epoch */
  const go = (epoch) => {
    const done = epoch >= last;
    timer = done ? undefined : setTimeout(next, EPOCH_MS);
    setTraits(model, done ? { epoch, playing: false } : { epoch });
  };
  onChange(model, ["playing"], () => {
    clearTimeout(timer);
    if (!model.get("playing")) return;
    if (model.get("epoch") < last) next();
    else go(1);
  });
  return () => clearTimeout(timer);
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const count = makeCounter(model, data);
  const images = decodeImages(model.get("images"), redraw);
  const parts = makeParts(data, redraw);

  function draw() {
    const counted = count();
    const { epoch } = counted;
    if (counted.fresh) showEpochs(parts, data, counted.totals);
    drawImages(parts, data, images, counted);
    parts.tiles.show(counted.total);
    drawLosses(parts, data, epoch);
    drawShares(parts, data, counted);
    showTexts(parts, data, counted);
    showPlaying(el, model.get("playing"));
    el.dataset.epoch = String(epoch);
    countDrawing(el);
  }

  const { mosaic, lossChart, shareChart, lossFrame, shareFrame } = parts;
  chooseEpochs(model, lossFrame, lossChart);
  chooseEpochs(model, shareFrame, shareChart);
  return openView({
    el,
    model,
    watch: ["epoch", "score_threshold", "playing"],
    children: layOut(parts),
    stages: [mosaic, lossChart, shareChart],
    colors: parts.colors,
    redraw,
  });
}

/**
 * @param {Model} model
 * @param {HTMLElement} frame
 * @param {import("./lib/canvas.js").Stage} stage
 */
function chooseEpochs(model, frame, stage) {
  onDrag(frame, (event) => {
    const [x] = pixelAt(event, stage.canvas);
    const last = model.get("detections").length;
    setTraits(model, { epoch: epochAt(stage, last, x) });
  });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement[]} images
 * @param {Counted} counted
 */
function drawImages(parts, { names, labels }, images, { found, counts }) {
  drawMosaic(parts.mosaic, images, parts.colors, (context, i, side) => {
    drawJudged(context, images[i], side, {
      found: found[i],
      truths: labels[i],
      count: counts[i],
      names,
    });
  });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Counted} counted
 */
function showTexts(parts, { losses, ap50, epochs }, { epoch, total }) {
  const lossText = losses
    .map(({ text, values }) => `${text} ${values[epoch - 1].toFixed(2)}`)
    .join(", ");
  const after = `After epoch ${epoch} of ${epochs.length}`;
  const { correct, objects, wrong } = total;
  const text =
    `${after}: ${correct} of ${objects} objects found, ` +
    `${wrong} wrong boxes.`;
  const ap = ap50[epoch - 1];
  const shares =
    `recall ${formatShare(total.recall)}, ` +
    `precision ${formatShare(total.precision)}` +
    (ap === null ? "" : `, AP50 ${formatShare(ap)}`);
  setText(parts.summary, `${after}: ${lossText}.`);
  setLabel(parts.mosaic.canvas, text);
  setLabel(parts.lossChart.canvas, `Training loss. ${after}: ${lossText}.`);
  setLabel(parts.shareChart.canvas, `${after}: ${shares}.`);
  parts.live.announce(text);
}

/**
 * Let a screen reader say whether the button of the controls is down.
 *
 * @param {HTMLElement} el
 * @param {boolean} playing
 */
function showPlaying(el, playing) {
  const button = el
    .closest(".d2l-explorer")
    ?.querySelector(".widget-toggle-button");
  button?.setAttribute("aria-pressed", String(playing));
}

export default { initialize, render };
