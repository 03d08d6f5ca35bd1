// The page's end of a session: workers that come, do not come, and die.
import assert from "node:assert/strict";
import test from "node:test";

import { openLink } from "../../../d2l_ssd/widgets/static/lib/link.js";

class Local {
  constructor(post) {
    this.handle = ({ type, run }) => post({ type: `local ${type}`, run });
  }
}

/** Open a link whose workers are looked at. */
function open(t, Worker) {
  const page = { workers: [], heard: [], urls: new Set() };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(URL, "createObjectURL", () => {
    const url = `blob:${page.urls.size}`;
    page.urls.add(url);
    return url;
  });
  t.mock.method(URL, "revokeObjectURL", (url) => page.urls.delete(url));
  globalThis.Worker = class extends Worker {
    constructor(url) {
      super(url);
      page.workers.push(this);
    }
  };
  t.after(() => delete globalThis.Worker);
  const link = openLink("", null, (one) => page.heard.push(one), Local);
  return Object.assign(page, { link });
}

class Quiet {
  told = [];
  isOver = false;
  postMessage = ({ type }) => this.told.push(type);
  terminate = () => (this.isOver = true);
  ready = () => this.onmessage({ data: "ready" });
}

class Forbidden {
  constructor() {
    throw new Error("no");
  }
}

test("what is sent early waits for the worker", (t) => {
  const { link, workers, urls } = open(t, Quiet);
  link.send({ type: "start" });
  assert.deepEqual(workers[0].told, []);
  workers[0].ready();
  link.send({ type: "train" });
  assert.deepEqual(workers[0].told, ["start", "train"]);
  link.close();
  assert.ok(workers[0].isOver);
  assert.equal(urls.size, 0, "the source is let go");
});

for (const [why, Worker, act] of [
  ["may not be", Forbidden, () => {}],
  ["does not come", Quiet, () => {}],
  ["dies at once", Quiet, ([worker]) => worker.onerror()],
]) {
  test(`where a worker ${why}, the page does its work`, (t) => {
    const { link, workers, heard, urls } = open(t, Worker);
    link.send({ type: "start", run: 1 });
    act(workers);
    t.mock.timers.tick(2000);
    assert.deepEqual(heard, [{ type: "local start", run: 1 }]);
    assert.equal(urls.size, 0);
  });
}

test("a worker that dies is replaced, and the page hears of it", (t) => {
  const { link, workers, heard } = open(t, Quiet);
  workers[0].ready();
  link.send({ type: "start", run: 7 });
  workers[0].onerror();
  assert.ok(workers[0].isOver);
  const [{ type, run, lost, sentence }] = heard;
  assert.deepEqual([type, run, lost], ["stopped", 7, true]);
  assert.match(sentence, /start it again/);
  workers[1].ready();
  link.send({ type: "start", run: 8 });
  assert.deepEqual(workers[1].told, ["start"]);
  link.close();
  assert.ok(workers[1].isOver);
});
