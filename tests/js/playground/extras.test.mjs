// Missions, games, comparisons and the way to them, without a page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import {
  formatAddress,
  parseAddress,
} from "../../../d2l_ssd/widgets/static/engine/address.js";
import { examine } from "../../../d2l_ssd/widgets/static/engine/examine.js";
import { codeOf } from "../../../d2l_ssd/widgets/static/engine/game.js";
import { LossKeeper } from "../../../d2l_ssd/widgets/static/engine/loss_log.js";
import {
  DEFAULTS,
  KNOBS,
} from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  rememberUnseen,
  Trainer,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import {
  makeBackground,
  progressOf,
} from "../../../d2l_ssd/widgets/static/playground/background.js";
import { otherOf } from "../../../d2l_ssd/widgets/static/playground/compare_picker.js";
import {
  chanceOf,
  luckSentence,
  pairsOf,
  runsOf,
} from "../../../d2l_ssd/widgets/static/playground/luck.js";
import { wantedOf } from "../../../d2l_ssd/widgets/static/playground/missions.js";
import {
  readColumn,
  runsOfRow,
} from "../../../d2l_ssd/widgets/static/playground/outcome.js";
import { runName } from "../../../d2l_ssd/widgets/static/playground/names.js";
import { makeRuns } from "../../../d2l_ssd/widgets/static/playground/runs.js";
import {
  makeDerived,
  makeState,
  pageOfAddress,
} from "../../../d2l_ssd/widgets/static/playground/state.js";
import { simd } from "../engine/kernels_file.mjs";

const STORED = new URL(
  "../../../book/_static/playground_missions.json",
  import.meta.url,
);

/** A background whose session is played by the test. */
function openBackground() {
  const sent = [];
  let receive;
  const background = makeBackground(
    (hear) => {
      receive = hear;
      return { send: (message) => sent.push(message), close() {} };
    },
    () => {},
  );
  const finish = (run, ap50) => {
    receive({ ...{ type: "scores", run, count: 2000, ap50 }, bySize: [] });
    receive({ type: "finished", run, count: 2000, seconds: 1 });
  };
  return { background, sent, finish };
}

const SHORT = { ...DEFAULTS, n: 2000 };

test("runs in the background follow each other, and pair up", () => {
  const { background, sent, finish } = openBackground();
  const comparison = { a: SHORT, b: { ...SHORT, force: false } };
  const batch = background.start(runsOf(comparison, 2));
  assert.deepEqual(
    batch.wanted.map(({ seed, force }) => [seed, force]),
    [
      [1, true],
      [1, false],
      [2, true],
      [2, false],
    ],
  );
  const runs = sent.filter(({ type }) => type === "start");
  assert.deepEqual(
    runs.map(({ settings }) => settings.seed),
    [1],
  );
  const { run } = runs[0];
  [0.6, 0.5, 0.7].forEach((ap50, k) => finish(run + k, ap50));
  assert.equal(progressOf(batch), 0.75);
  assert.deepEqual(pairsOf(batch.runs).a, [0.6]);
  finish(run + 3, 0.7);
  assert.equal(batch.running, false);
  assert.deepEqual(pairsOf(batch.runs).difference, [0.5 - 0.6, 0]);
});

test("the background can be stopped, and an old batch says nothing more", () => {
  const { background, sent, finish } = openBackground();
  const batch = background.start([SHORT, SHORT]);
  const { run } = sent[0];
  background.stop();
  assert.equal(sent.at(-1).type, "pause");
  finish(run, 0.5);
  assert.equal(batch.runs.length, 1);
  assert.equal(batch.runs[0].phase, "training");
});

test("the sign test", () => {
  const all = (n, sign) => Array(n).fill(sign);
  assert.equal(chanceOf(all(10, 1)), 2 / 1024);
  assert.equal(chanceOf([...all(9, -1), 1]), 22 / 1024);
  assert.equal(chanceOf([1, -1]), 1);
  assert.equal(chanceOf(all(3, 0)), 1);
});

