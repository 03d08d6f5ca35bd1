/** What the bugs of `bugs.js` do to boxes, anchors, images and outputs. */

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./plan.js").FeatureMap} FeatureMap */
/** @typedef {import("./plan.js").Layout} Layout */
/** @typedef {import("./steps.js").Steps} Steps */

/**
 * @param {Steps["labels"]} labels
 * @param {(boxes: Float32Array) => Float32Array} change
 * @returns {Steps["labels"]}
 */
export function mapBoxes(labels, change) {
  return (given) => {
    const honest = labels(given);
    return { ...honest, boxes: change(honest.boxes) };
  };
}

/**
 * Exchange the axes of boxes or offsets.
 *
 * @param {Float32Array} rows of four
 */
export function exchangeAxes(rows) {
  return rows.map((_, k) => rows[k ^ 1]);
}

const PADDED_ROWS = 6;

/**
 * Fill labels up with zeros: class 0, a box without area.
 *
 * @param {Labels} labels
 * @returns {Labels}
 */
export function padLabels({ classes, boxes, difficult }) {
  const missing = Math.max(0, PADDED_ROWS - classes.length);
  const padded = new Float32Array(boxes.length + 4 * missing);
  padded.set(boxes);
  const zeros = Array(missing).fill(0);
  return {
    classes: [...classes, ...zeros],
    boxes: padded,
    difficult: [...difficult, ...zeros.map(() => false)],
  };
}

/**
 * Give padding the first anchors that are free: it overlaps none, and argmax of
 * zeros is the first.
 *
 * @param {Labels} padded
 * @param {Int32Array} matches written to and returned
 */
export function matchPadding({ boxes }, matches) {
  let anchor = 0;
  for (let row = 0; row < boxes.length / 4; row++) {
    if (boxes[4 * row + 2] > boxes[4 * row]) continue;
    while (matches[anchor] >= 0) anchor++;
    matches[anchor] = row;
  }
  return matches;
}

const LEAST_SIDE = 1e-6;

/**
 * Boxes whose sides have a logarithm.
 *
 * @param {Float32Array} boxes
 */
export function withLeastArea(boxes) {
  return boxes.map((value, k) =>
    k % 4 < 2 ? value : Math.max(value, boxes[k - 2] + LEAST_SIDE),
  );
}

/**
 * @param {Network} network
 * @param {number} i
 * @param {Uint8ClampedArray} pixels
 */
export function setRaw(network, i, pixels) {
  network.setImage(i, pixels, [0, 0, 0], 1 / 255);
}

/** @param {Uint8ClampedArray} pixels */
export function exchangeRedAndBlue(pixels) {
  return pixels.map((_, k) => pixels[k + [2, 0, -2][k % 3]]);
}

/**
 * @param {Steps["decode"]} decode
 * @param {number[]} factors
 * @returns {Steps["decode"]}
 */
export function scaleOffsets(decode, factors) {
  return (anchors, offsets, settings) => {
    const scaled = offsets.map((value, k) => value * factors[k % 4]);
    return decode(anchors, scaled, settings);
  };
}

/** @param {Float32Array} boxes */
export function centersAsCorners(boxes) {
  return boxes.map((value, k) => {
    const low = k - (k % 4) + (k % 2);
    return value + (boxes[low + 2] - boxes[low]) / 2;
  });
}

/** @typedef {Pick<FeatureMap, "side" | "perCell">[]} Maps */

/**
 * Let each map's anchors be others: for a cell's row, column and shape, the anchor
 * that stands there.
 *
 * @param {Float32Array} anchors
 * @param {Maps} maps
 * @param {(map: Maps[0], row: number, column: number, shape: number) =>
 *   [row: number, column: number, shape: number]} other
 */
function reorder(anchors, maps, other) {
  const out = new Float32Array(anchors.length);
  let [start, k] = [0, 0];
  for (const map of maps) {
    const { side, perCell } = map;
    for (let i = 0; i < side * side * perCell; i++, k += 4) {
      const cell = Math.floor(i / perCell);
      const place = [Math.floor(cell / side), cell % side];
      const [row, column, shape] = other(map, place[0], place[1], i % perCell);
      const from = 4 * (start + (row * side + column) * perCell + shape);
      out.set(anchors.subarray(from, from + 4), k);
    }
    start += side * side * perCell;
  }
  return out;
}

/** @type {Steps["anchorsInUse"]} */
export function columnByColumn(anchors, maps) {
  return reorder(anchors, maps, (_, row, column, shape) => [
    column,
    row,
    shape,
  ]);
}

/** @type {Steps["anchorsInUse"]} */
export function shapesReversed(anchors, maps) {
  return reorder(anchors, maps, ({ perCell }, row, column, shape) => [
    row,
    column,
    perCell - 1 - shape,
  ]);
}

/** @type {Steps["anchorsInUse"]} */
export function atCorners(anchors, maps) {
  const sides = maps.flatMap(({ side, perCell }) =>
    Array(side * side * perCell).fill(side),
  );
  return anchors.map((value, k) => value - 0.5 / sides[Math.floor(k / 4)]);
}

/**
 * Wrap forward and backward: the numbers of the outputs stand elsewhere, in training
 * and in use.
 *
 * @param {(layout: Layout, count: number) => Int32Array} orderOf for each number,
 *   where it honestly stands
 * @returns {(steps: Steps) => Partial<Steps>}
 */
export function rearrange(orderOf) {
  return ({ forward, backward }) => ({
    forward(network, count) {
      forward(network, count);
      const order = orderOf(network.layout, count);
      const honest = network.outputs.slice();
      order.forEach((from, k) => (network.outputs[k] = honest[from]));
    },
    backward(network, count) {
      const order = orderOf(network.layout, count);
      const moved = network.outputGradients.slice();
      order.forEach((from, k) => (network.outputGradients[from] = moved[k]));
      backward(network, count);
    },
  });
}

/**
 * Each head's numbers in the order (channel, row, column).
 *
 * @param {Layout} layout
 * @param {number} count of the images
 */
export function channelsFirst({ maps, numAnchors, columns }, count) {
  const order = new Int32Array(count * numAnchors * columns);
  let k = 0;
  for (let image = 0; image < count; image++) {
    for (const { side, perCell } of maps) {
      const cells = side * side;
      const channels = perCell * columns;
      const start = k;
      for (let channel = 0; channel < channels; channel++) {
        for (let cell = 0; cell < cells; cell++) {
          order[k++] = start + cell * channels + channel;
        }
      }
    }
  }
  return order;
}

/**
 * All images' predictions of the first map, then of the second: read as if each
 * image's were together.
 *
 * @param {Layout} layout
 * @param {number} count of the images
 */
export function joinedOnAxis0({ maps, numAnchors, columns }, count) {
  const order = new Int32Array(count * numAnchors * columns);
  let [k, start] = [0, 0];
  for (const { side, perCell } of maps) {
    const numbers = side * side * perCell * columns;
    for (let image = 0; image < count; image++) {
      const from = image * numAnchors * columns + start;
      for (let i = 0; i < numbers; i++) order[k++] = from + i;
    }
    start += numbers;
  }
  return order;
}
