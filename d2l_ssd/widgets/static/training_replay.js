// TrainingReplay's view: some images with what the network detects after an
// epoch, the losses, and the share of objects found and of boxes right; a
// pointer on a chart goes to its epoch.
import { bestTruths, judgeDetections } from "./geometry.js";
import {
  COLORS, decodeImages, drawPlate, element, fitImage, judgedLook, makeAnnouncer, makeCanvas,
  makeTable, makeTiles, MISSED, oncePerFrame, onChange, openView, readLabels, setLabel, setRows,
  setText, strokeBox, strokeBoxBold, toFloats,
} from "./canvas.js";

const MILLISECONDS = 700; // between two epochs of a replay
const GAP = 6; // between images
const CROWD = 12; // from here on an image's boxes are drawn thin and without names
const SHARES = {
  recall: { text: "objects found", color: COLORS.positive, dash: [] },
  precision: { text: "boxes right", color: COLORS.miss, dash: [7, 4] },
};
const LOSS_DASHES = [[], [7, 4], [2, 3]];

// The replay goes from epoch to epoch until the last one; from there it starts
// at the first.
function initialize({ model }) {
  let timer;
  const last = () => model.get("detections").length;
  const go = (epoch) => {
    model.set("epoch", epoch);
    timer = epoch < last() ? setTimeout(() => go(model.get("epoch") + 1), MILLISECONDS) : 0;
    if (!timer) model.set("playing", false);
    model.save_changes();
  };
  onChange(model, ["playing"], () => {
    clearTimeout(timer);
    if (model.get("playing")) go(model.get("epoch") < last() ? model.get("epoch") + 1 : 1);
  });
  return () => clearTimeout(timer);
}

// An epoch's detections (N, 7) as rows for each image, judged; best first.
function readEpoch(bytes, labels) {
  const rows = toFloats(bytes);
  return labels.map((truths, image) => {
    const [boxes, scores, classes] = [[], [], []];
    for (let k = 0; k < rows.length; k += 7) {
      if (rows[k] !== image) continue;
      classes.push(rows[k + 1]);
      scores.push(rows[k + 2]);
      boxes.push(...rows.subarray(k + 3, k + 7));
    }
    const found = { boxes: Float32Array.from(boxes), scores, classes };
    return { ...found, judged: judgeDetections(bestTruths(found, truths), truths.difficult) };
  });
}

// What is right, wrong and missed on one image at a score threshold.
function countImage({ scores, judged }, truths, least) {
  const shown = [...scores.keys()].filter((d) => scores[d] >= least);
  const correct = shown.filter((d) => judged[d].kind === "correct");
  const wrong = shown.filter((d) => !["correct", "ignored"].includes(judged[d].kind));
  const matched = new Set(correct.map((d) => judged[d].match));
  const objects = [...truths.classes.keys()].filter((t) => !truths.difficult[t]);
  const missed = objects.filter((t) => !matched.has(t));
  return { shown, correct, wrong, missed, objects: objects.length };
}

// The same for all images of an epoch, as numbers.
function countEpoch(found, labels, least) {
  const counts = found.map((image, i) => countImage(image, labels[i], least));
  const sum = (key) => counts.reduce((total, row) => total + (row[key].length ?? row[key]), 0);
  const [correct, wrong, objects] = [sum("correct"), sum("wrong"), sum("objects")];
  return {
    correct, wrong, objects, missed: sum("missed"),
    precision: correct / (correct + wrong), recall: correct / objects,
  };
}

const share = (value) => (Number.isFinite(value) ? value.toFixed(2) : "–");

