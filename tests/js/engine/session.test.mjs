// A session: what it answers to messages, and when it stops.
import assert from "node:assert/strict";
import test from "node:test";

import { COCO_THRESHOLDS } from "../../../d2l_ssd/widgets/static/engine/detect.js";
import {
  OWN,
  Session,
  SHOWN,
} from "../../../d2l_ssd/widgets/static/engine/session.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  Trainer,
  unseenScenes,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { simd } from "./kernels_file.mjs";

const SHAPES = [
  { label: 0, box: [5, 6, 14, 12], color: [0.1, 0.2, 0.8], shade: 0.1 },
];
const UNSEEN = 48; // SHOWN has to be among them

/** A session whose time is a count of looks at the clock, and its work by hand. */
function open(settings = {}, options = {}) {
  const said = [];
  let [time, work] = [0, null];
  const session = new Session((message) => said.push(message), simd, {
    now: () => (time += 1),
    later: (next) => (work = next),
    slice: 20,
  });
  const run = (most = Infinity) => {
    for (let k = 0; k < most && work; k++) {
      const next = work;
      work = null;
      next();
    }
  };
  const start = (number, more = {}) =>
    session.handle({
      ...{ type: "start", run: number, unseen: UNSEEN, own: SHAPES },
      settings: { ...DEFAULTS, ...settings, ...more },
    });
  start(1, options);
  const of = (type) => said.filter((message) => message.type === type);
  const tell = (type, more = {}) => session.handle({ type, ...more });
  return { session, said, run, start, tell, of };
}

test("it says what it has started", () => {
  const { said } = open({ sizes: 1, ratios: [1] });
  assert.deepEqual(said, [
    { run: 1, type: "started", anchors: 189, kernels: "wasm" },
  ]);
});

test("a run ends at its length, with losses and scores at fixed scenes", () => {
  const { run, tell, of, said } = open();
  tell("train", { until: 1000 });
  run();
  const counts = of("losses").map(({ count }) => count);
  assert.deepEqual(counts.slice(0, 3), [80, 160, 240]);
  assert.deepEqual(
    of("scores").map(({ count }) => count),
    [504, 1000],
  );
  assert.equal(of("finished").length, 1);
  assert.equal(of("finished")[0].count, 1000);
  const last = said.filter(({ type }) => type !== "found").pop();
  assert.equal(last.type, "finished");
  assert.ok(of("scores")[1].ap50 > 0.1);
});

test("losses are means over the scenes since the last ones", () => {
  const { run, tell, of } = open();
  tell("train", { until: 160 });
  run();
  const trainer = new Trainer(DEFAULTS, simd);
  const means = [0, 1].map(() => {
    let sum = 0;
    for (let k = 0; k < 10; k++) sum += trainer.step().classLoss;
    return sum / 10;
  });
  assert.deepEqual(
    of("losses").map(({ classLoss }) => classLoss),
    means,
  );
});

test("scores are those of the trainer at that number of scenes", () => {
  const { run, tell, of } = open();
  tell("train", { until: 504 });
  run();
  const trainer = new Trainer(DEFAULTS, simd);
  while (trainer.count < 504) trainer.step();
  const { ap50, ap75, ap } = trainer.evaluate(unseenScenes("ordinary", UNSEEN));
  const [scores] = of("scores");
  assert.deepEqual([scores.ap50, scores.ap75, scores.ap], [ap50, ap75, ap]);
  assert.equal(COCO_THRESHOLDS.length, 10);
  assert.equal(scores.bySize.length, 3);
});

test("watching does not change the training", () => {
  const [watched, alone] = [open(), open()];
  watched.tell("train", { until: 400 });
  while (!watched.of("finished").length) {
    watched.tell("own", { shapes: SHAPES });
    watched.tell("look", { scene: 0, anchor: 300 });
    watched.run(1);
  }
  alone.tell("train", { until: 400 });
  alone.run();
  const losses = ({ of }) => of("losses").map(({ classLoss }) => classLoss);
  assert.deepEqual(losses(watched), losses(alone));
  assert.ok(watched.of("inside").length > 3);
});

test("everything carries the number of its run", () => {
  const { run, start, tell, said } = open();
  tell("train", { until: 800 });
  run(3);
  const before = said.length;
  start(2);
  tell("train", { until: 160 });
  run();
  assert.ok(said.slice(0, before).every((message) => message.run === 1));
  assert.ok(said.slice(before).every((message) => message.run === 2));
  assert.equal(said[before].type, "started");
});

test("a new run begins from nothing: same seed, same losses", () => {
  const { run, start, tell, of } = open();
  tell("train", { until: 280 }); // between two losses
  run();
  start(2);
  tell("train", { until: 240 });
  run();
  const losses = of("losses").map(({ classLoss }) => classLoss);
  assert.deepEqual(losses.slice(0, 3), losses.slice(3));
  assert.deepEqual(
    of("losses").map(({ count }) => count),
    [80, 160, 240, 80, 160, 240],
  );
});

