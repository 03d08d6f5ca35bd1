// Views without a page: own shapes, sliders, curves, guesses, targets, inputs.
import assert from "node:assert/strict";
import test from "node:test";

import { ssdAnchors } from "../../../d2l_ssd/widgets/static/lib/anchors.js";
import {
  DEFAULTS,
  KNOBS,
} from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { unseenScenes } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { topOf } from "../../../d2l_ssd/widgets/static/playground/curves.js";
import { makeScale } from "../../../d2l_ssd/widgets/static/playground/knobs.js";
import {
  moveBox,
  nameShape,
  resizeBox,
  shapeByKey,
} from "../../../d2l_ssd/widgets/static/playground/own.js";
import {
  chooseShown,
  describeScene,
} from "../../../d2l_ssd/widgets/static/playground/pictures.js";
import {
  countPositives,
  inputSentence,
  matchScenes,
  seeInput,
} from "../../../d2l_ssd/widgets/static/playground/targets.js";
import { floats } from "../helpers.mjs";

test("shapes stay in the scene", () => {
  assert.deepEqual(moveBox([5, 6, 14, 12], -9, 50), [0, 36, 14, 12]);
  assert.deepEqual(resizeBox([5, 6, 14, 12], -20, 100), [5, 6, 5, 42]);
});

test("keys move, resize and turn a shape", () => {
  const shape = { label: 0, box: [5, 6, 14, 12], color: [0, 0, 0], shade: 0 };
  const press = (key, shiftKey = false) => shapeByKey(shape, { key, shiftKey });
  assert.deepEqual(press("ArrowLeft").box, [4, 6, 14, 12]);
  assert.deepEqual(press("ArrowDown", true).box, [5, 6, 14, 13]);
  assert.equal(press("T").label, 2);
  assert.equal(press("s").label, 1);
  assert.equal(press("Tab"), null);
  assert.equal(press("x"), null);
});

test("a shape has a name, and so has a cross", () => {
  const nameOf = (label) => nameShape({ label, box: [5, 6, 14, 12] });
  assert.match(nameOf(1), /^Your square, 14 by 12 pixels at 5, 6\./);
  assert.match(nameOf(3), /^Your cross, /);
});

test("a slider's places and values belong together", () => {
  for (const knob of KNOBS.filter(({ range }) => range)) {
    const { slider, value, place } = makeScale(knob);
    const [low, high] = knob.range;
    assert.equal(value(slider.min), low, knob.key);
    assert.equal(value(slider.max), high, knob.key);
    const back = value(place(knob.value));
    assert.ok(Math.abs(back / (knob.value || 1) - 1) < 0.02 || !knob.value);
  }
  const lr = makeScale(KNOBS.find(({ key }) => key === "lr"));
  assert.equal(lr.fit(9), 0.05);
  assert.equal(lr.fit(NaN), 0.0005);
  const shift = makeScale(KNOBS.find(({ key }) => key === "shift"));
  assert.equal(shift.fit(2.4), 2);
});

test("one spike does not flatten a loss's axis", () => {
  const points = Array.from({ length: 100 }, (_, k) => [k, 2]);
  points[3][1] = 500;
  assert.equal(topOf(points, 3.35), 4);
  assert.equal(topOf([], 0), 1);
});

test("guesses fill up to one more than there are objects", () => {
  const scores = [0.6, 0.3, 0.2, 0.1, 0.05];
  assert.deepEqual(chooseShown({ scores }, 2, 0.4, true), { sure: 1, all: 3 });
  assert.deepEqual(chooseShown({ scores }, 2, 0.4, false), { sure: 1, all: 1 });
  assert.deepEqual(chooseShown({ scores }, 9, 0.4, true), { sure: 1, all: 5 });
  assert.deepEqual(chooseShown({ scores }, 1, 0.05, true), { sure: 5, all: 5 });
});

