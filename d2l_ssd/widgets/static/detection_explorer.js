// DetectionExplorer's view: what is left of a network's candidates on an image
// at two thresholds, right and wrong boxes and missed objects; thumbnails of
// the gallery, and its precision-recall curves.
import {
  argsortDescending, averagePrecision, bestTruths, judgeDetections, nmsByIou, overlapsBefore,
  precisionRecall,
} from "./geometry.js";
import {
  CLASS_COLORS, COLORS, decodeImages, drawPlate, element, fitImage, judgedLook,
  makeAnnouncer, makeCanvas, makeTable, makeTiles, MISSED, oncePerFrame, onChange, openView,
  readLabels, setLabel, setRows, setText, strokeBox, strokeBoxBold, toFloats,
} from "./canvas.js";

const MAX_DETECTIONS = 100; // of an image, as in predict_ssd
const MAX_ROWS = 8; // of the table of boxes
const CROWD = 25; // from here on boxes are drawn thin and without names
const LINES = [[], [8, 4], [2, 3], [8, 3, 2, 3]]; // of the classes' curves

// One image's candidates (N, 6): class, score, box; class by class, best first.
// All that no threshold changes is computed once: which of them overlap, and
// which truths they reach.
function readCandidates(bytes, truths) {
  const rows = toFloats(bytes);
  const count = rows.length / 6;
  const boxes = new Float32Array(count * 4);
  const [classes, scores] = [new Int32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    classes[i] = rows[i * 6];
    scores[i] = rows[i * 6 + 1];
    boxes.set(rows.subarray(i * 6 + 2, i * 6 + 6), i * 4);
  }
  const groups = [];
  for (let from = 0, to; from < count; from = to) {
    for (to = from; to < count && classes[to] === classes[from]; ) to++;
    groups.push({ from, count: to - from, overlaps: overlapsBefore(boxes, from, to) });
  }
  const best = bestTruths({ boxes, classes }, truths);
  return { classes, scores, boxes, count, groups, best, difficult: truths.difficult };
}

// What non-maximum suppression leaves of an image's candidates, best first, and
// what each box is. A score threshold keeps the first of them: who suppresses
// has the higher score, and so has who finds an object first.
function detect({ classes, scores, boxes, groups, best, difficult }, nmsIou) {
  const all = groups.flatMap(({ from, count, overlaps }) =>
    nmsByIou(overlaps, count, nmsIou, MAX_DETECTIONS).map((i) => from + i),
  );
  const kept = argsortDescending(scores, all).slice(0, MAX_DETECTIONS);
  const keptBoxes = new Float32Array(kept.length * 4);
  kept.forEach((i, d) => keptBoxes.set(boxes.subarray(i * 4, i * 4 + 4), d * 4));
  return {
    boxes: keptBoxes,
    scores: kept.map((i) => scores[i]),
    classes: kept.map((i) => classes[i]),
    judged: judgeDetections(kept.map((i) => best[i]), difficult),
  };
}

// Class k's curve over all images, as evaluate_detections has it.
function curveOf(label, images, labels) {
  const [scores, hits] = [[], []];
  let objects = 0;
  images.forEach(({ classes, scores: all, judged }, image) => {
    classes.forEach((other, d) => {
      if (other !== label || judged[d].kind === "ignored") return;
      scores.push(all[d]);
      hits.push(judged[d].kind === "correct");
    });
    objects += countObjects(labels[image], label);
  });
  const curve = precisionRecall(scores, hits, objects);
  return { ...curve, objects, ap: averagePrecision(curve.precision, curve.recall) };
}

function countObjects(truths, label) {
  return truths.classes.filter((other, t) => other === label && !truths.difficult[t]).length;
}

const isWrong = (kind) => kind !== "correct" && kind !== "ignored";
const share = (value) => (Number.isFinite(value) ? value.toFixed(2) : "–");