function render({ model, el }) {
  const names = model.get("class_names");
  const losses = model.get("losses");
  const maps = model.get("maps");
  const difficult = model.get("difficult").map(toFloats);
  const labels = model.get("truths").map((bytes, image) => {
    const truths = readLabels(bytes);
    return { ...truths, difficult: Array.from(difficult[image], (value) => value > 0) };
  });
  const epochs = model.get("detections").map((bytes) => readEpoch(bytes, labels));
  let totals = []; // per epoch, at the threshold
  let totalsAt;

  const redraw = oncePerFrame(draw);
  const images = decodeImages(model.get("images"), redraw);
  // Two columns on a phone, four elsewhere: the height follows from the width
  const columns = (width) => (width < 500 ? 2 : 4);
  const picture = makeCanvas({
    height: (width) => {
      const side = (width + GAP) / columns(width);
      return Math.round(side * Math.ceil(images.length / columns(width)) - GAP);
    },
    redraw,
  });
  const lossChart = makeCanvas({ height: 170, redraw });
  const shareChart = makeCanvas({ height: 170, redraw });
  const tiles = makeTiles();
  const summary = element("p", { className: "d2l-note" });
  const table = makeTable(
    "Epochs",
    ["Epoch", ...Object.keys(losses).map(lossName), "Right", "Wrong", "Missed", "mAP"],
    "d2l-visually-hidden",
  );
  const { region, announce } = makeAnnouncer();
  const chartFrame = (title, chart) =>
    element(
      "div",
      { className: "d2l-side d2l-chart" },
      element("p", { className: "d2l-heading" }, title),
      element("div", {}, chart.canvas),
    );
  const frames = [
    chartFrame("Training loss", lossChart),
    chartFrame(`These ${images.length} images, and mAP of all`, shareChart),
  ];
  const top = element("div", { className: "d2l-wide" }, picture.canvas);
  const status = element("div", { className: "d2l-wide d2l-side" }, tiles.row, summary);
  const { colors, stop } = openView(el, [status, top, ...frames, table.table, region], redraw);
  for (const stage of [picture, lossChart, shareChart]) stage.observe();

  function draw() {
    const epoch = model.get("epoch");
    const least = Math.fround(model.get("score_threshold"));
    if (totalsAt !== least) {
      totalsAt = least;
      totals = epochs.map((found) => countEpoch(found, labels, least));
      showTable();
    }
    const total = totals[epoch - 1];
    drawPictures(epochs[epoch - 1], least);
    tiles.show(total);
    drawLosses(epoch);
    drawShares(epoch);
    const lossText = Object.entries(losses).map(
      ([name, values]) => `${lossName(name)} ${values[epoch - 1].toFixed(2)}`,
    );
    const of = `After epoch ${epoch} of ${epochs.length}`;
    const found = `${total.correct} of ${total.objects} objects found, ${total.wrong} wrong boxes`;
    setText(summary, `${of}: ${lossText.join(", ")}.`);
    setLabel(picture.canvas, `${of}: ${found}.`);
    setLabel(lossChart.canvas, `Training loss. ${of}: ${lossText.join(", ")}.`);
    setLabel(
      shareChart.canvas,
      `${of}: recall ${share(total.recall)}, precision ${share(total.precision)}` +
        (maps[epoch - 1] == null ? "." : `, mAP ${share(maps[epoch - 1])}.`),
    );
    announce(`${of}: ${found}.`);
    const button = el.closest(".d2l-explorer")?.querySelector(".widget-toggle-button");
    button?.setAttribute("aria-pressed", model.get("playing"));
    el.dataset.epoch = epoch;
    el.dataset.drawings = Number(el.dataset.drawings ?? 0) + 1;
  }

  function showTable() {
    setRows(
      table.body,
      totals.map(({ correct, wrong, missed, precision, recall }, i) => ({
        cells: [
          String(i + 1),
          ...Object.values(losses).map((values) => values[i].toFixed(2)),
          String(correct), String(wrong), String(missed), share(maps[i] ?? NaN),
        ],
        data: { correct, wrong, missed, precision, recall },
      })),
    );
  }

  function drawPictures(found, least) {
    const context = picture.begin();
    const side = (picture.width + GAP) / columns(picture.width) - GAP;
    images.forEach((image, number) => {
      const [row, column] = [0, 1].map((k) =>
        k ? number % columns(picture.width) : Math.floor(number / columns(picture.width)),
      );
      context.save();
      context.translate(column * (side + GAP), row * (side + GAP));
      context.beginPath();
      context.rect(0, 0, side, side);
      context.clip();
      context.fillStyle = colors.panel;
      context.fill();
      drawImage(context, image, found[number], labels[number], side, least);
      context.restore();
    });
  }

  function drawImage(context, image, found, truths, side, least) {
    const size = fitImage(image, { width: side, height: side });
    context.translate(size.left, size.top);
    if (image.complete) context.drawImage(image, 0, 0, size.width, size.height);
    const { shown, correct, wrong, missed } = countImage(found, truths, least);
    const crowd = shown.length > CROWD;
    const stroke = (d) => {
      const { color, dash } = judgedLook(found.judged[d].kind);
      if (!crowd) strokeBox(context, found.boxes, d, size, "rgba(0, 0, 0, 0.5)", 3.5);
      strokeBox(context, found.boxes, d, size, color, crowd ? 1.2 : 2, dash);
    };
    wrong.forEach(stroke);
    for (const t of missed) {
      const { color, dash } = judgedLook("missed");
      strokeBoxBold(context, truths.boxes, t, size, color, dash);
    }
    correct.forEach(stroke);
    if (crowd) return;
    for (const d of [...wrong, ...correct]) {
      const [x, y] = [found.boxes[d * 4] * size.width, found.boxes[d * 4 + 1] * size.height];
      const { color, mark } = judgedLook(found.judged[d].kind);
      drawPlate(context, `${names[found.classes[d]]} ${mark}`, x, y, size, color);
    }
  }

  function drawLosses(epoch) {
    const most = Math.max(...Object.values(losses).flat());
    const lines = Object.entries(losses).map(([name, values], k) => ({
      values, text: lossName(name), color: colors.text, dash: LOSS_DASHES[k % LOSS_DASHES.length],
    }));
    drawLines(lossChart, lines, epoch, niceTop(most), colors);
  }

  function drawShares(epoch) {
    const lines = Object.entries(SHARES).map(([key, look]) => ({
      ...look, values: totals.map((total) => total[key]),
    }));
    const points = { values: maps, text: "mAP", color: MISSED };
    drawLines(shareChart, lines, epoch, 1, colors, maps.some((v) => v != null) && points);
  }

  const choose = (stage) => (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const { left } = stage.canvas.getBoundingClientRect();
    const part = (event.clientX - left - MARGIN.left) / (stage.width - MARGIN.left - MARGIN.right);
    const epoch = Math.round(part * (epochs.length - 1)) + 1;
    model.set("epoch", Math.min(epochs.length, Math.max(1, epoch)));
    model.save_changes();
  };
  frames.forEach((frame, k) => {
    const handler = choose([lossChart, shareChart][k]);
    frame.addEventListener("pointerdown", handler);
    frame.addEventListener("pointermove", handler);
  });

  const forget = onChange(model, ["epoch", "score_threshold", "playing"], redraw);
  return () => {
    forget();
    stop();
    for (const stage of [picture, lossChart, shareChart]) stage.disconnect();
  };
}

