/**
 * What a network is made of and where it lies in memory: one array of float32.
 * Images and maps lie in the order (row, column, channel), and all but the heads'
 * outputs have a border of one zero pixel.
 */

const COLORS = 4; // channels of the input: red, green, blue, 0 (kernels want fours)
const OFFSETS = 4;

/**
 * @typedef {object} Convolution
 * @property {string} name of its weights in a file
 * @property {number} from the convolution that it reads, -1 for the image
 * @property {number} channels
 * @property {number} filters
 * @property {number} inputs of a filter
 * @property {number} count of weights
 * @property {number} stride
 * @property {number} side of its output, in pixels
 * @property {boolean} head
 * @property {number} w address of the weights (3, 3, channels, filters)
 * @property {number} b address of the biases
 * @property {number} y address of the output
 * @property {number} dy address of its gradient
 * @property {number} yImage from one image's output to the next
 * @property {number} yRow from one row to the next
 *
 * @typedef {object} FeatureMap
 * @property {number} side in cells
 * @property {number} perCell anchors
 * @property {number} layer that makes it
 *
 * @typedef {object} Plan
 * @property {number} size of the image
 * @property {number} classes without background
 * @property {number[]} perCell anchors of each map; 0 for a map without a head
 * @property {number} batch the most images at once
 * @property {[filters: number, stride: number, isMap: boolean][]} [trunk]
 */

/** @type {NonNullable<Plan["trunk"]>} */
const TRUNK = [
  [16, 2, false],
  [24, 2, false],
  [24, 1, true],
  [32, 2, true],
  [48, 2, true],
];

/** @typedef {ReturnType<typeof planNetwork>} Layout */

/**
 * Lay a network out.
 *
 * @param {Plan} plan
 */
export function planNetwork({ size, classes, perCell, batch, trunk = TRUNK }) {
  const columns = classes + 1 + OFFSETS; // of a prediction: logits, offsets
  const { layers, maps } = planLayers(trunk, { size, perCell, columns });
  const numAnchors = maps.reduce(
    (sum, map) => sum + map.side * map.side * map.perCell,
    0,
  );
  const shape = { size, batch, columns, layers, maps, numAnchors };
  return { ...shape, ...planMemory(shape) };
}

/**
 * @param {NonNullable<Plan["trunk"]>} trunk
 * @param {{ size: number, perCell: number[], columns: number }} shape
 */
function planLayers(trunk, { size, perCell, columns }) {
  /** @type {Convolution[]} */
  const layers = [];
  /** @type {FeatureMap[]} */
  const maps = [];
  let [side, channels] = [size, COLORS];
  trunk.forEach(([filters, stride, isMap], k) => {
    side /= stride;
    const own = { stride, side };
    layers.push(makeLayer(`trunk.${k}`, k - 1, channels, filters, own));
    channels = filters;
    if (isMap) maps.push({ side, perCell: perCell[maps.length], layer: k });
  });
  maps.forEach((map, k) => {
    if (!map.perCell) return;
    const inputs = layers[map.layer].filters;
    const outputs = map.perCell * columns;
    const own = { side: map.side, head: true };
    layers.push(makeLayer(`heads.${k}`, map.layer, inputs, outputs, own));
  });
  return { layers, maps };
}

/**
 * @param {string} name
 * @param {number} from
 * @param {number} channels
 * @param {number} filters
 * @param {Partial<Convolution>} own
 * @returns {Convolution}
 */
function makeLayer(name, from, channels, filters, own) {
  const places = { w: 0, b: 0, y: 0, dy: 0, yImage: 0, yRow: 0 };
  const shape = { stride: 1, side: 0, head: false };
  const inputs = 9 * (from < 0 ? 3 : channels); // the fourth is always 0
  const count = 9 * channels * filters;
  return {
    name,
    from,
    channels,
    filters,
    inputs,
    count,
    ...shape,
    ...places,
    ...own,
  };
}

/**
 * Give everything an address, in numbers from the memory's start.
 *
 * @param {{ size: number, batch: number, columns: number, layers: Convolution[],
 *   numAnchors: number }} shape
 */
function planMemory({ size, batch, columns, layers, numAnchors }) {
  let top = 4;
  /** @param {number} count */
  const take = (count) => {
    const start = top;
    top += Math.ceil(count / 4) * 4;
    return start;
  };
  const weights = top;
  for (const layer of layers) {
    layer.w = take(layer.count);
    layer.b = take(layer.filters);
  }
  const numWeights = top - weights;
  const training = {
    gradients: take(numWeights),
    firstMoments: take(numWeights),
    secondMoments: take(numWeights),
    mean: take(numWeights),
    spare: take(numWeights),
    turned: take(Math.max(...layers.map(({ count }) => count))),
    pixels: take(
      Math.max(...layers.map(({ side }) => 2 * batch * side * side)),
    ),
  };
  const xRow = (size + 2) * COLORS;
  const xImage = (size + 2) * xRow;
  const x = take(batch * xImage);
  const image = numAnchors * columns;
  const [outputs, outputGradients] = [take(batch * image), take(batch * image)];
  const data = { x, xRow, xImage, outputs, outputGradients };
  placeOutputs(layers, take, { batch, image, ...data });
  return { weights, numWeights, ...training, ...data, total: top };
}

/**
 * Give the layers' outputs a place. The heads' are the predictions of all maps, one
 * after another, without a border.
 *
 * @param {Convolution[]} layers
 * @param {(count: number) => number} take
 * @param {{ batch: number, image: number, outputs: number,
 *   outputGradients: number }} predictions
 */
function placeOutputs(layers, take, predictions) {
  const { batch, image, outputs, outputGradients } = predictions;
  let at = 0; // of a head's first prediction in an image's
  for (const layer of layers) {
    const { side, filters, head } = layer;
    layer.yRow = (head ? side : side + 2) * filters;
    layer.yImage = head ? image : (side + 2) * layer.yRow;
    const count = batch * layer.yImage;
    layer.y = head ? outputs + at : take(count);
    layer.dy = head ? outputGradients + at : take(count);
    if (head) at += side * layer.yRow;
  }
}
