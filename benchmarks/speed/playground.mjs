// Time how fast the playground's detector learns, without a page.
//
//   node benchmarks/speed/playground.mjs [--seeds 10] [--scenes 12000] [--plain]
//
// Trains each seed and measures AP50 on 100 unseen scenes every 500, as the page
// does; prints after how many scenes and seconds it passes .5, .8 and .9, scenes per
// second (measuring included), and AP50 and AP75 at the end on 400 other scenes. The
// seconds end at the last scene; `CPU` are those that the process had. Exits with 1
// if the mean AP50 is under .93 by more than the noise of ten seeds' mean, or if no
// seed needed less than a second of CPU for 900 scenes: a busy machine takes away
// time, and may slow down some seeds, not all. `--plain` is without SIMD, and has no
// goal.
import { readFileSync } from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";

import { compileKernels } from "../../d2l_ssd/widgets/static/engine/kernels.js";
import { DEFAULTS } from "../../d2l_ssd/widgets/static/engine/settings.js";
import {
  Trainer,
  unseenScenes,
} from "../../d2l_ssd/widgets/static/engine/trainer.js";

const KERNELS = "../../d2l_ssd/widgets/static/dist/kernels.wasm";
const GOALS = [0.5, 0.8, 0.9];
const EVERY = 500; // scenes
const [AP50, AP50_NOISE, SPEED, FULL_RUN] = [0.93, 0.005, 900, 12000];

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    scenes: { type: "string", default: `${FULL_RUN}` },
    plain: { type: "boolean", default: false },
  },
});
const [seeds, scenes] = [Number(options.seeds), Number(options.scenes)];
const bytes = readFileSync(new URL(KERNELS, import.meta.url));
const kernels = options.plain ? null : compileKernels(bytes);
const watched = unseenScenes("ordinary", 100);
const others = unseenScenes("ordinary", 400, 1000);

/** Train one seed; say when it passed the goals. */
function time(seed) {
  const trainer = new Trainer({ ...DEFAULTS, seed }, kernels);
  const passed = new Map();
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const seconds = () => (performance.now() - begin) / 1000;
  for (let next = EVERY; trainer.count < scenes;) {
    trainer.step();
    if (trainer.count < next) continue;
    next += EVERY;
    const { ap50 } = trainer.evaluate(watched);
    for (const goal of GOALS) {
      if (ap50 < goal || passed.has(goal)) continue;
      passed.set(goal, { scenes: trainer.count, seconds: seconds() });
    }
  }
  const total = seconds();
  const { user, system } = process.cpuUsage(cpu);
  const { ap50, ap75 } = trainer.evaluate(others);
  const speed = trainer.count / total;
  return { passed, total, cpu: (user + system) / 1e6, speed, ap50, ap75 };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const HEAD = ["seed", ...GOALS, "scenes/s", "CPU", "AP50", "AP75", "load"];

function line(cells) {
  const widths = [4, 13, 13, 13, 8, 7, 5, 5, 5];
  console.log(cells.map((cell, k) => `${cell}`.padStart(widths[k])).join(" "));
}

function printRow(name, run) {
  const goals = GOALS.map((goal) => {
    const { scenes, seconds } = run.passed.get(goal) ?? {};
    return scenes ? `${Math.round(scenes)}, ${seconds.toFixed(1)} s` : "never";
  });
  line([
    ...[name, ...goals, run.speed.toFixed(0), `${run.cpu.toFixed(1)} s`],
    ...[run.ap50.toFixed(3), run.ap75.toFixed(3), os.loadavg()[0].toFixed(1)],
  ]);
}

/** The mean of all seeds; of a goal only where all of them passed it. */
function meanOf(runs) {
  const passed = new Map();
  for (const goal of GOALS) {
    const all = runs.map((run) => run.passed.get(goal));
    if (!all.every(Boolean)) continue;
    const meanScenes = mean(all.map(({ scenes }) => scenes));
    const seconds = mean(all.map((one) => one.seconds));
    passed.set(goal, { scenes: meanScenes, seconds });
  }
  const names = ["total", "cpu", "speed", "ap50", "ap75"];
  const means = names.map((name) => [name, mean(runs.map((run) => run[name]))]);
  return { ...Object.fromEntries(means), passed };
}

console.log(
  `${scenes} scenes, ${kernels ? "SIMD" : "plain"} kernels; AP50 over`,
);
line(HEAD);
const runs = [];
for (let seed = 1; seed <= seeds; seed++) {
  runs.push(time(seed));
  printRow(seed, runs.at(-1));
}
const all = meanOf(runs);
printRow("mean", all);
if (kernels && scenes === FULL_RUN) {
  const problems = [];
  if (all.ap50 < AP50 - AP50_NOISE) problems.push(`mean AP50 is under ${AP50}`);
  const best = Math.max(...runs.map(({ cpu }) => scenes / cpu));
  if (best < SPEED)
    problems.push(`${SPEED} scenes took a second of CPU or more`);
  for (const problem of problems) console.log(`error: ${problem}`);
  process.exitCode = Number(problems.length > 0);
}
