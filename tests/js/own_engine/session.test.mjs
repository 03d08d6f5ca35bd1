// A session: what it answers to messages, and when it stops.
import assert from "node:assert/strict";
import test from "node:test";

import { readMetadata } from "../../../d2l_ssd/widgets/static/lib/safetensors.js";
import { OwnSession } from "../../../d2l_ssd/widgets/static/own_engine/session.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/own_engine/settings.js";
import { BATCH } from "../../../d2l_ssd/widgets/static/own_engine/trainer.js";
import { simd } from "../engine/kernels_file.mjs";
import { drawToy, drawToys } from "./squares.mjs";

const KEPT = drawToys(2, 4, { keptBack: true });
const PICTURES = [...drawToys(1, 8), ...KEPT];
const MILLISECONDS = 2.5; // between two looks at the clock

/** A session whose time is a count of looks at the clock, and its work by hand. */
function open({ settings = {}, pictures = PICTURES, classes = ["toy"] } = {}) {
  const said = [];
  let [time, work] = [0, null];
  const session = new OwnSession((message) => said.push(message), simd, {
    now: () => (time += MILLISECONDS),
    later: (next) => (work = next),
    slice: 60,
  });
  const run = (most = Infinity) => {
    for (let k = 0; k < most && work; k++) {
      const next = work;
      work = null;
      next();
    }
  };
  const start = (number) =>
    session.handle({
      ...{ type: "start", run: number, classes, pictures },
      settings: { ...DEFAULTS, ...settings },
    });
  start(1);
  const of = (type) => said.filter((message) => message.type === type);
  const tell = (type, more = {}) => session.handle({ type, ...more });
  return { session, said, run, start, tell, of };
}

/** Seconds of a training of so many times eight pictures, by the clock above. */
const secondsOf = (eights) =>
  ((eights * 8) / BATCH) * (MILLISECONDS / 1000) - 0.001;

test("it says what it has started", () => {
  assert.deepEqual(open().said, [
    { run: 1, type: "started", anchors: 756, kernels: "wasm" },
  ]);
});

test("a training ends at its time, with losses and scores", () => {
  const { run, tell, of, said } = open();
  tell("train", { until: secondsOf(25) });
  run();
  const losses = of("losses");
  assert.deepEqual(
    losses.map(({ count }) => count),
    [80, 160],
  );
  assert.ok(Math.abs(losses[0].speed - (1000 * BATCH) / MILLISECONDS) < 1);
  const [scores] = of("scores");
  assert.equal(scores.count, 200);
  assert.equal(scores.found.length, KEPT.length);
  assert.equal(scores.curve.scores.length, scores.curve.recall.length);
  assert.equal(said[said.length - 1].type, "finished");
  assert.ok(Math.abs(of("finished")[0].seconds - 25 * 0.005) < 1e-9);
});

test("scores come every two seconds of training", () => {
  const long = open();
  long.session.trainer.step = () => ({ classLoss: 1, boxLoss: 1, stopped: "" });
  long.session.trainer.count = 8;
  long.tell("train", { until: 7 });
  long.run();
  const at = long.of("scores").map(({ seconds }) => Math.round(seconds));
  assert.deepEqual(at, [2, 4, 6, 7]);
  assert.equal(long.of("finished").length, 1);
});

test("watching does not change the training", () => {
  const [watched, alone] = [open(), open()];
  watched.tell("train", { until: secondsOf(30) });
  while (!watched.of("finished").length) {
    watched.tell("frame", { id: "frame 1", pixels: PICTURES[0].pixels });
    watched.tell("samples", { count: 3 });
    watched.tell("look", { ...PICTURES[0], anchor: 300 });
    watched.run(1);
  }
  alone.tell("train", { until: secondsOf(30) });
  alone.run();
  const losses = ({ of }) => of("losses").map(({ classLoss }) => classLoss);
  assert.deepEqual(losses(watched), losses(alone));
  assert.ok(watched.of("found").length > 2);
  const { logits, scores } = watched.of("inside")[0];
  assert.equal(logits.length, 2);
  assert.ok(Math.abs(scores[0] + scores[1] - 1) < 1e-6);
  const [{ pictures }] = watched.of("samples");
  assert.equal(pictures.length, 3);
  assert.notDeepEqual(pictures[0].pixels, pictures[1].pixels);
});

