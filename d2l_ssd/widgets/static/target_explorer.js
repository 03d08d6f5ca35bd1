// TargetExplorer's view: every anchor as a dot, colored by what it is to learn;
// one positive anchor with its truth, and the four offsets between them.
import { anchorCounts, boxIou, encodeOffsets, matchByIou, ssdAnchors } from "./geometry.js";
import {
  CLASS_COLORS, COLORS, decodeImages, drawArrow, drawPlate, element, formatCount,
  makeAnnouncer, makeCanvas, makeTable, oncePerFrame, onChange, openView, readLabels,
  setLabel, setRows, setText, strokeBox, strokeBoxBold,
} from "./canvas.js";

const [BACKGROUND, IGNORED] = [-1, -2]; // in matches; others are truth indices

// A threshold pushes the other one: ignored lies below positive.
function initialize({ model }) {
  onChange(model, ["pos_iou"], () => {
    if (model.get("neg_iou") <= model.get("pos_iou")) return;
    model.set("neg_iou", model.get("pos_iou"));
    model.save_changes();
  });
  onChange(model, ["neg_iou"], () => {
    if (model.get("neg_iou") <= model.get("pos_iou")) return;
    model.set("pos_iou", model.get("neg_iou"));
    model.save_changes();
  });
}

// Where each anchor's dot is: the anchors of a cell share a center, so their
// dots stand around it, and the finest map's closer, that no two dots of our four
// maps fall together. (A, 2), in [0, 1] of the image.
function dotPlaces(shapes, counts) {
  const places = [];
  shapes.forEach(([height, width], map) => {
    const perCell = counts[map] / (height * width);
    const side = Math.ceil(Math.sqrt(perCell));
    const spread = ((map ? 0.5 : 0.4) * 2) / side; // of a cell
    const [stepX, stepY] = [width, height].map((cells) => Math.min(spread / cells, 0.125));
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let k = 0; k < perCell; k++) {
          const [down, right] = [Math.floor(k / side), k % side];
          places.push((column + 0.5) / width + (right - (side - 1) / 2) * stepX);
          places.push((row + 0.5) / height + (down - (side - 1) / 2) * stepY);
        }
      }
    }
  });
  return Float32Array.from(places);
}

