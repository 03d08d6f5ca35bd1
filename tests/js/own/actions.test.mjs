// What a reader does with pictures, and what the session is told.
import assert from "node:assert/strict";
import test from "node:test";

import {
  isInDoubt,
  MAX_PICTURES,
} from "../../../d2l_ssd/widgets/static/own/state.js";
import { whyEmpty } from "../../../d2l_ssd/widgets/static/own/watch_view.js";
import { makePage, picture } from "./page.mjs";

const labels = (count) => picture("", count).labels;

test("a confirmed picture is ready, and the next that waits follows", () => {
  const pictures = [1, 2, 3].map((k) => picture(`${k}`, 0, k === 2));
  const { actions, state, kept } = makePage(pictures);
  actions.select("1");
  actions.label(labels(1));
  actions.confirm();
  assert.ok(pictures[0].ready);
  assert.equal(state.selected, "3");
  assert.deepEqual(kept, [
    ["put", "1"],
    ["put", "1"],
  ]);
});

test("a removed picture gives its place to the next", () => {
  const page = makePage([picture("1"), picture("2")]);
  page.actions.select("2");
  page.actions.remove();
  assert.equal(page.state.selected, "1");
  page.actions.remove();
  assert.equal(page.state.selected, "");
  assert.deepEqual(page.kept.map(String), ["remove,2", "remove,1"]);
});

test("a removed picture is brought back to its place, once", () => {
  const page = makePage([picture("1"), picture("2"), picture("3")]);
  const { actions, state } = page;
  actions.select("2");
  actions.remove();
  actions.bringBack();
  actions.bringBack();
  assert.deepEqual(
    state.pictures.map(({ id }) => id),
    ["1", "2", "3"],
  );
  assert.equal(state.selected, "2");
  assert.deepEqual(page.kept.map(String), ["remove,2", "put,2"]);
});

test("what was removed before the next picture was confirmed stays so", () => {
  for (const leave of ["confirm", "clear", "leaveExample"]) {
    const { actions, state } = makePage([picture("1"), picture("2")]);
    actions.select("2");
    actions.remove();
    actions[leave]();
    actions.bringBack();
    assert.ok(state.pictures.every(({ id }) => id !== "2"));
  }
});

test("there is room for so many pictures", () => {
  const { actions, state } = makePage([picture("1")]);
  assert.equal(actions.room(), MAX_PICTURES - 1);
  state.pictures = Array.from({ length: MAX_PICTURES }, (_, k) =>
    picture(`${k}`),
  );
  assert.equal(actions.room(), 0);
  assert.match(state.said, /^60 pictures are as many/);
});

test("a run begins with the ready pictures, without their files", () => {
  const page = makePage([picture("1"), picture("2", 0, false)]);
  page.actions.begin();
  const [start, train] = page.sent;
  assert.equal(start.type, "start");
  assert.deepEqual(
    start.pictures.map(({ id, blob }) => [id, blob]),
    [["1", undefined]],
  );
  assert.deepEqual([train.type, train.until], ["train", 60]);
  assert.equal(start.run, page.state.runs.now.number);
});

test("nothing begins without a box; a sentence says why", () => {
  const page = makePage([picture("1", 0)]);
  page.actions.begin();
  assert.deepEqual(page.sent, []);
  assert.match(page.state.said, /without a box there is nothing to learn/);
});

test("another minute goes on from where it was", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.hear({ type: "finished", count: 800, seconds: 60.5 });
  page.actions.teach();
  assert.equal(page.sent[page.sent.length - 1].until, 120.5);
  assert.equal(page.types().filter((type) => type === "start").length, 1);
});

test("a setting of training begins one new run, one of use none", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  const { number } = page.state.runs.now;
  page.actions.change({ key: "paste" }, false, true);
  assert.equal(page.state.runs.now.number, number + 1);
  page.actions.change({ key: "appear", live: true }, 0.2, true);
  assert.equal(page.state.settings.stay, 0.2);
  assert.deepEqual(page.types().slice(-3), ["start", "train", "live"]);
});

test("a moving slider of training changes nothing yet", () => {
  const page = makePage([picture("1")]);
  page.actions.change({ key: "lr" }, 0.01, false);
  assert.equal(page.state.draft.lr, 0.01);
  assert.equal(page.state.settings.lr, 0.004);
});

test("another number of things forgets the detector", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  page.actions.addThing();
  assert.deepEqual(page.state.classes, ["mug", "thing 2"]);
  assert.equal(page.state.runs.now.count, 0);
  page.state.pictures[0].labels = { ...labels(1), classes: [1] };
  page.actions.dropThing();
  assert.equal(page.state.classes.length, 2, "a box is one");
});