test("of many frames of a kind, the newest is answered", () => {
  const { run, tell, of } = open();
  for (const id of ["frame 1", "frame 2", "boxes 7", "frame 3"]) {
    tell("frame", { id, pixels: PICTURES[0].pixels });
  }
  run();
  assert.deepEqual(
    of("found").map(({ id }) => id),
    ["frame 3", "boxes 7"],
  );
  assert.equal(of("found")[0].detections.scores.length, 0); // nothing is known yet
});

test("frames are found while it trains, and after", () => {
  const { run, tell, of } = open();
  tell("train", { until: secondsOf(80) });
  run(1);
  tell("frame", { id: "frame 1", pixels: PICTURES[0].pixels });
  run(1);
  assert.equal(of("found").length, 1);
  assert.equal(of("finished").length, 0);
  run();
  tell("frame", { id: "frame 2", pixels: PICTURES[0].pixels });
  run();
  assert.ok(of("found")[1].detections.scores.length > 0);
});

test("for small things it looks closer, and inside of what it sees", () => {
  const { run, tell, of } = open({ settings: { small: true } });
  assert.equal(of("started")[0].anchors, 4 * 756);
  tell("train", { until: secondsOf(40) });
  run();
  tell("frame", { id: "frame 1", pixels: PICTURES[0].pixels });
  run();
  const { anchors, scores } = of("found")[0].detections;
  tell("look", { ...PICTURES[0], anchor: anchors[0] });
  const [inside] = of("inside");
  const difference = inside.scores[inside.label + 1] - scores[0];
  assert.ok(Math.abs(difference) < 1e-6);
});

test("a pause stops it, and it goes on from there", () => {
  const { run, tell, of, session } = open();
  tell("train", { until: secondsOf(40) });
  run(2);
  tell("pause");
  run();
  const { count } = session.trainer;
  assert.ok(count > 0 && count < 320);
  assert.equal(of("paused")[0].count, count);
  tell("train", { until: secondsOf(40) });
  run();
  assert.equal(of("finished")[0].count, 320);
});

test("pictures may change meanwhile: the weights stay, the scores are new", () => {
  const { run, tell, of, session } = open();
  tell("train", { until: secondsOf(20) });
  run();
  const before = session.trainer.network.floats.slice(0, 500);
  const more = [...PICTURES, ...drawToys(3, 4)];
  more.push(...drawToys(4, 1, { keptBack: true }));
  more.push(drawToy(9, [], { ready: false }));
  tell("pictures", { pictures: more });
  run();
  assert.deepEqual(session.trainer.network.floats.slice(0, 500), before);
  assert.equal(session.trainer.sources.length, 12);
  assert.equal(of("scores").pop().found.length, KEPT.length + 1);
  tell("train", { until: secondsOf(40) });
  run();
  assert.equal(of("finished")[1].count, 320);
  assert.equal(of("started").length, 1);
});

test("without a picture, without a box, with an unknown thing: a sentence", () => {
  const cases = [
    [[], /no picture/],
    [[drawToy(1, []), ...KEPT], /No training picture has a box/],
    [[drawToy(1, [[1, 0.2, 0.2, 0.5, 0.5]])], /start over/],
    [[drawToy(1, [[0, 0.2, 0.2, 0.2, 0.5]])], /No training picture has a box/],
  ];
  for (const [pictures, sentence] of cases) {
    const { run, tell, of, session } = open({ pictures });
    tell("samples", { count: 1 });
    tell("train", { until: 1 });
    run();
    assert.match(of("stopped")[0].sentence, sentence);
    assert.equal(session.trainer.count, 0);
    tell("pictures", { pictures: PICTURES });
    tell("train", { until: secondsOf(10) });
    run();
    assert.equal(of("finished")[0].count, 80);
  }
});