function render({ model, el }) {
  const names = model.get("class_names");
  const compact = model.get("compact");
  const difficult = model.get("difficult").map(toFloats);
  const labels = model.get("truths").map((bytes, image) => {
    const truths = readLabels(bytes);
    return { ...truths, difficult: Array.from(difficult[image], (value) => value > 0) };
  });
  const candidates = model
    .get("candidates")
    .map((bytes, image) => readCandidates(bytes, labels[image]));
  const toggles = names.map((_, label) => `shows_${label}`);
  let found = []; // an image's detections from the lowest score on
  let foundAt; // the NMS threshold of `found`
  let curves = [];
  let shown = []; // the numbers of the detections drawn, best first

  const redraw = oncePerFrame(draw);
  const images = decodeImages(model.get("images"), redraw);
  const picture = makeCanvas({ ratio: 1, redraw });
  const chart = makeCanvas({ height: 220, redraw });
  const frame = element(
    "div",
    {
      className: "d2l-picture",
      tabIndex: 0,
      role: "application",
      "aria-label": "Boxes of the image: the arrow keys go from one to the next",
    },
    picture.canvas,
  );
  const why = element("p", { className: "d2l-note d2l-why" });
  const thumbs = makeThumbs(images, (image) => choose("image", image));
  const tiles = makeTiles();
  const summary = element("p", { className: "d2l-note" });
  const boxTable = makeTable("Boxes on this image", ["Class", "Score", "IoU", "It is"]);
  const classTable = makeTable(
    `All ${images.length} images`,
    ["Class", "Found", "Wrong", "Precision", "Recall", "AP"],
    compact ? "d2l-visually-hidden" : "d2l-tight",
  );
  const { region, announce } = makeAnnouncer();
  const chartFrame = element("div", { className: "d2l-chart" }, chart.canvas);
  const left = element("div", { className: "d2l-side" }, frame, why);
  const right = element(
    "div",
    { className: "d2l-side" },
    tiles.row,
    thumbs.strip,
    element("div", {}, summary, chartFrame),
    ...(compact ? [classTable.table] : []),
  );
  const below = compact ? [] : [classTable, boxTable].map(({ table }) => element("div", {}, table));
  const { colors, stop } = openView(el, [left, right, ...below, region], redraw);
  picture.observe();
  chart.observe();

  function draw() {
    const image = model.get("image");
    if (foundAt !== model.get("nms_iou")) detectAll(model.get("nms_iou"));
    const least = Math.fround(model.get("score_threshold")); // as Python compares
    const on = toggles.map((name) => model.get(name));
    const counts = found.map((_, i) => count(i, least, on));
    shown = counts[image].shown;
    drawPicture(image, counts[image]);
    showWhy(image, counts[image]);
    tiles.show({ ...counts[image], missed: counts[image].missed.length });
    thumbs.show(image, counts);
    showClasses(counts, least, on);
    drawChart(chart, curves, names, on, least, colors);
    if (!compact) showBoxes(image);
    showText(image, counts[image]);
    el.dataset.drawings = Number(el.dataset.drawings ?? 0) + 1;
  }

  function detectAll(nmsIou) {
    foundAt = nmsIou;
    found = candidates.map((rows) => detect(rows, nmsIou));
    curves = names.map((_, label) => curveOf(label, found, labels));
  }

  // What is right, wrong and missed on an image, in all and class by class.
  function count(image, least, on) {
    const { scores, classes, judged } = found[image];
    const truths = labels[image];
    const shown = [...scores.keys()].filter((d) => scores[d] >= least && on[classes[d]]);
    const perClass = names.map((_, label) => ({
      objects: on[label] ? countObjects(truths, label) : 0, correct: 0, wrong: 0,
    }));
    const matched = new Set();
    for (const d of shown) {
      if (judged[d].kind === "correct") {
        perClass[classes[d]].correct++;
        matched.add(judged[d].match);
      } else if (isWrong(judged[d].kind)) perClass[classes[d]].wrong++;
    }
    const objects = [...truths.classes.keys()].filter((t) => on[truths.classes[t]]);
    const missed = objects.filter((t) => !truths.difficult[t] && !matched.has(t));
    const sum = (key) => perClass.reduce((total, row) => total + row[key], 0);
    return {
      shown, perClass, objects, missed,
      correct: sum("correct"), wrong: sum("wrong"), boxes: shown.length,
    };
  }

  function drawPicture(number, { missed, objects }) {
    const context = picture.begin();
    const image = images[number];
    const size = fitImage(image, picture);
    context.fillStyle = colors.panel;
    context.fillRect(0, 0, picture.width, picture.height);
    context.translate(size.left, size.top);
    if (image.complete) context.drawImage(image, 0, 0, size.width, size.height);
    const { boxes, scores, classes, judged } = found[number];
    const truths = labels[number];
    const crowd = shown.length > CROWD;
    for (const t of objects) strokeBox(context, truths.boxes, t, size, "#ffffff", 1, [2, 3]);
    const stroke = (d) => {
      const { color, dash } = judgedLook(judged[d].kind);
      if (crowd) strokeBox(context, boxes, d, size, color, 1.2, dash);
      else strokeBoxBold(context, boxes, d, size, color, dash);
    };
    const worstFirst = [...shown].reverse();
    const right = worstFirst.filter((d) => judged[d].kind === "correct");
    const others = worstFirst.filter((d) => judged[d].kind !== "correct");
    others.forEach(stroke);
    for (const t of missed) {
      strokeBoxBold(context, truths.boxes, t, size, MISSED, judgedLook("missed").dash);
    }
    right.forEach((d) => strokeBoxBold(context, boxes, d, size, COLORS.positive));
    const corner = (all, i) => [all[i * 4] * size.width, all[i * 4 + 1] * size.height];
    const plate = (d) => {
      const { color, mark } = judgedLook(judged[d].kind);
      const text = `${names[classes[d]]} ${scores[d].toFixed(2)} ${mark}`;
      drawPlate(context, text, ...corner(boxes, d), size, color);
    };
    if (!crowd) others.forEach(plate);
    right.forEach(plate);
    for (const t of missed) {
      // Below the object: above it may be the name of a wrong box
      const bottom = truths.boxes[t * 4 + 3] * size.height + 18;
      const place = [corner(truths.boxes, t)[0], Math.min(size.height, bottom)];
      drawPlate(context, `missed ${names[truths.classes[t]]}`, ...place, size, MISSED);
    }
    const selected = shown[model.get("box")];
    if (selected === undefined) return;
    strokeBox(context, boxes, selected, size, "rgba(0, 0, 0, 0.8)", 7);
    strokeBox(context, boxes, selected, size, "#ffffff", 4);
    plate(selected);
  }

  function showWhy(image, { boxes }) {
    const d = shown[model.get("box")];
    const text = d === undefined
      ? `${boxes} of ${candidates[image].count} candidates are left. Point at a box to ask about it.`
      : `Box ${model.get("box") + 1} of ${boxes}: ${explain(image, d)}.`;
    setText(why, text);
    el.dataset.kept = boxes;
    el.dataset.candidates = candidates[image].count;
  }

  function explain(image, d) {
    const { scores, classes, judged } = found[image];
    const { kind, iou } = judged[d];
    const name = names[classes[d]];
    const reason = {
      correct: `right, IoU ${iou.toFixed(2)} with the object`,
      ignored: "not judged, the object is marked as difficult",
      duplicate: `wrong, a better box has this ${name} already`,
      confused: "wrong, the object is of another class",
      misplaced: `wrong, IoU ${iou.toFixed(2)} with a ${name} is less than 0.50`,
      background: `wrong, there is no ${name}`,
    }[kind];
    return `${name}, score ${scores[d].toFixed(2)}; ${reason}`;
  }

  function showBoxes(image) {
    const { scores, classes, judged } = found[image];
    const rows = shown.slice(0, MAX_ROWS).map((d) => ({
      cells: [
        names[classes[d]],
        scores[d].toFixed(2),
        judged[d].iou.toFixed(2),
        `${judgedLook(judged[d].kind).mark} ${judged[d].kind}`,
      ],
      data: { score: scores[d], kind: judged[d].kind },
      className: shown[model.get("box")] === d ? "d2l-total" : "",
    }));
    if (shown.length > MAX_ROWS) {
      const rest = `and ${shown.length - MAX_ROWS} more`;
      rows.push({ cells: [rest, "", "", ""], data: { score: "", kind: "" } });
    }
    setRows(boxTable.body, rows);
  }

  function showClasses(counts, least, on) {
    const total = { objects: 0, correct: 0, wrong: 0 };
    const rows = names.flatMap((name, label) => {
      if (!on[label]) return [];
      const row = { objects: 0, correct: 0, wrong: 0 };
      for (const { perClass } of counts) {
        for (const key in row) row[key] += perClass[label][key];
      }
      for (const key in row) total[key] += row[key];
      return [classRow(name, row, curves[label].ap)];
    });
    const aps = curves.filter(({ ap }, label) => on[label] && !Number.isNaN(ap));
    const mean = aps.reduce((sum, { ap }) => sum + ap, 0) / aps.length;
    const all = classRow("all", total, mean, "d2l-total");
    setRows(classTable.body, [...rows, all]);
    const [, , , precision, recall, ap] = all.cells;
    setText(
      summary,
      `All ${images.length} images: precision ${precision}, recall ${recall}, mean AP ${ap}.`,
    );
    const spoken = [...rows, all].map(
      ({ cells }) => `${cells[0]}: precision ${cells[3]}, recall ${cells[4]}, AP ${cells[5]}`,
    );
    setLabel(chart.canvas, `Precision over recall. ${spoken.join("; ")}.`);
  }

  function classRow(name, { objects, correct, wrong }, ap, className = "") {
    const precision = correct / (correct + wrong);
    const recall = correct / objects;
    return {
      cells: [
        name, `${correct} of ${objects}`, String(wrong),
        share(precision), share(recall), share(ap),
      ],
      data: { objects, correct, wrong, precision, recall, ap },
      className,
    };
  }

  function showText(image, { correct, wrong, missed, boxes }) {
    const text =
      `Image ${image + 1} of ${images.length}: ${boxes} boxes; ${correct} right, ` +
      `${wrong} wrong, ${missed.length} objects missed, at a score from ` +
      `${model.get("score_threshold").toFixed(2)} and NMS above IoU ` +
      `${model.get("nms_iou").toFixed(2)}.`;
    setLabel(picture.canvas, text);
    announce(model.get("box") < 0 ? text : why.textContent);
  }

  function choose(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  // The smallest of the boxes under the pointer; none where there is none
  function boxAt(event) {
    const { left, top, width } = picture.canvas.getBoundingClientRect();
    const scale = picture.width / width;
    const size = fitImage(images[model.get("image")], picture);
    const x = ((event.clientX - left) * scale - size.left) / size.width;
    const y = ((event.clientY - top) * scale - size.top) / size.height;
    const { boxes } = found[model.get("image")];
    let [best, smallest] = [-1, Infinity];
    shown.forEach((d, rank) => {
      const [x0, y0, x1, y1] = boxes.subarray(d * 4, d * 4 + 4);
      const area = (x1 - x0) * (y1 - y0);
      if (x < x0 || x > x1 || y < y0 || y > y1 || area >= smallest) return;
      [best, smallest] = [rank, area];
    });
    return best;
  }

  const point = (event) => {
    const box = boxAt(event);
    if (box !== model.get("box")) choose("box", box);
  };
  frame.addEventListener("pointermove", point);
  frame.addEventListener("pointerdown", point);
  frame.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") choose("box", -1);
  });
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (!step && event.key !== "Escape") return;
    event.preventDefault();
    const now = model.get("box");
    const next = now < 0 && step < 0 ? shown.length - 1 : now + step;
    choose("box", step && next < shown.length ? Math.max(-1, next) : -1);
  });

  // A point of a curve, dragged: the threshold that leads there
  const drag = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = chart.canvas.getBoundingClientRect();
    const score = scoreAt(event.clientX - box.left, event.clientY - box.top);
    if (score !== undefined) choose("score_threshold", score);
  };
  function scoreAt(x, y) {
    let [best, nearest] = [undefined, Infinity];
    curves.forEach(({ precision, recall, scores }, label) => {
      if (!model.get(toggles[label])) return;
      scores.forEach((score, i) => {
        const place = placeOn(chart, recall[i], precision[i]);
        const distance = Math.hypot(place[0] - x, place[1] - y);
        if (distance < nearest) [best, nearest] = [score, distance];
      });
    });
    return best && Math.min(0.99, Math.max(0.01, Math.floor(best * 100) / 100));
  }
  chartFrame.addEventListener("pointerdown", drag);
  chartFrame.addEventListener("pointermove", drag);

  const deselect = onChange(model, ["image", "nms_iou", "score_threshold", ...toggles], () => {
    if (model.get("box") >= 0) choose("box", -1);
  });
  const watched = ["image", "box", "nms_iou", "score_threshold", ...toggles];
  const forget = onChange(model, watched, redraw);
  return () => {
    deselect();
    forget();
    stop();
    picture.disconnect();
    chart.disconnect();
  };
}

