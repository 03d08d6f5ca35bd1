// AnchorExplorer's view: an image under a map's cells, one cell's anchors, and
// for every object the best IoU that any anchor of any map reaches; beside it
// the same for all objects of a data set, by their size.
import {
  anchorCounts, bestPossibleIou, bestPossibleIouByCell, nearestCell, ssdAnchors,
} from "./geometry.js";
import {
  COLORS, decodeImages, drawPlate, element, formatCount, formatPercent,
  makeAnnouncer, makeCanvas, makeTable, oncePerFrame, onChange, openView, readLabels,
  setLabel, setRows, setText, strokeBox, strokeBoxBold, toFloats,
} from "./canvas.js";

const REACHED = 0.5; // the IoU at which a truth's class is given to an anchor
const BINS = 8; // of object size: 0 to 0.1, ..., 0.7 and more

// An object's size as anchors have it: the side of a square of its area.
function boxSize(boxes, i) {
  const [x0, y0, x1, y1] = boxes.subarray(i * 4, i * 4 + 4);
  return Math.sqrt((x1 - x0) * (y1 - y0));
}

function ratiosOn(model) {
  const toggles = Object.entries(model.get("toggles"));
  return toggles.filter(([name]) => model.get(name)).map(([, ratio]) => ratio);
}

// The traits that follow others, once for all views of a model: each map's
// sizes are remembered while the two sliders show another map's.
function initialize({ model }) {
  const shapes = model.get("map_shapes");
  let map = model.get("map");
  let settling = false;
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  function showSizes() {
    const sizes = model.get("sizes");
    model.set("small", sizes[model.get("map")][0]);
    model.set("large", sizes[model.get("map")][1]);
    const presets = model.get("presets");
    const preset = presets.findIndex((candidate) => same(candidate, sizes));
    model.set("preset", preset < 0 ? presets.length : preset);
  }

  // The cell of the new map that lies under the middle of the old one's
  function keepPlace() {
    const [height, width] = shapes[map];
    const [rows, columns] = shapes[model.get("map")];
    model.set("row", nearestCell((model.get("row") + 0.5) / height, rows));
    model.set("column", nearestCell((model.get("column") + 0.5) / width, columns));
    map = model.get("map");
  }

  const when = (names, follow) =>
    onChange(model, names, () => {
      if (settling) return; // our own changes
      settling = true;
      follow();
      settling = false;
      model.save_changes();
    });

  when(["small", "large"], () => {
    // A slider counts its steps up: 0.24000000000000002
    const pair = ["small", "large"].map((name) => Number(model.get(name).toFixed(6)));
    model.set("sizes", model.get("sizes").map((old, i) => (i === map ? pair : old)));
    showSizes();
  });
  when(["sizes"], showSizes);
  when(["preset"], () => {
    model.set("sizes", model.get("presets")[model.get("preset")] ?? model.get("sizes"));
    showSizes();
  });
  when(["map"], () => {
    keepPlace();
    showSizes();
  });
}