function render({ model, el }) {
  const shapes = model.get("map_shapes");
  const names = model.get("class_names");
  const labels = model.get("truths").map(readLabels);
  const anchors = ssdAnchors(shapes, model.get("sizes"), model.get("ratios"));
  const counts = anchorCounts(shapes, model.get("sizes"), model.get("ratios"));
  const starts = counts.map((_, map) => counts.slice(0, map).reduce((sum, n) => sum + n, 0));
  const total = anchors.length / 4;
  const dots = dotPlaces(shapes, counts);
  const matches = new Int32Array(total);
  let ious = new Float32Array(0); // (M, A) of the image shown
  let iousOf = -1;
  let positives = []; // on the maps shown

  const redraw = oncePerFrame(draw);
  const images = decodeImages(model.get("images"), redraw);
  const [height, width] = shapes[0];
  const picture = makeCanvas({ ratio: height / width, redraw });
  const closeUp = makeCanvas({ height: 190, redraw });
  const frame = element(
    "div",
    {
      className: "d2l-picture",
      tabIndex: 0,
      role: "application",
      "aria-label": "Positive anchors: the arrow keys go from one to the next",
    },
    picture.canvas,
  );
  const summary = element("p", { className: "d2l-note" });
  const mapTable = makeTable("Anchors by map", ["Map", "Positive", "Ignored", "Background"]);
  const offsetTable = makeTable("Its offsets", ["Offset", "Value", "It says"], "d2l-offsets");
  const button = (text, name, step) =>
    element("button", {
      className: "d2l-button",
      type: "button",
      textContent: text,
      "aria-label": name,
      onclick: () => selectNext(step),
    });
  const buttons = [button("‹", "Previous positive anchor", -1), button("›", "Next positive anchor", 1)];
  const which = element("span");
  const { region, announce } = makeAnnouncer();
  const side = element(
    "div",
    { className: "d2l-side" },
    makeLegend(names),
    mapTable.table,
    summary,
  );
  const below = element(
    "div",
    { className: "d2l-side" },
    element("div", { className: "d2l-buttons" }, ...buttons, which),
    offsetTable.table,
  );
  const key =
    "Dashed: the anchor; solid: its truth. First the center moves (red), " +
    "then the right and the lower side (blue).";
  const zoom = element(
    "div",
    {},
    element("div", {}, closeUp.canvas),
    element("p", { className: "d2l-note" }, key),
  );
  const { colors, stop } = openView(el, [frame, side, zoom, below, region], redraw);
  picture.observe();
  closeUp.observe();

  function draw() {
    const truths = labels[model.get("image")];
    if (iousOf !== model.get("image")) {
      iousOf = model.get("image");
      ious = boxIou(truths.boxes, anchors);
    }
    const [posIou, negIou] = [model.get("pos_iou"), model.get("neg_iou")];
    matchByIou(ious, truths.count, total, posIou, negIou, matches);
    const [from, to] = shownRange();
    positives = [];
    for (let a = from; a < to; a++) if (matches[a] >= 0) positives.push(a);
    const selected = selectedAnchor();
    drawPicture(truths, selected, from, to);
    showCounts(truths);
    showOffsets(truths, selected);
    el.dataset.drawings = Number(el.dataset.drawings ?? 0) + 1;
  }

  function shownRange() {
    const map = model.get("map") - 1;
    return map < 0 ? [0, total] : [starts[map], starts[map] + counts[map]];
  }

  // The anchor chosen; where that one is not positive, the middle one that is
  function selectedAnchor() {
    const anchor = model.get("anchor");
    return positives.includes(anchor) ? anchor : (positives[positives.length >> 1] ?? -1);
  }

  function drawPicture(truths, selected, from, to) {
    const context = picture.begin();
    const image = images[model.get("image")];
    if (image.complete) context.drawImage(image, 0, 0, picture.width, picture.height);
    // A veil, so that the dots stand out
    context.fillStyle = "rgba(0, 0, 0, 0.35)";
    context.fillRect(0, 0, picture.width, picture.height);
    const color = (a) => CLASS_COLORS[truths.classes[matches[a]]];
    drawDots(context, from, to, BACKGROUND, 1.5, () => "rgba(255, 255, 255, 0.45)");
    for (let t = 0; t < truths.count; t++) {
      strokeBoxBold(context, truths.boxes, t, picture, CLASS_COLORS[truths.classes[t]]);
    }
    for (const a of positives) {
      if (a !== selected) strokeBox(context, anchors, a, picture, color(a), 1, [4, 3]);
    }
    drawDots(context, from, to, IGNORED, 3.5, () => COLORS.ignored);
    for (const a of positives) drawDot(context, a, 5, color(a));
    for (let t = 0; t < truths.count; t++) {
      const [x, y] = [truths.boxes[t * 4] * picture.width, truths.boxes[t * 4 + 1] * picture.height];
      const label = truths.classes[t];
      drawPlate(context, names[label], x, y, picture, CLASS_COLORS[label]);
    }
    if (selected >= 0) {
      strokeBox(context, anchors, selected, picture, "rgba(0, 0, 0, 0.7)", 5);
      strokeBox(context, anchors, selected, picture, "#ffffff", 2.5);
      drawDot(context, selected, 9, "#ffffff");
      drawDot(context, selected, 5, color(selected));
      const truth = centerOf(truths.boxes, matches[selected], picture);
      drawArrow(context, ...centerOf(anchors, selected, picture), ...truth, "#ffffff");
    }
  }

  function drawDots(context, from, to, state, side, color) {
    context.fillStyle = color();
    for (let a = from; a < to; a++) {
      if (matches[a] !== state) continue;
      const [x, y] = [dots[a * 2] * picture.width, dots[a * 2 + 1] * picture.height];
      context.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }

  function drawDot(context, a, side, color) {
    const [x, y] = [dots[a * 2] * picture.width, dots[a * 2 + 1] * picture.height];
    context.fillStyle = "#000000";
    context.fillRect(x - side / 2 - 1, y - side / 2 - 1, side + 2, side + 2);
    context.fillStyle = color;
    context.fillRect(x - side / 2, y - side / 2, side, side);
  }

  function showCounts(truths) {
    const perMap = shapes.map((_, map) => countStates(starts[map], starts[map] + counts[map]));
    const all = countStates(0, total);
    const row = (name, { positive, ignored, background }, className = "") => ({
      cells: [name, ...[positive, ignored, background].map(formatCount)],
      data: { positive, ignored, background },
      className,
    });
    const rows = perMap.map((states, map) => row(`${shapes[map][0]} × ${shapes[map][1]}`, states));
    setRows(mapTable.body, [...rows, row("all", all, "d2l-total")]);
    const byClass = names.map((name, label) => {
      const ofClass = matches.reduce((n, t) => n + (t >= 0 && truths.classes[t] === label), 0);
      return `${ofClass} ${name}`;
    });
    const ratio = all.positive ? Math.round(all.background / all.positive) : 0;
    const balance = all.positive
      ? `${formatCount(ratio)} background anchors for each positive one.`
      : "No object, so every anchor is background.";
    setText(summary, `Positive: ${byClass.join(", ")}. ${balance}`);
    const text =
      `Image ${model.get("image") + 1}, ${truths.count} objects. ` +
      `${all.positive} positive, ${all.ignored} ignored, ${all.background} background anchors ` +
      `at thresholds ${model.get("pos_iou").toFixed(2)} and ${model.get("neg_iou").toFixed(2)}.`;
    setLabel(picture.canvas, text);
    announce(text);
  }

  function countStates(from, to) {
    let [positive, ignored] = [0, 0];
    for (let a = from; a < to; a++) {
      if (matches[a] >= 0) positive++;
      else if (matches[a] === IGNORED) ignored++;
    }
    return { positive, ignored, background: to - from - positive - ignored };
  }

  function showOffsets(truths, selected) {
    for (const node of buttons) node.disabled = positives.length < 2;
    if (selected < 0) {
      setText(which, "No positive anchor here.");
      setRows(offsetTable.body, []);
      closeUp.begin();
      setLabel(closeUp.canvas, "No positive anchor to show.");
      return;
    }
    const truth = matches[selected];
    const box = truths.boxes.slice(truth * 4, truth * 4 + 4);
    const anchor = anchors.slice(selected * 4, selected * 4 + 4);
    const offsets = encodeOffsets(anchor, box);
    const iou = ious[truth * total + selected];
    const name = names[truths.classes[truth]];
    const place = `${positives.indexOf(selected) + 1} of ${positives.length}`;
    setText(which, `Positive ${place}: ${name}, IoU ${iou.toFixed(2)}`);
    const rows = explainOffsets(offsets, anchor, box);
    setRows(offsetTable.body, rows);
    offsetTable.table.dataset.anchor = selected;
    offsetTable.table.dataset.truth = truth;
    const color = CLASS_COLORS[truths.classes[truth]];
    drawCloseUp(closeUp, anchor, box, height / width, color, colors);
    const spoken = rows.map(({ cells }) => cells[2]).join(", ");
    setLabel(closeUp.canvas, `From the anchor, dashed, to the ${name}: ${spoken}.`);
  }

  function select(anchor) {
    model.set("anchor", anchor);
    model.save_changes();
  }

  function selectNext(step) {
    if (!positives.length) return;
    const now = positives.indexOf(selectedAnchor());
    select(positives[(now + step + positives.length) % positives.length]);
  }

  // The positive anchor whose dot is nearest
  frame.addEventListener("pointerdown", (event) => {
    const box = picture.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    const far = (a) => Math.hypot(dots[a * 2] - x, dots[a * 2 + 1] - y);
    if (positives.length) select(positives.reduce((a, b) => (far(b) < far(a) ? b : a)));
  });
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    selectNext(step);
  });

  const shown = ["image", "map", "pos_iou", "neg_iou", "anchor"];
  const forget = onChange(model, shown, redraw);
  return () => {
    forget();
    stop();
    picture.disconnect();
    closeUp.disconnect();
  };
}