// A small button for every image, with a bar that says how it fares.
function makeThumbs(images, choose) {
  const buttons = images.map((image, number) => {
    image.alt = "";
    const bar = element("span", { className: "d2l-bar" });
    const button = element(
      "button",
      {
        className: "d2l-thumb",
        type: "button",
        "aria-label": `Image ${number + 1}`,
        onclick: () => choose(number),
      },
      image,
      bar,
    );
    return { button, bar };
  });
  const strip = element(
    "div",
    { className: "d2l-thumbs", role: "group", "aria-label": "Images" },
    ...buttons.map(({ button }) => button),
  );
  const show = (chosen, counts) =>
    buttons.forEach(({ button, bar }, number) => {
      button.setAttribute("aria-pressed", number === chosen);
      const { correct, wrong, missed } = counts[number];
      const all = Math.max(1, correct + wrong + missed.length);
      const [a, b] = [correct, correct + wrong].map((part) => `${(100 * part) / all}%`);
      const end = `${(100 * (correct + wrong + missed.length)) / all}%`;
      bar.style.background =
        `linear-gradient(90deg, ${COLORS.positive} ${a}, ${COLORS.miss} ${a} ${b}, ` +
        `${MISSED} ${b} ${end}, transparent ${end})`;
    });
  return { strip, show };
}