function render({ model, el }) {
  const shapes = model.get("map_shapes");
  const names = model.get("class_names");
  const labels = model.get("truths").map(readLabels);
  const allTruths = toFloats(model.get("all_truths"));
  const allBest = new Float32Array(allTruths.length / 4);
  const allBins = Array.from(allBest, (_, i) =>
    Math.min(BINS - 1, Math.floor(boxSize(allTruths, i) * 10)),
  );
  let anchors; // reused: 5,380 boxes a drawing
  let drawnSizes = ""; // what the histogram shows

  const redraw = oncePerFrame(draw);
  const redrawAll = () => {
    drawnSizes = "";
    redraw();
  };
  const images = decodeImages(model.get("images"), redraw);

  const [height, width] = shapes[0];
  const picture = makeCanvas({ ratio: height / width, redraw });
  const histogram = makeCanvas({ height: 196, redraw: redrawAll });
  const frame = element(
    "div",
    {
      className: "d2l-picture",
      tabIndex: 0,
      role: "application",
      "aria-label": "Cells of the map: the arrow keys choose one",
    },
    picture.canvas,
  );
  const truthTable = makeTable("Best IoU of any anchor", [
    "Object", "Its size", "Best IoU", "From map",
  ]);
  const binTable = makeTable("Objects of the data set by size", [
    "Size", "Objects", "Reached",
  ], "d2l-visually-hidden");
  const count = element("p", { className: "d2l-note" });
  const total = element("p", { className: "d2l-note" });
  const { region, announce } = makeAnnouncer();
  const side = element(
    "div",
    { className: "d2l-side" },
    count,
    truthTable.table,
    element("div", {}, total, element("div", {}, histogram.canvas), binTable.table),
  );
  const { colors, stop } = openView(el, [frame, side, region], redrawAll);
  picture.observe();
  histogram.observe();

  function draw() {
    const sizes = model.get("sizes");
    const on = ratiosOn(model);
    const ratios = shapes.map(() => on);
    const truths = labels[model.get("image")];
    const counts = anchorCounts(shapes, sizes, ratios);
    anchors = ssdAnchors(shapes, sizes, ratios, anchors);
    const reach = bestPossibleIou(anchors, truths.boxes);
    drawPicture(truths, reach, counts);
    showTruths(truths, reach, counts);
    const state = JSON.stringify([sizes, on, model.get("map")]);
    if (state !== drawnSizes) {
      drawnSizes = state;
      bestPossibleIouByCell(shapes, sizes, ratios, allTruths, allBest);
      showHistogram(countBins(), sizes);
    }
    el.dataset.sizes = JSON.stringify(sizes);
    el.dataset.drawings = Number(el.dataset.drawings ?? 0) + 1;
  }

  function drawPicture(truths, { best, index }, counts) {
    const context = picture.begin();
    const image = images[model.get("image")];
    if (image.complete) context.drawImage(image, 0, 0, picture.width, picture.height);
    drawCells(context);
    const map = model.get("map");
    const perCell = counts[map] / (shapes[map][0] * shapes[map][1]);
    const cell = model.get("row") * shapes[map][1] + model.get("column");
    const first = counts.slice(0, map).reduce((sum, n) => sum + n, 0) + cell * perCell;
    for (let a = first; a < first + perCell; a++) {
      strokeBox(context, anchors, a, picture, "rgba(0, 0, 0, 0.6)", 3.5);
      strokeBox(context, anchors, a, picture, COLORS.neutral, 2);
    }
    best.forEach((value, t) => {
      const [color, dash] = value >= REACHED ? [COLORS.positive, []] : [COLORS.miss, [7, 4]];
      if (index[t] >= 0) strokeBox(context, anchors, index[t], picture, "#ffffff", 1, [2, 3]);
      strokeBoxBold(context, truths.boxes, t, picture, color, dash);
    });
    best.forEach((value, t) => {
      const text = `${names[truths.classes[t]]} ${value.toFixed(2)}`;
      const color = value >= REACHED ? COLORS.positive : COLORS.miss;
      const [x, y] = [truths.boxes[t * 4] * picture.width, truths.boxes[t * 4 + 1] * picture.height];
      drawPlate(context, text, x, y, picture, color);
    });
  }

  function drawCells(context) {
    const [rows, columns] = shapes[model.get("map")];
    const [high, wide] = [picture.height / rows, picture.width / columns];
    context.fillStyle = "rgba(86, 180, 233, 0.55)";
    context.fillRect(model.get("column") * wide, model.get("row") * high, wide, high);
    context.strokeStyle = "rgba(255, 255, 255, 0.35)";
    context.lineWidth = 1;
    context.beginPath();
    for (let row = 1; row < rows; row++) {
      context.moveTo(0, row * high);
      context.lineTo(picture.width, row * high);
    }
    for (let column = 1; column < columns; column++) {
      context.moveTo(column * wide, 0);
      context.lineTo(column * wide, picture.height);
    }
    context.stroke();
  }

  function mapName(map) {
    return `${shapes[map][0]} × ${shapes[map][1]}`;
  }

  function showTruths(truths, { best, index }, counts) {
    const all = anchors.length / 4;
    const map = model.get("map");
    const perCell = counts[map] / (shapes[map][0] * shapes[map][1]);
    setText(
      count,
      `${formatCount(all)} anchors on all maps; on this one ${perCell} a cell, ` +
        `${formatCount(counts[map])} in all.`,
    );
    const mapOf = (anchor) => counts.findIndex((n) => (anchor -= n) < 0);
    setRows(
      truthTable.body,
      truths.classes.map((label, t) => ({
        cells: [
          names[label],
          boxSize(truths.boxes, t).toFixed(2),
          best[t].toFixed(2) + (best[t] >= REACHED ? " ✓" : " ✗"),
          index[t] < 0 ? "none" : mapName(mapOf(index[t])),
        ],
        data: { iou: best[t], anchor: index[t] },
      })),
    );
    const where = `Map ${mapName(map)}, row ${model.get("row") + 1}, column ${model.get("column") + 1}`;
    const found = truths.classes.map((label, t) => `${names[label]} ${best[t].toFixed(2)}`);
    const text =
      `Image ${model.get("image") + 1}. ${where}: ${perCell} anchors. ` +
      `Best IoU: ${found.join(", ") || "no object"}.`;
    setLabel(picture.canvas, text);
    announce(text);
  }

  function countBins() {
    const bins = Array.from({ length: BINS }, () => ({ objects: 0, reached: 0 }));
    allBest.forEach((value, i) => {
      bins[allBins[i]].objects++;
      if (value >= REACHED) bins[allBins[i]].reached++;
    });
    return bins;
  }

  function showHistogram(bins, sizes) {
    const reached = bins.reduce((sum, bin) => sum + bin.reached, 0);
    const objects = allBest.length;
    const text =
      `${formatCount(reached)} of ${formatCount(objects)} objects of the data set ` +
      `can be matched at IoU ≥ ${REACHED} (${formatPercent(objects ? reached / objects : 0)}).`;
    setText(total, text);
    setLabel(histogram.canvas, `Histogram by object size. ${text}`);
    const range = (b) => (b < BINS - 1 ? `${b / 10} to ${(b + 1) / 10}` : `${b / 10} and more`);
    setRows(
      binTable.body,
      bins.map((bin, b) => ({
        cells: [range(b), String(bin.objects), String(bin.reached)],
        data: bin,
      })),
    );
    drawHistogram(histogram, bins, sizes, model.get("map"), colors);
  }

  const choose = (row, column) => {
    const [rows, columns] = shapes[model.get("map")];
    model.set("row", Math.min(rows - 1, Math.max(0, row)));
    model.set("column", Math.min(columns - 1, Math.max(0, column)));
    model.save_changes();
  };
  const point = (event) => {
    const [rows, columns] = shapes[model.get("map")];
    const box = picture.canvas.getBoundingClientRect();
    choose(
      nearestCell((event.clientY - box.top) / box.height, rows),
      nearestCell((event.clientX - box.left) / box.width, columns),
    );
  };
  frame.addEventListener("pointermove", point);
  frame.addEventListener("pointerdown", point);
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!(event.key in step)) return;
    event.preventDefault();
    const [rows, columns] = step[event.key];
    choose(model.get("row") + rows, model.get("column") + columns);
  });

  const shown = ["image", "map", "sizes", "row", "column", ...Object.keys(model.get("toggles"))];
  const forget = onChange(model, shown, redraw);
  return () => {
    forget();
    stop();
    picture.disconnect();
    histogram.disconnect();
  };
}

