// The geometry of d2l_ssd in JavaScript: pure functions, no drawing, no state.
//
// Each function mirrors the Python function of the same name (boxes.py,
// anchors.py, targets.py, inference.py, evaluation.py). Boxes are flat
// Float32Arrays, four numbers a box: [xmin, ymin, xmax, ymax] in [0, 1] of the
// image. Python computes an IoU in float32, so we round after every operation
// (`f`): the numbers are then the same to the last bit, and ties fall alike.

const f = Math.fround;
const TINY = 1.1754943508222875e-38; // the smallest normal float32

export const VARIANCES = new Float32Array([0.1, 0.1, 0.2, 0.2]);
export const MAX_LOG_SCALE = f(Math.log(1000 / 16));

// ---------------------------------------------------------------- boxes

// IoU of box i of a with box j of b.
export function iou(a, i, b, j) {
  i *= 4;
  j *= 4;
  const width = Math.min(a[i + 2], b[j + 2]) - Math.max(a[i], b[j]);
  const height = Math.min(a[i + 3], b[j + 3]) - Math.max(a[i + 1], b[j + 1]);
  if (!(width > 0 && height > 0)) return 0;
  const inter = f(f(width) * f(height));
  const areaA = f(f(a[i + 2] - a[i]) * f(a[i + 3] - a[i + 1]));
  const areaB = f(f(b[j + 2] - b[j]) * f(b[j + 3] - b[j + 1]));
  return f(inter / Math.max(f(f(areaA + areaB) - inter), TINY));
}

// IoU of every box of a with every box of b: (N, M), row by row.
export function boxIou(a, b, out = new Float32Array((a.length * b.length) / 16)) {
  const rows = a.length / 4;
  const columns = b.length / 4;
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[k++] = iou(a, i, b, j);
  }
  return out;
}

// ---------------------------------------------------------------- anchors

// Half the width and height, [w, h, w, h, ...], of the n + m - 1 anchors of a
// cell: the first size with every ratio, then the other sizes with the first.
export function anchorShapes(sizes, ratios, imageHeight, imageWidth) {
  const short = Math.min(imageHeight, imageWidth);
  const pairs = [
    ...ratios.map((ratio) => [sizes[0], ratio]),
    ...(ratios.length ? sizes.slice(1).map((size) => [size, ratios[0]]) : []),
  ];
  return Float64Array.from(
    pairs.flatMap(([size, ratio]) => [
      (size * Math.sqrt(ratio) * short) / imageWidth / 2,
      ((size / Math.sqrt(ratio)) * short) / imageHeight / 2,
    ]),
  );
}

// The anchors of one map, row by row; written to out from box number `start`.
export function generateAnchors(height, width, sizes, ratios, imageSize, out, start = 0) {
  const [imageHeight, imageWidth] = imageSize ?? [height, width];
  const shapes = anchorShapes(sizes, ratios, imageHeight, imageWidth);
  out ??= new Float32Array(height * width * shapes.length * 2);
  let k = start * 4;
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5) / height;
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5) / width;
      for (let s = 0; s < shapes.length; s += 2) {
        out[k++] = x - shapes[s];
        out[k++] = y - shapes[s + 1];
        out[k++] = x + shapes[s];
        out[k++] = y + shapes[s + 1];
      }
    }
  }
  return out;
}

// How many anchors each map has.
export function anchorCounts(featureMapShapes, sizes, ratios) {
  return featureMapShapes.map(([height, width], map) => {
    const shapes = ratios[map].length ? ratios[map].length + sizes[map].length - 1 : 0;
    return height * width * shapes;
  });
}

// The anchors of all maps, fine to coarse.
export function ssdAnchors(featureMapShapes, sizes, ratios, out) {
  const counts = anchorCounts(featureMapShapes, sizes, ratios);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (out?.length !== total * 4) out = new Float32Array(total * 4);
  let start = 0;
  featureMapShapes.forEach(([height, width], map) => {
    generateAnchors(height, width, sizes[map], ratios[map], featureMapShapes[0], out, start);
    start += counts[map];
  });
  return out;
}

