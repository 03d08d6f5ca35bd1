// Two dogs that overlap, with candidates whose fate depends on the threshold.

/** The bytes of rows of numbers, as Python packs them. */
function pack(rows) {
  return new Uint8Array(Float32Array.from(rows.flat()).buffer);
}

// Two dogs of side 0.3 that share three fifths of their width: IoU 3/7
const DOGS = [
  [1, 0.1, 0.1, 0.4, 0.4],
  [1, 0.22, 0.1, 0.52, 0.4],
];
const CANDIDATES = [
  [1, 0.9, 0.1, 0.1, 0.4, 0.4], // the first dog
  [1, 0.8, 0.22, 0.1, 0.52, 0.4], // the second one
  [1, 0.7, 0.1, 0.1, 0.4, 0.37], // the first again: IoU 0.9
  [1, 0.6, 0.7, 0.7, 0.9, 0.9], // nothing
];
const CAT = [[0, 0.5, 0.2, 0.2, 0.8, 0.8]];

/**
 * Traits of NMSExplorer: two dogs on the first image, a cat on the second.
 *
 * @param {object} traits and, of the dogs, which are `difficult`
 */
export function makeHerd({ difficult = [0, 0], ...traits } = {}) {
  return {
    truths: [pack(DOGS), pack([[0, 0.2, 0.2, 0.8, 0.8]])],
    difficult: [pack(difficult), pack([0])],
    candidates: [pack(CANDIDATES), pack(CAT)],
    class_names: ["cat", "dog"],
    ...{ image: 0, label: 1, nms_iou: 0.3, step: 0, playing: false },
    guesses: {},
    ...traits,
  };
}
