// An image with one cat and sixteen anchors, as LossExplorer's traits.

/** -ln 0.998 as a float16, and about that. */
const SURE = 0x1819;

/** Rows of anchor, probabilities and offsets. */
const DETAILS = [
  [5, 0.5, 0.3, 0.2, 0.5, 0, 0, 2], // the positive one
  [6, 0.1, 0.8, 0.1, 0, 0, 0, 0], // also sees the cat
  [15, 0.2, 0.1, 0.7, 0, 0, 0, 0], // a dog where there is nothing
];

/** Make the traits of one image whose cat fills the box of anchor 5. */
export function makeScene(traits = {}) {
  const cat = [0, 0.25, 0.25, 0.5, 0.5];
  return {
    truths: [Float32Array.from(cat)],
    class_names: ["cat", "dog"],
    map_shapes: [[4, 4]],
    sizes: [[0.25]],
    ratios: [[1]],
    backgrounds: [new Uint16Array(16).fill(SURE)],
    details: [Float32Array.from(DETAILS.flat())],
    mining_ratios: [0, 1, 3, null],
    min_negatives: 2,
    ...{ image: 0, network: 0, mining: 3, pick: 0, divisor: 0, anchor: -1 },
    guesses: {},
    ...traits,
  };
}

/** The guess of a range for the image and a network. */
export function guessed(range, network = 0, mining = 3, pick = 0) {
  return { [`0/${network}`]: { range, mining, pick } };
}