// For every truth the best IoU that any anchor reaches, and that anchor's
// index (the first of equals, -1 if no anchor touches the truth).
export function bestPossibleIou(anchors, truths) {
  const count = truths.length / 4;
  const best = new Float32Array(count);
  const index = new Int32Array(count).fill(-1);
  const total = anchors.length / 4;
  for (let t = 0; t < count; t++) {
    for (let a = 0; a < total; a++) {
      const value = iou(truths, t, anchors, a);
      if (value > best[t]) {
        best[t] = value;
        index[t] = a;
      }
    }
  }
  return { best, index };
}

// The same best IoU without looking at every anchor. All anchors of one shape
// have one area, so the best of them is the one that overlaps the truth most,
// and that is the one whose center is nearest, along x and along y: one cell a
// map instead of all. 1,500 truths take 24,000 IoUs, not 8 million.
export function bestPossibleIouByCell(featureMapShapes, sizes, ratios, truths, out) {
  const count = truths.length / 4;
  const best = out ?? new Float32Array(count);
  best.fill(0);
  const anchor = new Float32Array(4);
  const imageSize = featureMapShapes[0];
  featureMapShapes.forEach(([height, width], map) => {
    const shapes = anchorShapes(sizes[map], ratios[map], ...imageSize);
    for (let t = 0; t < count; t++) {
      const row = nearestCell((truths[t * 4 + 1] + truths[t * 4 + 3]) / 2, height);
      const column = nearestCell((truths[t * 4] + truths[t * 4 + 2]) / 2, width);
      const y = (row + 0.5) / height;
      const x = (column + 0.5) / width;
      for (let s = 0; s < shapes.length; s += 2) {
        anchor[0] = x - shapes[s];
        anchor[1] = y - shapes[s + 1];
        anchor[2] = x + shapes[s];
        anchor[3] = y + shapes[s + 1];
        best[t] = Math.max(best[t], iou(truths, t, anchor, 0));
      }
    }
  });
  return best;
}

// The cell, of `cells` along an axis, whose center is nearest to `center`.
export function nearestCell(center, cells) {
  return Math.min(cells - 1, Math.max(0, Math.floor(center * cells)));
}

// ---------------------------------------------------------------- targets

// Match anchors with truths: truth index, -1 background, -2 ignored.
export function matchAnchors(anchors, truths, posIou = 0.5, negIou = 0.5) {
  const ious = boxIou(truths, anchors);
  return matchByIou(ious, truths.length / 4, anchors.length / 4, posIou, negIou);
}

// The same from IoUs (M, A) that are known: moving a threshold needs no new ones.
export function matchByIou(ious, numTruths, numAnchors, posIou, negIou, out) {
  const matches = out ?? new Int32Array(numAnchors);
  matches.fill(-1);
  if (numTruths === 0) return matches;
  const positive = f(posIou);
  const negative = f(negIou);
  for (let a = 0; a < numAnchors; a++) {
    let truth = 0;
    let best = ious[a];
    for (let t = 1; t < numTruths; t++) {
      const value = ious[t * numAnchors + a];
      if (value > best) {
        best = value;
        truth = t;
      }
    }
    if (best >= positive) matches[a] = truth;
    else if (best >= negative) matches[a] = -2;
  }
  for (const [truth, anchor] of ownAnchors(ious, numTruths, numAnchors)) {
    matches[anchor] = truth;
  }
  return matches;
}

// Every truth's own anchor, greedily from the highest IoU, one to one. A truth
// that overlaps no anchor that is left gets none.
function ownAnchors(ious, numTruths, numAnchors) {
  const taken = new Set();
  const firstBest = (truth) => {
    let anchor = -1;
    let best = 0;
    for (let a = 0, k = truth * numAnchors; a < numAnchors; a++, k++) {
      if (ious[k] > best && !taken.has(a)) {
        best = ious[k];
        anchor = a;
      }
    }
    return { truth, anchor, best };
  };
  let open = Array.from({ length: numTruths }, (_, truth) => firstBest(truth));
  const pairs = [];
  while (open.length) {
    const chosen = open.reduce((a, b) => (b.best > a.best ? b : a));
    if (chosen.anchor < 0) break;
    pairs.push([chosen.truth, chosen.anchor]);
    taken.add(chosen.anchor);
    open = open
      .filter((candidate) => candidate !== chosen)
      .map((candidate) =>
        candidate.anchor === chosen.anchor ? firstBest(candidate.truth) : candidate,
      );
  }
  return pairs;
}