function centerOf(boxes, i, { width, height }) {
  const x = (boxes[i * 4] + boxes[i * 4 + 2]) / 2;
  const y = (boxes[i * 4 + 1] + boxes[i * 4 + 3]) / 2;
  return [x * width, y * height];
}

function makeLegend(names) {
  const entry = (color, text) => {
    const swatch = element("span", { className: "d2l-swatch" });
    swatch.style.background = color;
    return element("span", { className: "d2l-entry" }, swatch, text);
  };
  return element(
    "p",
    { className: "d2l-note d2l-legend" },
    ...names.map((name, label) => entry(CLASS_COLORS[label], `positive: ${name}`)),
    entry(COLORS.ignored, "ignored"),
    entry("#d8dde2", "background"),
  );
}

// The rows of the offset table: number, and what it does to the anchor.
function explainOffsets(offsets, anchor, box) {
  const size = [anchor[2] - anchor[0], anchor[3] - anchor[1]];
  const move = [0, 1].map((k) => (box[k] + box[k + 2] - anchor[k] - anchor[k + 2]) / 2 / size[k]);
  const scale = [0, 1].map((k) => (box[k + 2] - box[k]) / size[k]);
  const percent = (share) => `${Math.abs(100 * share).toFixed(0)} %`;
  const texts = [
    `${percent(move[0])} of its width to the ${move[0] < 0 ? "left" : "right"}`,
    `${percent(move[1])} of its height ${move[1] < 0 ? "up" : "down"}`,
    `${scale[0].toFixed(2)} times as wide`,
    `${scale[1].toFixed(2)} times as high`,
  ];
  const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
  return ["x", "y", "w", "h"].map((name, k) => ({
    cells: [name, signed(offsets[k]), texts[k]],
    data: { offset: offsets[k] },
  }));
}

