import assert from "node:assert/strict";
import test from "node:test";

import {
  formatAddress,
  formatSettings,
  formatValue,
  parseAddress,
  readSettings,
} from "../../../d2l_ssd/widgets/static/engine/address.js";
import { BUGS } from "../../../d2l_ssd/widgets/static/engine/bugs.js";
import {
  DEFAULTS,
  KNOBS,
} from "../../../d2l_ssd/widgets/static/engine/settings.js";

/** Values of a knob that an address must carry there and back. */
function valuesOf({ key, value, range, choices }) {
  if (typeof value === "boolean") return [true, false];
  if (range) return [range[0], range[1], value];
  if (key === "maps") return [[12], [12, 3], [12, 6, 3]];
  return choices.map(([one]) => one);
}

for (const knob of KNOBS) {
  test(`${knob.key} goes into an address and comes back`, () => {
    for (const value of valuesOf(knob)) {
      const settings = { ...DEFAULTS, [knob.key]: value };
      const read = parseAddress(`#${formatAddress({ settings })}`);
      assert.deepEqual(read.settings, settings);
      assert.deepEqual(read.problems, []);
    }
  });
}

test("an address holds only what differs from the defaults", () => {
  assert.equal(formatAddress({ settings: DEFAULTS }), "v=1");
  const settings = { ...DEFAULTS, neg: Infinity, force: false, iou: 0.7 };
  assert.equal(formatAddress({ settings }), "v=1&iou=0.7&force=0&neg=all");
});

test("ratios are written as they are read", () => {
  const { settings, problems } = parseAddress("ratios=1,2,1/2,3,1/3");
  assert.deepEqual(settings.ratios, [1, 2, 0.5, 3, 1 / 3]);
  assert.deepEqual(problems, []);
  assert.equal(formatSettings(settings), "ratios=1,2,1/2,3,1/3");
});

test("a bug is a part of the settings", () => {
  for (const { id } of BUGS) {
    const { settings } = parseAddress(`#bug=${id}`);
    assert.equal(settings.bug, id);
    assert.equal(formatSettings(settings), `bug=${id}`);
  }
});

test("a comparison names what differs on each side", () => {
  const hash = "#v=1&seed=3&a.loc=0.1&b.loc=10&seeds=10";
  const read = parseAddress(hash);
  assert.equal(read.comparison.a.loc, 0.1);
  assert.equal(read.comparison.b.loc, 10);
  assert.equal(read.comparison.b.seed, 3);
  assert.equal(read.settings.loc, 1);
  assert.equal(read.page.seeds, "10");
  assert.equal(`#${formatAddress(read)}`, hash);
});

test("sides of a comparison come after what both share, in any order", () => {
  const { comparison } = parseAddress("b.neg=all&iou=0.7");
  assert.deepEqual([comparison.a.neg, comparison.b.neg], [3, Infinity]);
  assert.deepEqual([comparison.a.iou, comparison.b.iou], [0.7, 0.7]);
});

test("the reader's shapes go into an address and come back", () => {
  const own = [
    { label: 0, box: [5, 6, 14, 12] },
    { label: 3, box: [26.125, 5, 17, 22] },
  ];
  const text = formatAddress({ own });
  assert.equal(text, "v=1&own=C5,6,14,12;X26.125,5,17,22");
  assert.deepEqual(parseAddress(text).own, own);
});

test("what is open stands in the address, whatever it says", () => {
  const page = { view: "targets", mission: "forcing", go: "1" };
  assert.deepEqual(parseAddress(formatAddress({ page })).page, page);
  const odd = { game: "7f&seed=5" };
  const read = parseAddress(formatAddress({ page: odd }));
  assert.deepEqual(read.page, odd);
  assert.equal(read.settings.seed, 1);
});

const PROBLEMS = [
  ["iou=1.5", "“Matching threshold (IoU)” cannot be 1.5: it stays at 0.5."],
  ["iou=", "“Matching threshold (IoU)” cannot be nothing: it stays at 0.5."],
  ["iou=NaN", "“Matching threshold (IoU)” cannot be NaN: it stays at 0.5."],
  ["shift=2.5", "“Random shift” cannot be 2.5: it stays at 0."],
  ["seed=1.5", "“Seed” cannot be 1.5: it stays at 1."],
  ["force=2", "“Force-match” cannot be 2: it stays at 1."],
  ["maps=", "“Feature maps” cannot be nothing: it stays at 12,6,3."],
  ["maps=12,5", "“Feature maps” cannot be 12,5: it stays at 12,6,3."],
  ["neg=2", "“Negatives per positive” cannot be 2: it stays at 3."],
  ["force=toString", "“Force-match” cannot be toString: it stays at 1."],
  ["bug=gremlin", "There is no bug “gremlin”."],
  ["speed=5", "There is no setting “speed”."],
  ["a.speed=5", "There is no setting “speed”."],
  ["constructor=5", "There is no setting “constructor”."],
  ["v=2", "The address is of version 2, which this page does not know."],
  [
    "iou=%E0%A4%A",
    "“Matching threshold (IoU)” cannot be %E0%A4%A: it stays at 0.5.",
  ],
  [
    "own=C45,6,14,12",
    "“C45,6,14,12” is no shape of your scene: it takes a letter of CSTX and x, y, width, height in pixels.",
  ],
];

for (const [hash, sentence] of PROBLEMS) {
  test(`${hash} is left out, with a sentence`, () => {
    const { settings, own, problems } = parseAddress(`#${hash}`);
    assert.deepEqual(problems, [sentence]);
    assert.deepEqual(settings, DEFAULTS);
    assert.deepEqual(own, []);
  });
}

test("a part that is wrong leaves the others right", () => {
  const { settings, problems } = parseAddress("#iou=9&force=0&&neg=all");
  assert.equal(problems.length, 1);
  assert.equal(formatSettings(settings), "force=0&neg=all");
});

test("shapes are eight at most", () => {
  const nine = Array(9).fill("S1,1,9,9").join(";");
  const { own, problems } = parseAddress(`own=${nine}`);
  assert.equal(own.length, 8);
  assert.match(problems[0], /room for 8 shapes/);
});

test("nothing is an address, too", () => {
  for (const hash of ["", "#", "#v=1"]) {
    const { settings, comparison, problems } = parseAddress(hash);
    assert.deepEqual([settings, comparison, problems], [DEFAULTS, null, []]);
  }
});

test("settings can be named by what differs from others", () => {
  const base = { ...DEFAULTS, bug: "flip", iou: 0.7 };
  const text = formatSettings({ ...base, bug: "", iou: 0.3 }, base);
  assert.equal(text, "iou=0.3&bug=");
  assert.equal(
    formatValue(
      KNOBS.find(({ key }) => key === "lr"),
      0.0015,
    ),
    "0.0015",
  );
});

for (const knob of KNOBS) {
  test(`${knob.key} is taken from Python, and nothing that it cannot be`, () => {
    for (const value of valuesOf(knob)) {
      const given = { [knob.key]: value === Infinity ? "all" : value };
      const { settings, problems } = readSettings(given);
      assert.deepEqual(settings, { ...DEFAULTS, [knob.key]: value });
      assert.deepEqual(problems, []);
    }
    for (const value of [-1, "gremlin", null, [], {}]) {
      const { settings, problems } = readSettings({ [knob.key]: value });
      assert.deepEqual(settings, DEFAULTS);
      assert.equal(problems.length, 1, `${value}`);
    }
  });
}