// Offsets that move anchors onto boxes, four numbers a pair.
export function encodeOffsets(anchors, boxes) {
  const out = new Float32Array(anchors.length);
  for (let k = 0; k < out.length; k += 4) {
    for (let axis = 0; axis < 2; axis++) {
      const [low, high] = [k + axis, k + axis + 2];
      const size = f(anchors[high] - anchors[low]);
      const center = f(f(anchors[low] + anchors[high]) / 2);
      const target = f(f(boxes[low] + boxes[high]) / 2);
      const targetSize = f(boxes[high] - boxes[low]);
      out[low] = f(f(target - center) / size) / VARIANCES[axis];
      out[high] = f(Math.log(f(targetSize / size))) / VARIANCES[axis + 2];
    }
  }
  return out;
}

// Boxes that offsets make of anchors; clamps before exp.
export function decodeOffsets(anchors, offsets) {
  const out = new Float32Array(anchors.length);
  for (let k = 0; k < out.length; k += 4) {
    for (let axis = 0; axis < 2; axis++) {
      const [low, high] = [k + axis, k + axis + 2];
      const size = f(anchors[high] - anchors[low]);
      const middle = f(f(anchors[low] + anchors[high]) / 2);
      const center = f(middle + f(f(offsets[low] * VARIANCES[axis]) * size));
      const scale = Math.min(f(offsets[high] * VARIANCES[axis + 2]), MAX_LOG_SCALE);
      const half = f(f(size * f(Math.exp(scale))) / 2);
      out[low] = center - half;
      out[high] = center + half;
    }
  }
  return out;
}

// ---------------------------------------------------------------- inference

// Indices that sort scores from high to low; equal scores keep their order.
export function argsortDescending(scores, indices = scores.keys()) {
  return Array.from(indices).sort((i, j) => scores[j] - scores[i]);
}

// Indices of the boxes that non-maximum suppression keeps, best first.
// A tie keeps the lower index; an IoU over the threshold suppresses.
export function nms(boxes, scores, iouThreshold, indices) {
  const threshold = f(iouThreshold);
  const keep = [];
  for (const i of argsortDescending(scores, indices)) {
    if (keep.every((j) => iou(boxes, j, boxes, i) <= threshold)) keep.push(i);
  }
  return keep;
}

// The IoU of each of boxes `from` to `to` with those of them before it, one
// after another: 1 with 0, 2 with 0, 2 with 1, 3 with 0 ...
export function overlapsBefore(boxes, from, to) {
  const out = new Float32Array(((to - from) * (to - from - 1)) / 2);
  for (let i = from + 1, k = 0; i < to; i++) {
    for (let j = from; j < i; j++) out[k++] = iou(boxes, j, boxes, i);
  }
  return out;
}

// The same as nms of `count` boxes that come best first, from overlapsBefore:
// moving the threshold needs no new IoUs.
export function nmsByIou(overlaps, count, iouThreshold, most = Infinity) {
  const threshold = f(iouThreshold);
  const keep = [];
  for (let i = 0; i < count && keep.length < most; i++) {
    const row = (i * (i - 1)) / 2;
    let free = true;
    for (let k = 0; free && k < keep.length; k++) free = overlaps[row + keep[k]] <= threshold;
    if (free) keep.push(i);
  }
  return keep;
}

// NMS in each class; kept indices, best first.
export function batchedNms(boxes, scores, classes, iouThreshold) {
  const rowsOf = new Map();
  classes.forEach((label, row) => {
    if (!rowsOf.has(label)) rowsOf.set(label, []);
    rowsOf.get(label).push(row);
  });
  const kept = [...rowsOf.values()].flatMap((rows) => nms(boxes, scores, iouThreshold, rows));
  return argsortDescending(
    scores,
    kept.sort((i, j) => i - j),
  );
}

