/** The runs of a page: what they said, and which one is compared with. */

/** @typedef {import("../engine/scores.js").Scores & { count: number }} ScorePoint */
/** @typedef {import("../engine/settings.js").Settings} Settings */

/**
 * @typedef {object} LossPoint
 * @property {number} count of scenes
 * @property {number} classLoss
 * @property {number} boxLoss
 * @property {number} speed
 *
 * @typedef {object} Run
 * @property {number} number
 * @property {Settings} settings
 * @property {string} name
 * @property {number} count of scenes trained
 * @property {number} until so many scenes it trains
 * @property {number} seconds
 * @property {LossPoint[]} losses
 * @property {ScorePoint[]} scores
 * @property {{ count: number, text: string }[]} marks what was changed on the way
 * @property {"ready" | "training" | "paused" | "finished" | "stopped"} phase
 * @property {string} trouble
 *
 * @typedef {ReturnType<typeof makeRuns>} Runs
 */

const MOST = 5; // that are kept besides the one of now

/**
 * @param {Settings} settings
 * @param {number} number
 * @param {string} name
 * @returns {Run}
 */
function makeRun(settings, number, name) {
  return {
    ...{ number, settings, name, count: 0, seconds: 0 },
    ...{ losses: [], scores: [], marks: [], phase: "ready", trouble: "" },
    until: settings.n,
  };
}

/**
 * Keep the runs of a page. Runs are numbered, so that what an old one still has to say
 * when a new one has begun is not taken for the new one's.
 *
 * @param {Settings} settings of the first
 * @param {(settings: Settings) => string} nameOf
 */
export function makeRuns(settings, nameOf) {
  const runs = {
    now: makeRun(settings, 1, nameOf(settings)),
    /** @type {Run[]} the newest first */
    past: [],
    /** @type {Run | null} drawn in gray */
    compared: null,
    /**
     * @param {Settings} next
     * @param {boolean} [secret] whether the name must not tell the bug
     */
    begin(next, secret = false) {
      const old = runs.now;
      if (old.scores.length) {
        runs.past = [old, ...runs.past].slice(0, MOST);
        runs.compared = old;
      }
      runs.now = makeRun(next, old.number + 1, nameOf(next));
      if (secret) runs.now.name = `a hidden bug, seed ${next.seed}`;
    },
    /**
     * Take a message of a session; false if it is of another run.
     *
     * @param {any} message
     */
    take(message) {
      if (message.run !== runs.now.number) return false;
      TAKERS[message.type]?.(runs.now, message);
      return true;
    },
    /** @param {string} text what is changed while it trains */
    mark(text) {
      const { count, marks } = runs.now;
      if (count) marks.push({ count, text });
    },
  };
  return runs;
}

/** @type {Record<string, (run: Run, message: any) => void>} */
const TAKERS = {
  losses(run, message) {
    run.count = message.count;
    run.losses.push(message);
  },
  scores(run, message) {
    run.count = Math.max(run.count, message.count);
    const last = run.scores[run.scores.length - 1];
    if (last?.count === message.count) run.scores.pop(); // settings changed
    run.scores.push(message);
  },
  paused: (run, message) => end(run, message, run.phase), // the page has said it
  finished: (run, message) => end(run, message, "finished"),
  stopped(run, message) {
    end(run, message, "stopped");
    run.trouble = message.sentence;
  },
};

/**
 * @param {Run} run
 * @param {any} message
 * @param {Run["phase"]} phase
 */
function end(run, message, phase) {
  run.phase = phase;
  run.count = message.count ?? run.count; // a worker that died does not tell
  run.seconds = message.seconds ?? run.seconds;
}

/**
 * The last scores of a run, if it has any.
 *
 * @param {Run | null} run
 * @returns {ScorePoint | undefined}
 */
export function lastScores(run) {
  return run?.scores[run.scores.length - 1];
}

/**
 * Scores of a run at a number of scenes.
 *
 * @param {Run | null} run
 * @param {number} count
 */
export function scoresAt(run, count) {
  return run?.scores.find((point) => point.count === count);
}

/**
 * The confidence loss of the last so many scenes.
 *
 * @param {Run} run
 * @param {number} scenes
 */
export function recentLoss(run, scenes = 500) {
  const recent = run.losses.filter(({ count }) => count > run.count - scenes);
  const sum = recent.reduce((total, { classLoss }) => total + classLoss, 0);
  return recent.length ? sum / recent.length : NaN;
}