test("what a comparison says", () => {
  assert.equal(luckSentence([], 6000), "");
  assert.match(luckSentence([-0.03], 6000), /0\.03 lower\. It says nothing/);
  assert.match(luckSentence([-0.05], 6000), /more than the noise of 0\.04/);
  assert.match(luckSentence([-0.05], 2000), /says nothing.*0\.09/);
  const ten = Array.from({ length: 10 }, (_, k) => 0.001 * (k + 1));
  assert.match(
    luckSentence(ten, 6000),
    /higher in 10 of 10 pairs, by 0\.01 on average \(\+0\.001 to \+0\.010\).*hardly luck/,
  );
  assert.match(luckSentence([0.02, 0.03, 0.01], 6000), /in 25 % .*may be luck/);
});

test("each setting has another value to compare with", () => {
  for (const knob of KNOBS) {
    const other = otherOf(DEFAULTS, knob)[knob.key];
    assert.notEqual(String(other), String(DEFAULTS[knob.key]), knob.key);
    const { settings, problems } = parseAddress(
      formatAddress({ settings: otherOf(DEFAULTS, knob) }),
    );
    assert.deepEqual(problems, []);
    assert.equal(String(settings[knob.key]), String(other));
  }
});

test("a mission's runs are found again below the rows of their settings", () => {
  const { missions } = JSON.parse(readFileSync(STORED, "utf8"));
  assert.equal(missions.length, 15);
  const known = new Set();
  for (const { runs, seeds, table } of missions) {
    const wanted = wantedOf(runs, seeds ?? 1);
    assert.equal(wanted.length, runs.length * (seeds ?? 1));
    const finished = wanted.map((settings) => {
      const all = makeRuns(settings, runName);
      all.take({ ...scores(1, 2000, 0.5), bySize: [0.1, 0.2, 0.3] });
      all.take({ ...scores(1, settings.n, 0.8), bySize: [0.1, 0.2, 0.3] });
      all.take({ type: "finished", run: 1, count: settings.n, seconds: 1 });
      return all.now;
    });
    const own = table.rows.flatMap(({ address }) =>
      runsOfRow(finished, address),
    );
    assert.ok(own.length > 0, runs.join());
    for (const column of table.columns) {
      if (Number.isFinite(readColumn(own[0], column))) known.add(column);
    }
  }
  for (const name of ["AP50", "AP75", "COCO AP", "AP50, small"]) {
    assert.ok(known.has(name), name);
  }
  assert.ok(known.has("AP50 after 2,000 scenes"));
});

function scores(run, count, ap50) {
  const others = { ap75: 0.5, ap: 0.4, boxes: 2 };
  return { type: "scores", run, count, ap50, ...others };
}

test("neither a run's name nor the address tells a hidden bug", () => {
  const state = makeState({ bug: "variances", seed: 4 });
  state.secret = true;
  state.runs.begin(state.settings, state.secret);
  assert.equal(state.runs.now.name, "a hidden bug, seed 4");
  const page = pageOfAddress(state);
  assert.equal(page.game, codeOf("variances", 4));
  assert.doesNotMatch(JSON.stringify(page), /variances/);
  state.secret = false;
  assert.equal(pageOfAddress(state).game, "");
});

test("the line of knowing nothing does not tell a hidden bug", () => {
  const state = makeState({ bug: "collapsed" });
  const { level } = makeDerived(state);
  assert.ok(level() < 2.3);
  state.secret = true;
  assert.equal(level().toFixed(2), "3.35");
});

test("diagnostics are measured when they are asked for", () => {
  const settings = { ...DEFAULTS, bug: "logits" };
  const trainer = new Trainer(settings, simd);
  const keeper = new LossKeeper();
  for (let k = 0; k < 70; k++) keeper.add(trainer.step());
  const scenes = rememberUnseen("ordinary", 20);
  const subject = { trainer, log: keeper.log, scenes };
  const symptoms = examine(subject, simd, ["first", "picture"]);
  assert.ok(symptoms.firstClassLoss > 3);
  assert.ok("maxScore" in symptoms);
  assert.equal("heartAp" in symptoms, false);
  assert.equal(rememberUnseen("ordinary", 20), scenes);
});