// Bars of objects by size, what anchors reach below and the rest on top; under
// the axis a mark at every size that an anchor has.
function drawHistogram(stage, bins, sizes, map, colors) {
  const context = stage.begin();
  const [left, right, top, bottom] = [4, 8, 18, 44];
  const wide = (stage.width - left - right) / BINS;
  const base = stage.height - bottom;
  const most = Math.max(1, ...bins.map((bin) => bin.objects));
  const scale = (base - top) / most;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  bins.forEach(({ objects, reached }, b) => {
    const x = left + b * wide + 2;
    context.fillStyle = COLORS.positive;
    context.fillRect(x, base - reached * scale, wide - 4, reached * scale);
    context.strokeStyle = COLORS.miss;
    context.lineWidth = 1.5;
    if (objects > reached) {
      const high = (objects - reached) * scale;
      hatch(context, x, base - objects * scale, wide - 4, high);
    }
    context.fillStyle = colors.text;
    const share = objects ? `${Math.round((100 * reached) / objects)}%` : "–";
    context.fillText(share, x + wide / 2 - 2, base - objects * scale - 5);
  });
  context.strokeStyle = colors.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, base + 0.5);
  context.lineTo(stage.width - right, base + 0.5);
  context.stroke();
  context.fillStyle = colors.muted;
  for (let b = 1; b < BINS; b++) {
    context.fillText(`${b / 10}`, left + b * wide, base + 26);
  }
  context.textAlign = "left";
  context.fillText("object size (▲ sizes of the anchors, filled: this map’s)", left, base + 41);
  sizes.forEach((pair, m) => {
    for (const size of pair) {
      const x = left + Math.min(BINS, size * 10) * wide;
      drawMark(context, x, base + 3, m === map, colors);
    }
  });
}

// The part that no anchor reaches: hatched, so that color is not all it has.
function hatch(context, x, y, wide, high) {
  context.save();
  context.beginPath();
  context.rect(x, y, wide, high);
  context.clip();
  context.beginPath();
  for (let k = -high; k < wide; k += 6) {
    context.moveTo(x + k, y + high);
    context.lineTo(x + k + high, y);
  }
  context.stroke();
  context.restore();
  context.strokeRect(x + 0.75, y + 0.75, Math.max(0, wide - 1.5), Math.max(0, high - 1.5));
}

function drawMark(context, x, y, filled, colors) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 5, y + 9);
  context.lineTo(x - 5, y + 9);
  context.closePath();
  context.strokeStyle = context.fillStyle = filled ? COLORS.neutral : colors.muted;
  context.lineWidth = 1;
  if (filled) context.fill();
  context.stroke();
}

export default { initialize, render };