test("boxes taken away during training stop it with a sentence", () => {
  const { run, tell, of } = open();
  tell("train", { until: 60 });
  run(1);
  tell("pictures", { pictures: [drawToy(1, [])] });
  run();
  assert.match(of("stopped")[0].sentence, /No training picture has a box/);
});

test("one picture is enough to begin with, and none need be kept back", () => {
  const [picture] = PICTURES;
  const { run, tell, of } = open({ pictures: [picture] });
  tell("train", { until: secondsOf(10) });
  run();
  assert.equal(of("finished")[0].count, 80);
  assert.ok(Number.isNaN(of("scores")[0].ap50));
  assert.deepEqual(of("scores")[0].found, []);
});

test("a training that is not finite stops with a sentence", () => {
  const { run, tell, of } = open({ settings: { lr: 1e30 } });
  tell("train", { until: 60 });
  run();
  assert.match(of("stopped")[0].sentence, /learning rate/);
  assert.equal(of("finished").length, 0);
});

test("what belongs to use changes at once, and is scored again", () => {
  const { run, tell, of } = open();
  tell("live", { settings: { ...DEFAULTS, nms: 0.05 } });
  run();
  assert.equal(of("scores").length, 0); // nothing to score yet
  tell("train", { until: secondsOf(20) });
  run();
  tell("live", { settings: { ...DEFAULTS, nms: 1 } });
  run();
  const [few, many] = of("scores").map(({ curve }) => curve.scores.length);
  assert.ok(many > few);
});

test("weights go out with their things' names, and come back", () => {
  const { run, start, tell, of } = open();
  tell("train", { until: secondsOf(40) });
  run();
  tell("save");
  const [{ bytes }] = of("weights");
  assert.equal(readMetadata(bytes).classes, '["toy"]');
  start(2);
  tell("load", { bytes });
  run();
  assert.deepEqual(of("loaded")[0].classes, ["toy"]);
  assert.equal(of("scores")[1].ap50, of("scores")[0].ap50);
  tell("load", { bytes: bytes.slice(0, 40) });
  assert.match(of("refused")[0].sentence, /not a safetensors file/);
  const other = open({ classes: ["cup", "pen"] });
  other.tell("load", { bytes });
  assert.match(other.of("refused")[0].sentence, /1 thing \(toy\)/);
});

test("renamed things are saved by their new names", () => {
  const { run, tell, of } = open();
  const savedNames = () => {
    tell("save");
    run();
    return readMetadata(of("weights").pop().bytes).classes;
  };
  tell("live", { settings: DEFAULTS, classes: ["cup"] });
  assert.equal(savedNames(), '["cup"]');
  tell("live", { settings: DEFAULTS });
  assert.equal(savedNames(), '["cup"]');
  tell("live", { settings: DEFAULTS, classes: ["cup", "pen"] });
  assert.equal(savedNames(), '["cup"]', "two things are another network's");
  const { bytes } = of("weights").pop();
  const other = open();
  other.tell("load", { bytes });
  other.tell("save");
  const saved = other.of("weights").pop().bytes;
  assert.equal(readMetadata(saved).classes, '["cup"]', "those of the file");
});

test("everything carries the number of its run", () => {
  const { run, start, tell, said } = open();
  tell("train", { until: 10 });
  run(3);
  const before = said.length;
  start(2);
  tell("train", { until: secondsOf(10) });
  run();
  assert.ok(said.slice(0, before).every((message) => message.run === 1));
  assert.ok(said.slice(before).every((message) => message.run === 2));
  assert.equal(said[before].type, "started");
});