// Where a point of the curves lies on the chart.
const MARGIN = { left: 44, right: 10, top: 12, bottom: 34 };
function placeOn({ width, height }, recall, precision) {
  return [
    MARGIN.left + recall * (width - MARGIN.left - MARGIN.right),
    height - MARGIN.bottom - precision * (height - MARGIN.top - MARGIN.bottom),
  ];
}

function drawChart(stage, curves, names, on, least, colors) {
  const context = stage.begin();
  const at = (recall, precision) => placeOn(stage, recall, precision);
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const line = [[at(0, part), at(1, part)], [at(part, 0), at(part, 1)]];
    context.strokeStyle = colors.line;
    for (const [[x0, y0], [x1, y1]] of line) {
      context.beginPath();
      context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
      context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
      context.stroke();
    }
    if (part % 0.5) continue;
    context.fillStyle = colors.muted;
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.fillText(part, at(0, part)[0] - 7, at(0, part)[1]);
    context.textAlign = "center";
    context.fillText(part, at(part, 0)[0], at(part, 0)[1] + 12);
  }
  drawAxisNames(context, stage, at, colors);
  curves.forEach(({ precision, recall }, label) => {
    if (!on[label] || !recall.length) return;
    context.strokeStyle = CLASS_COLORS[label];
    context.lineWidth = 2;
    context.setLineDash(LINES[label % LINES.length]);
    context.beginPath();
    context.moveTo(...at(recall[0], precision[0]));
    recall.forEach((value, i) => context.lineTo(...at(value, precision[i])));
    context.stroke();
    context.setLineDash([]);
  });
  drawCurveNames(context, stage, curves, names, on, colors);
  curves.forEach(({ precision, recall, scores }, label) => {
    if (!on[label]) return;
    const last = scores.filter((score) => score >= least).length - 1;
    if (last < 0) return;
    drawMarker(context, ...at(recall[last], precision[last]), label, colors);
  });
}