const lossName = (name) => name.replaceAll("_", " ");

// A round number not under the highest value: 1, 2, 5, 10 ...
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return power * [1, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value);
}

// Lines over the epochs, and a cursor at one of them.
const MARGIN = { left: 34, right: 12, top: 24, bottom: 22 };
function drawLines(stage, lines, epoch, top, colors, points) {
  const context = stage.begin();
  const count = lines[0].values.length;
  const [right, base] = [stage.width - MARGIN.right, stage.height - MARGIN.bottom];
  const x = (i) => MARGIN.left + (count > 1 ? i / (count - 1) : 0.5) * (right - MARGIN.left);
  const y = (value) => base - (value / top) * (base - MARGIN.top);
  drawAxes(context, { x, y, count, top, right }, colors);
  context.fillStyle = COLORS.neutral;
  context.globalAlpha = 0.5;
  context.fillRect(x(epoch - 1) - 1.5, MARGIN.top, 3, base - MARGIN.top);
  context.globalAlpha = 1;
  for (const { values, color, dash } of lines) {
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.beginPath();
    let pen = false;
    values.forEach((value, i) => {
      if (!Number.isFinite(value)) return (pen = false);
      pen ? context.lineTo(x(i), y(value)) : context.moveTo(x(i), y(value));
      pen = true;
    });
    context.stroke();
    context.setLineDash([]);
    const value = values[epoch - 1];
    if (Number.isFinite(value)) drawDot(context, x(epoch - 1), y(value), color, colors);
  }
  points?.values?.forEach((value, i) => {
    if (value != null) drawDiamond(context, x(i), y(value), points.color, colors);
  });
  drawNames(context, [...lines, ...(points ? [points] : [])], colors);
}

function drawAxes(context, { x, y, count, top, right }, colors) {
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const part of [0, 0.5, 1]) {
    const level = Math.round(y(part * top)) + 0.5;
    context.beginPath();
    context.moveTo(MARGIN.left, level);
    context.lineTo(right, level);
    context.stroke();
    context.fillText(Number((part * top).toPrecision(2)), MARGIN.left - 7, level);
  }
  context.textAlign = "center";
  for (const i of new Set([0, Math.floor((count - 1) / 2), count - 1])) {
    context.fillText(i ? i + 1 : "epoch 1", Math.max(x(i), 22), y(0) + 13);
  }
}

function drawDot(context, x, y, color, colors) {
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = colors.panel;
  context.lineWidth = 1.5;
  context.stroke();
}

function drawDiamond(context, x, y, color, colors) {
  context.beginPath();
  for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = colors.text;
  context.lineWidth = 1;
  context.stroke();
}

function drawNames(context, lines, colors) {
  let left = MARGIN.left;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = "12px system-ui, sans-serif";
  for (const { text, color, dash } of lines) {
    if (dash) {
      context.strokeStyle = color;
      context.lineWidth = 2;
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo(left, 10);
      context.lineTo(left + 22, 10);
      context.stroke();
      context.setLineDash([]);
    } else drawDiamond(context, left + 14, 10, color, colors);
    context.fillStyle = colors.text;
    context.fillText(text, left + 28, 10.5);
    left += 28 + context.measureText(text).width + 16;
  }
}

// The pure functions are there for tests.
export default { initialize, render, readEpoch, countEpoch };