test("a pause stops it, and it goes on from there", () => {
  const { run, tell, of, session } = open();
  tell("train", { until: 400 });
  run(3);
  tell("pause");
  run();
  const { count } = session.trainer;
  assert.ok(count > 0 && count < 400);
  assert.equal(of("paused")[0].count, count);
  run();
  assert.equal(session.trainer.count, count);
  tell("train", { until: 400 });
  run();
  assert.equal(of("finished")[0].count, 400);
});

test("one step is one batch, and its boxes", () => {
  const { run, tell, of, session } = open();
  tell("step");
  run();
  assert.equal(session.trainer.count, 8);
  assert.equal(of("losses")[0].count, 8);
  assert.deepEqual(
    of("found").map(({ scene }) => scene),
    [0, 1, 2, OWN],
  );
});

test("the scenes shown are unseen ones, and the reader's own", () => {
  const { run, tell, of, session } = open();
  tell("step");
  run();
  const [first] = of("found");
  const scene = unseenScenes("ordinary", 1, SHOWN[0]);
  const [expected] = session.trainer.detect(scene);
  assert.deepEqual(first.detections.scores, expected.scores.slice(0, 60));
  const moved = [{ ...SHAPES[0], box: [20, 20, 14, 12] }];
  tell("own", { shapes: moved });
  run();
  const found = of("found").filter((message) => message.scene === OWN);
  assert.equal(found.length, 2);
  assert.notDeepEqual(found[0].detections.scores, found[1].detections.scores);
});

test("before anything is trained, nothing is found", () => {
  const { run, tell, of } = open();
  tell("own", { shapes: SHAPES });
  run();
  assert.deepEqual(of("found"), []);
});

test("what belongs to use changes at once, and is scored again", () => {
  const { run, tell, of } = open();
  tell("train", { until: 504 });
  run();
  tell("live", { settings: { ...DEFAULTS, bug: "variances" } });
  run();
  const [honest, bugged] = of("scores");
  assert.equal(bugged.count, honest.count);
  assert.ok(bugged.ap50 < honest.ap50 / 2);
  tell("live", { settings: DEFAULTS });
  run();
  assert.equal(of("scores")[2].ap50, honest.ap50);
});

test("a setting of training can be applied to the running network", () => {
  const { run, tell, of, session } = open();
  tell("train", { until: 80 });
  run();
  tell("apply", { settings: { ...DEFAULTS, scale: 2 } });
  const [, , right] = session.trainer.anchors;
  const other = new Trainer({ ...DEFAULTS, scale: 2 }, simd).anchors[2];
  assert.equal(right, other);
  tell("train", { until: 160 });
  run();
  assert.equal(of("started").length, 1);
  assert.equal(of("losses")[1].count, 160);
});

test("a run that is not finite stops with a sentence", () => {
  const { run, tell, of } = open({ lr: 1e30 });
  tell("train", { until: 4000 });
  run();
  assert.match(of("stopped")[0].sentence, /learning rate/);
  assert.equal(of("finished").length, 0);
});

test("weights go out and come back", () => {
  const { run, start, tell, of } = open();
  tell("train", { until: 504 });
  run();
  tell("save");
  const [{ bytes }] = of("weights");
  start(2);
  tell("load", { bytes });
  run();
  assert.equal(of("scores")[1].ap50, of("scores")[0].ap50);
  tell("load", { bytes: bytes.slice(0, 40) });
  assert.ok(of("refused")[0].sentence.length > 10);
});

test("inside of an anchor: softmax, offsets, what it pays", () => {
  const { run, tell, of } = open();
  tell("train", { until: 504 });
  run();
  const { detections } = of("found").find(({ scene }) => scene === 0);
  tell("look", { scene: 0, anchor: detections.anchors[0] });
  const [inside] = of("inside");
  const sum = inside.scores.reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - 1) < 1e-6);
  const latest = of("found").filter(({ scene }) => scene === 0);
  const { anchors, scores } = latest[latest.length - 1].detections;
  tell("look", { scene: 0, anchor: anchors[0] });
  const best = of("inside")[1];
  assert.ok(Math.abs(best.scores[best.label + 1] - scores[0]) < 1e-6);
  const positive = best.target > 0;
  assert.equal(positive, best.truth >= 0);
  assert.ok(best.classLoss >= 0);
  if (positive) assert.ok(best.counted && best.boxLoss > 0);
  for (let anchor = 0; anchor < 756; anchor += 50) {
    tell("look", { scene: 0, anchor });
    const { classLoss, target, scores } = of("inside").pop();
    assert.ok(Math.abs(classLoss + Math.log(scores[target])) < 1e-4);
  }
});