test("a renamed thing has its name in the detector, too", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.actions.rename(0, "cup");
  const [live] = page.sent.slice(-1);
  assert.deepEqual([live.type, live.classes], ["live", ["cup"]]);
  page.hear({ type: "weights", bytes: new Uint8Array(4) });
  page.actions.rename(0, "pen");
  assert.deepEqual(page.types().slice(-2), ["live", "save"]);
});

test("the detector is asked about a picture that waits", () => {
  const page = makePage([picture("1"), picture("2", 0, false)]);
  page.actions.select("2");
  assert.deepEqual(page.sent, [], "there is none yet");
  page.actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  page.actions.select("2");
  assert.equal(page.sent[page.sent.length - 1].id, "boxes 2");
  page.hear({ type: "found", id: "boxes 2", detections: "these" });
  assert.deepEqual(page.state.proposals, { id: "2", found: "these" });
});

test("a ready picture is asked about when its last box is gone", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  const { length } = page.sent;
  page.actions.select("1");
  page.actions.label(labels(1));
  assert.equal(page.sent.length, length);
  page.actions.label(labels(0));
  assert.equal(page.sent[length].id, "boxes 1");
});

test("frames go one at a time, and a still one once", () => {
  const page = makePage([picture("1")]);
  const pixels = new Uint8ClampedArray(3);
  let shown = pixels;
  page.state.source = { kind: "pictures", frame: () => shown };
  page.actions.sendFrame();
  assert.deepEqual(page.sent, [], "nothing is taught yet");
  page.state.runs.now.count = 8;
  page.actions.sendFrame();
  shown = new Uint8ClampedArray(3);
  page.actions.sendFrame();
  assert.equal(page.sent.length, 1, "the first is not answered yet");
  shown = pixels;
  const detections = {
    boxes: new Float32Array([0, 0, 1, 1]),
    ...{ scores: [0.97], classes: [0], anchors: [7] },
  };
  page.hear({ type: "found", id: "frame 1", detections });
  assert.deepEqual(page.state.shown.scores, [0.97]);
  page.actions.sendFrame();
  assert.equal(page.sent.length, 1, "it shows the same");
  shown = new Uint8ClampedArray(3);
  page.actions.sendFrame();
  assert.equal(page.sent[1].id, "frame 2");
});

test("after a while without a sure box, a good guess is shown, with advice", (t) => {
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  const page = makePage([picture("1")]);
  const { state } = page;
  state.runs.now.count = 8;
  const look = (score, seconds) => {
    now += 1000 * seconds;
    state.source ??= { frame: () => new Uint8ClampedArray(3), close() {} };
    page.actions.sendFrame();
    const detections = {
      boxes: new Float32Array([0, 0, 1, 1]),
      ...{ scores: [score], classes: [0], anchors: [7] },
    };
    page.hear({ type: "found", id: page.sent.pop().id, detections });
    return [isInDoubt(state), /lower “Score to appear”/.test(whyEmpty(state))];
  };
  const [yes, no] = [Array(2).fill(true), Array(2).fill(false)];
  assert.deepEqual(look(0.4, 0), no);
  assert.deepEqual(look(0.4, 2), no, "not long enough");
  assert.deepEqual(look(0.4, 1), yes);
  assert.deepEqual(look(0.95, 1), no, "it is shown");
  assert.deepEqual(look(0.1, 1), no);
  assert.deepEqual(look(0.1, 9), no, "nothing looks like it");
  look(0.4, 1);
  page.actions.close();
  assert.deepEqual(look(0.4, 9), no, "another source");
  state.source.turn = () => "";
  assert.deepEqual(
    look(0.4, 1),
    yes,
    "a still picture is not asked about again",
  );
  page.actions.turn(1);
  assert.equal(isInDoubt(state), false, "another picture");
});

test("what an old run says is not heard", () => {
  const page = makePage([picture("1")]);
  page.actions.begin();
  page.actions.receive({ run: 1, type: "losses", count: 99, seconds: 1 });
  page.actions.receive({ run: 1, type: "samples", pictures: ["old"] });
  assert.equal(page.state.runs.now.count, 0);
  assert.deepEqual(page.state.samples, []);
});

test("a file's detector goes on with the pictures that are there", () => {
  const page = makePage([picture("1")]);
  page.actions.load(new Uint8Array(4));
  page.hear({ type: "loaded", classes: ["cup"] });
  assert.deepEqual(page.state.classes, ["cup"]);
  page.actions.teach();
  assert.deepEqual(page.types(), ["start", "load", "pictures", "train"]);
});
