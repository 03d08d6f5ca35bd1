// What becomes of the detector: files, the example, steps, reloads.
import assert from "node:assert/strict";
import test from "node:test";

import { makePage, picture } from "./page.mjs";

const labels = (count) => picture("", count).labels;

test("own pictures do not get the example's detector", () => {
  const page = makePage([picture("1")], ["duck"]);
  const { state, actions } = page;
  state.aside = { pictures: [], classes: ["mug"] };
  actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  page.hear({ type: "weights", bytes: new Uint8Array(4) });
  const { number } = state.runs.now;
  actions.add([]);
  assert.equal(state.runs.now.number, number, "a file that is no picture");
  actions.add([picture("2", 0, false)]);
  assert.equal(page.types().pop(), "pause");
  assert.deepEqual(state.classes, ["mug"]);
  assert.deepEqual([state.runs.now.count, state.weights], [0, null]);
  assert.equal(state.aside, null);
});

test("the example waits while pictures are read", async () => {
  const { actions, state, sent } = makePage();
  state.busy = "Reading picture 1 of 12 …";
  await actions.tryExample();
  assert.deepEqual([state.aside, state.pictures, sent], [null, [], []]);
});

test("Python hears of each change of the boxes", () => {
  const page = makePage([picture("1", 1, false), picture("2")]);
  const { actions } = page;
  const does = (act) => {
    page.changes = 0;
    act();
    return page.changes > 0;
  };
  actions.select("1");
  assert.ok(does(() => actions.label(labels(1))));
  assert.ok(does(() => actions.confirm()));
  assert.ok(
    does(() => actions.remove()),
    "remove",
  );
  assert.ok(
    does(() => actions.clear()),
    "clear",
  );
});

test("a file's detector takes the place of what was saved", () => {
  const page = makePage([picture("1")]);
  const { actions, state } = page;
  actions.begin();
  page.hear({ type: "weights", bytes: new Uint8Array([1]) });
  actions.load(new Uint8Array([2]));
  actions.load(new Uint8Array([3]));
  page.hear({ type: "refused", sentence: "no" });
  assert.deepEqual([...state.weights], [1]);
  page.changes = page.kept.length = 0;
  page.hear({ type: "loaded", classes: ["cup"] });
  assert.deepEqual([...state.weights], [3]);
  assert.ok(page.changes > 0);
  assert.deepEqual(page.kept.map(String), ["names,"]);
});

test("a training that was lost can be started again", () => {
  const page = makePage([picture("1")]);
  const { actions, state } = page;
  actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  page.hear({ type: "stopped", lost: true, sentence: "It ended." });
  assert.deepEqual(
    [state.said, state.runs.now.phase, state.runs.now.count],
    ["It ended.", "stopped", 80],
  );
  actions.load(new Uint8Array(4));
  assert.deepEqual(page.types().slice(-2), ["start", "load"]);
  page.hear({ type: "stopped", lost: true, sentence: "It ended." });
  actions.teach();
  assert.deepEqual(page.types().slice(-2), ["start", "train"]);
});

test("the detector is kept as it learns, and comes back", () => {
  const page = makePage([picture("1")]);
  const { actions, state, kept } = page;
  actions.begin();
  for (let k = 1; k < 6; k++) {
    page.hear({ type: "scores", count: 80 * k, seconds: 2 * k, ap50: 0.1 });
  }
  assert.equal(page.types().filter((type) => type === "save").length, 1);
  actions.teach();
  assert.deepEqual(page.types().slice(-2), ["pause", "save"]);
  page.hear({ type: "weights", bytes: new Uint8Array([1]) });
  assert.deepEqual(kept.pop(), ["names", undefined]);

  const next = makePage([picture("1")]);
  next.actions.comeBack({ weights: new Uint8Array([1]), small: true });
  const [start, load] = next.sent;
  assert.deepEqual([start.settings.small, load.type], [true, "load"]);
  next.hear({ type: "loaded", classes: ["mug"] });
  assert.ok(next.state.loaded);
  assert.equal(next.state.said, "", "it is no file's");
  assert.ok(state.weights);
});

test("after the example, the reader's own detector is back", async () => {
  const page = makePage([picture("1")]);
  const { actions, state } = page;
  state.weights = new Uint8Array([7]);
  await actions.tryExample();
  assert.equal(state.weights, null);
  actions.leaveExample();
  assert.deepEqual(page.types().slice(-2), ["start", "load"]);
  assert.deepEqual([...page.sent.pop().bytes], [7]);
  assert.deepEqual([state.classes, state.pictures.length], [["mug"], 1]);
});

test("“Teach” goes on where training is paused, or has finished", () => {
  const page = makePage([picture("1")]);
  const { actions, state } = page;
  actions.begin();
  actions.begin();
  assert.equal(state.runs.now.phase, "training", "it does not pause");
  actions.teach();
  actions.go("pictures");
  actions.begin();
  assert.equal(page.types().pop(), "train");
  page.hear({ type: "finished", count: 800, seconds: 60 });
  actions.go("pictures");
  actions.begin();
  assert.equal(page.sent.pop().until, 120);
});

test("what was said is over on another step", () => {
  const { actions, state } = makePage([picture("1")]);
  state.said = "This is not a safetensors file.";
  actions.go("pictures");
  assert.ok(state.said, "it is the same step");
  actions.go("watch");
  assert.equal(state.said, "");
});

test("when all is deleted, the names and the camera are, too", () => {
  const { actions, state } = makePage([picture("1")], ["mug", "pen"]);
  let isOpen = true;
  state.source = { kind: "camera", close: () => (isOpen = false) };
  actions.clear();
  assert.deepEqual([state.pictures, state.classes], [[], ["thing"]]);
  assert.deepEqual([isOpen, state.source], [false, null]);
});