// ---------------------------------------------------------------- evaluation

// IoU as the evaluation has it, in double precision.
export function exactIou(a, i, b, j) {
  i *= 4;
  j *= 4;
  const width = Math.min(a[i + 2], b[j + 2]) - Math.max(a[i], b[j]);
  const height = Math.min(a[i + 3], b[j + 3]) - Math.max(a[i + 1], b[j + 1]);
  if (!(width > 0 && height > 0)) return 0;
  const inter = width * height;
  const areaA = (a[i + 2] - a[i]) * (a[i + 3] - a[i + 1]);
  const areaB = (b[j + 2] - b[j]) * (b[j + 3] - b[j + 1]);
  return inter / (areaA + areaB - inter);
}

// For each detection of one image the truth of its class that it overlaps most
// (-1 without one), its IoU with it, `own`, and its best IoU with a truth of
// another class, `other`. Both have { boxes, classes }.
export function bestTruths(detections, truths) {
  return Array.from(detections.classes, (label, d) => {
    let [own, other, truth] = [0, 0, -1];
    truths.classes.forEach((truthLabel, t) => {
      const value = exactIou(detections.boxes, d, truths.boxes, t);
      if (truthLabel !== label) other = Math.max(other, value);
      else if (truth < 0 || value > own) [own, truth] = [value, t];
    });
    return { truth, own, other };
  });
}

// What each detection of one image is, from the rows of bestTruths, best score
// first: the row of the truth that it is matched with by VOC's rule (-1 without
// one), and its kind as in Python's `detection_kinds`.
export function judgeDetections(best, difficult, iouThreshold = 0.5, backgroundIou = 0.1) {
  const taken = new Set();
  return best.map(({ truth, own, other }) => {
    const reached = truth >= 0 && own >= iouThreshold;
    if (reached && difficult[truth]) return { match: truth, kind: "ignored", iou: own };
    if (reached && !taken.has(truth)) {
      taken.add(truth);
      return { match: truth, kind: "correct", iou: own };
    }
    let kind = "background";
    if (reached) kind = "duplicate";
    else if (other >= iouThreshold) kind = "confused";
    else if (own >= backgroundIou) kind = "misplaced";
    return { match: -1, kind, iou: own };
  });
}

// Precision and recall as detections come in by score; hits[i] is true where
// detection i is right. Where there is nothing to find, recall is NaN.
export function precisionRecall(scores, hits, numTruths) {
  const order = argsortDescending(scores);
  const precision = new Float64Array(order.length);
  const recall = new Float64Array(order.length);
  let found = 0;
  order.forEach((row, i) => {
    if (hits[row]) found++;
    precision[i] = found / (i + 1);
    recall[i] = numTruths ? found / numTruths : NaN;
  });
  return { precision, recall, scores: order.map((row) => scores[row]) };
}

// Rounded as in Python: a recall may fall on a point.
const RECALL_POINTS = {
  voc07: Array.from({ length: 11 }, (_, i) => i / 10),
  coco: Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01)),
};

// Average precision: the area under the curve made monotone ('area'), its mean
// at 11 recalls ('voc07') or at 101 ('coco').
export function averagePrecision(precision, recall, method = "area") {
  if (recall.length && Number.isNaN(recall[0])) return NaN;
  const envelope = Float64Array.from(precision);
  for (let i = envelope.length - 2; i >= 0; i--) {
    envelope[i] = Math.max(envelope[i], envelope[i + 1]);
  }
  if (method === "area") {
    let area = 0;
    for (let i = 0; i < envelope.length; i++) {
      area += (recall[i] - (i ? recall[i - 1] : 0)) * envelope[i];
    }
    return area;
  }
  const points = RECALL_POINTS[method];
  if (!points) throw new Error(`method must be area, voc07 or coco, got ${method}`);
  let sum = 0;
  let i = 0;
  for (const wanted of points) {
    while (i < envelope.length && recall[i] < wanted) i++;
    if (i < envelope.length) sum += envelope[i];
  }
  return sum / points.length;
}
