// Two scenes and two ideas, as IdeasExplorer's traits.

const SQUARE = [1, 0, 0, 0.5, 0.5];
const CIRCLE = [0, 0.5, 0.5, 1, 1];

/** Rows of image, class, score and box. */
const SHOWN = {
  found: [0, ...[1, 0.9], 0, 0, 0.5, 0.5], // the square
  again: [0, ...[1, 0.6], 0, 0, 0.5, 0.45],
  weak: [0, ...[1, 0.2], 0, 0, 0.45, 0.5],
  wrong: [0, ...[2, 0.5], 0.6, 0, 1, 0.3],
  circle: [0, ...[0, 0.4], 0.5, 0.5, 1, 1],
};

const cell = (row, column) =>
  [column, row, column + 1, row + 1].map((k) => k / 4);

/** Rows of image, object, anchor and its box: 4 x 4 cells, then 2 x 2. */
const ANSWERS = {
  many: [
    [0, 0, 0, ...cell(0, 0)],
    [0, 0, 5, ...cell(1, 1)],
    [0, 0, 16, 0, 0, 0.5, 0.5],
    [0, 1, 19, 0.5, 0.5, 1, 1],
  ],
  one: [
    [0, 0, 5, ...cell(1, 1)],
    [0, 1, 19, 0.5, 0.5, 1, 1],
  ],
};

const floats = (rows) => Float32Array.from(rows.flat());

/** Make the traits of a scene with a square and a circle, and an empty one. */
export function makeScene(traits = {}) {
  const maps = [
    [4, 4, 1],
    [2, 2, 1],
  ];
  const { found, again, weak, wrong, circle } = SHOWN;
  const before = floats([found, again, wrong, circle, weak]);
  return {
    truths: [floats([SQUARE, CIRCLE]), new Float32Array()],
    difficult: [new Float32Array(2), new Float32Array()],
    class_names: ["circle", "square", "triangle"],
    ideas: [
      { name: "Many", uses_nms: true, maps },
      { name: "One", uses_nms: false, maps },
    ],
    answers: [floats(ANSWERS.many), floats(ANSWERS.one)],
    before: [before, floats([found])],
    after: [floats([found, wrong, circle]), floats([found])],
    ...{ asked: 1, idea: 0, image: 0, nms: false, score_threshold: 0.3 },
    ...{ selected: -1, guess: {} },
    ...traits,
  };
}

/** The guess of a range, on the first scene. */
export function guessed(range) {
  return { guess: { range, image: 0, score: 0.3 } };
}