// Anchor and truth as large as they fit: the move of the center as one arrow,
// what is then missing at the right and below as two more.
function drawCloseUp(stage, anchor, box, aspect, color, colors) {
  const context = stage.begin();
  const low = [0, 1].map((k) => Math.min(anchor[k], box[k]));
  const high = [2, 3].map((k) => Math.max(anchor[k], box[k]));
  const margin = 14;
  const scale = Math.min(
    (stage.width - 2 * margin) / (high[0] - low[0]),
    (stage.height - 2 * margin) / ((high[1] - low[1]) * aspect),
  );
  const left = (stage.width - (high[0] - low[0]) * scale) / 2;
  const top = (stage.height - (high[1] - low[1]) * scale * aspect) / 2;
  const x = (value) => left + (value - low[0]) * scale;
  const y = (value) => top + (value - low[1]) * scale * aspect;
  const outline = (b, dash, stroke) => {
    context.setLineDash(dash);
    context.strokeStyle = stroke;
    context.lineWidth = 2.5;
    context.strokeRect(x(b[0]), y(b[1]), x(b[2]) - x(b[0]), y(b[3]) - y(b[1]));
    context.setLineDash([]);
  };
  outline(box, [], color);
  outline(anchor, [6, 4], colors.text);
  const center = (b, k) => (b[k] + b[k + 2]) / 2;
  const half = (b, k) => (b[k + 2] - b[k]) / 2;
  const [tx, ty] = [center(box, 0), center(box, 1)];
  drawArrow(context, x(tx + half(anchor, 0)), y(ty), x(box[2]), y(ty), COLORS.neutral);
  drawArrow(context, x(tx), y(ty + half(anchor, 1)), x(tx), y(box[3]), COLORS.neutral);
  drawArrow(context, x(center(anchor, 0)), y(center(anchor, 1)), x(tx), y(ty), COLORS.miss);
}

export default { initialize, render };