function drawAxisNames(context, stage, at, colors) {
  context.fillStyle = colors.muted;
  context.textAlign = "center";
  context.fillText("recall", at(0.5, 0)[0], stage.height - 7);
  context.save();
  context.translate(9, at(0, 0.5)[1]);
  context.rotate(-Math.PI / 2);
  context.fillText("precision", 0, 0);
  context.restore();
}

function drawCurveNames(context, stage, curves, names, on, colors) {
  let [x, y] = placeOn(stage, 0, 0);
  [x, y] = [x + 10, y - 12];
  context.textAlign = "left";
  context.font = "600 12px system-ui, sans-serif";
  for (let label = names.length - 1; label >= 0; label--) {
    if (!on[label]) continue;
    context.strokeStyle = CLASS_COLORS[label];
    context.lineWidth = 2;
    context.setLineDash(LINES[label % LINES.length]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 26, y);
    context.stroke();
    context.setLineDash([]);
    drawMarker(context, x + 13, y, label, colors, 4.5);
    context.fillStyle = colors.text;
    context.fillText(`${names[label]}: AP ${share(curves[label].ap)}`, x + 34, y + 0.5);
    y -= 19;
  }
}

// A disk for the first class, a square for the second, and so on in turn.
function drawMarker(context, x, y, label, colors, radius = 6.5) {
  context.beginPath();
  if (label % 2) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = CLASS_COLORS[label];
  context.fill();
  context.strokeStyle = colors.text;
  context.lineWidth = 1.5;
  context.stroke();
}

// The pure functions are there for tests.
export default { render, readCandidates, detect, curveOf };
