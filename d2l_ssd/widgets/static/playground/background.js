/** Runs in a second session, one after the other, while the page's own goes on. */

import { DEFAULTS } from "../engine/settings.js";
import { runName } from "./names.js";
import { makeRuns } from "./runs.js";

/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("../lib/link.js").Link} Link */
/** @typedef {import("./runs.js").Run} Run */

/**
 * @typedef {object} Batch
 * @property {Settings[]} wanted a run of each, in this order
 * @property {Run[]} runs that have begun
 * @property {boolean} running
 *
 * @typedef {ReturnType<typeof makeBackground>} Background
 */

const UNSEEN = 100; // scenes that AP is measured on

/**
 * @param {(receive: (message: any) => void) => Link} open a session, when it is needed
 * @param {() => void} update runs after each score and at each end
 */
export function makeBackground(open, update) {
  const runs = makeRuns(DEFAULTS, runName);
  /** @type {Link | null} */
  let link = null;
  /** @type {Batch} */
  let batch = { wanted: [], runs: [], running: false };
  const send = (/** @type {any} */ message) => {
    link ??= open(receive);
    link.send({ run: runs.now.number, ...message });
  };
  const next = () => {
    const settings = batch.wanted[batch.runs.length];
    if (!settings) return (batch.running = false);
    runs.begin(settings);
    runs.now.phase = "training";
    batch.runs.push(runs.now);
    send({ type: "start", settings, unseen: UNSEEN });
    send({ type: "train", until: settings.n });
  };
  const receive = (/** @type {any} */ message) => {
    if (!batch.running || !runs.take(message)) return;
    const { type } = message;
    if (type === "finished" || type === "stopped") next();
    else if (type !== "scores") return;
    update();
  };
  const stop = () => {
    if (batch.running) send({ type: "pause" });
    batch.running = false;
  };
  return {
    stop,
    /**
     * Train these, in place of what was begun before.
     *
     * @param {Settings[]} wanted
     */
    start(wanted) {
      stop();
      batch = { wanted, runs: [], running: true };
      next();
      return batch;
    },
    close: () => link?.close(),
  };
}

/**
 * How far a batch is, from 0 to 1.
 *
 * @param {Batch} batch
 */
export function progressOf({ wanted, runs }) {
  const total = wanted.reduce((sum, { n }) => sum + n, 0);
  const done = runs.reduce((sum, run) => {
    const ended = run.phase === "finished" || run.phase === "stopped";
    return sum + (ended ? run.settings.n : run.count);
  }, 0);
  return total ? Math.min(1, done / total) : 1;
}

/** @param {Run} run */
export function isFinished({ phase }) {
  return phase === "finished";
}