test("a scene is described in words", () => {
  const labels = {
    classes: [1, 0],
    boxes: floats([0, 0, 0.5, 0.5, 0.6, 0.6, 1, 1]),
    difficult: [false, false],
  };
  const found = {
    ...{ boxes: floats([0, 0, 0.5, 0.5]), scores: [0.54], classes: [1] },
    anchors: [0],
  };
  assert.equal(
    describeScene(2, labels, found, 1),
    "Scene 2: 2 objects. Found: square 0.54; missed: circle.",
  );
  assert.match(describeScene(1, labels, null, 0), /Nothing is trained/);
  assert.match(describeScene(1, labels, found, 0), /missed: square, circle/);
});

test("settings decide how many anchors answer for an object", () => {
  const scenes = unseenScenes("ordinary", 40);
  const count = (values) => {
    const settings = { ...DEFAULTS, ...values };
    const { anchors, matched } = matchScenes(settings, scenes);
    return countPositives(matched, scenes, settings, anchors.length / 4);
  };
  const usual = count({});
  assert.equal(usual.without, 0);
  assert.ok(usual.perObject > 2.5 && usual.perObject < 4);
  assert.ok(Math.abs(usual.perPositive - 3) < 0.2);
  const strict = count({ iou: 0.7, force: false });
  assert.ok(strict.without > 0.6);
  assert.ok(strict.perPositive > 6, "eight per scene, however few positives");
  assert.ok(count({ neg: Infinity }).perPositive > 50);
  assert.equal(count({ bug: "nonegatives" }).perPositive, 0);
  assert.equal(count({ bug: "pixels" }).without, 1);
  assert.ok(count({ bug: "padding" }).perObject > usual.perObject + 0.5);
});

test("at least so many negatives per scene count, also beside few positives", () => {
  const scenes = unseenScenes("ordinary", 1);
  const matched = [{ anchors: [7], truths: [0] }];
  const count = (settings, total) =>
    countPositives(matched, scenes, settings, total).perPositive;
  assert.equal(count({ neg: 3, minneg: 8, bug: "" }, 756), 8);
  assert.equal(count({ neg: 10, minneg: 8, bug: "" }, 756), 10);
  assert.equal(count({ neg: Infinity, minneg: 8, bug: "" }, 756), 755);
});

test("matches are those of the anchors of the settings", () => {
  const scenes = unseenScenes("ordinary", 1);
  const { anchors } = matchScenes({ ...DEFAULTS, maps: [3] }, scenes);
  const shapes = [
    [12, 12],
    [6, 6],
    [3, 3],
  ];
  const sizes = [
    [0.17, 0.26],
    [0.38, 0.52],
    [0.68, 0.84],
  ];
  const ratios = [[], [], [1, 2, 0.5]];
  assert.deepEqual(anchors, ssdAnchors(shapes, sizes, ratios));
});

test("what the network sees: the mean color is gone, unless a bug leaves it", () => {
  const [scene] = unseenScenes("ordinary", 1);
  const usual = seeInput(DEFAULTS, scene, "inputInUse");
  assert.ok(Math.abs(usual.mean) < 1e-5);
  const bug = { ...DEFAULTS, bug: "unnormalized" };
  const raw = seeInput(bug, scene, "inputInUse");
  assert.ok(raw.mean > 0.2 && raw.mean < 0.8);
  assert.ok(Math.abs(seeInput(bug, scene, "input").mean) < 1e-5);
  const unscaled = { ...DEFAULTS, bug: "unscaled" };
  const { deviation } = seeInput(unscaled, scene, "inputInUse");
  assert.ok(Math.abs(deviation - usual.deviation / 3) < 1e-4);
});

test("the input in use and in training, as mean and deviation", () => {
  const seen = (...values) => [{ values: floats(values) }];
  const use = seen(-1, 1);
  assert.equal(
    inputSentence({ use, training: use }),
    "Gray is zero. In use: mean 0.00, deviation 1.00. In training: the same.",
  );
  assert.match(
    inputSentence({ use, training: seen(-0.5, -0.5) }),
    /In training: mean −0.50, deviation 0.00\.$/,
  );
});
