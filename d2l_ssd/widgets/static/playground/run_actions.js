/** What starts, stops and repeats a run. */

import { startSentence } from "./sentences.js";

/** @param {import("./actions.js").Context} context */
export function makeRunActions(context) {
  const { state, send, update, changed } = context;
  const goOn = () => send({ type: "train", until: state.runs.now.until });
  const go = () => startTraining(context, goOn);
  const restart = () => {
    const again = state.runs.now.count > 0;
    begin(context);
    if (again) go();
  };
  const train = () => {
    const { phase } = state.runs.now;
    if (phase === "training") {
      state.runs.now.phase = "paused";
      send({ type: "pause" });
    } else if (phase === "stopped") restart();
    else go();
    update();
  };
  return {
    go,
    goOn,
    train,
    restart,
    step() {
      const { phase } = state.runs.now;
      if (phase === "training") train();
      else if (phase === "ready") state.runs.now.phase = "paused";
      send({ type: "step" });
    },
    another() {
      state.settings = { ...state.settings, seed: state.settings.seed + 1 };
      state.draft = state.settings;
      restart();
      changed();
    },
  };
}

/**
 * Begin a new run, which does not train yet.
 *
 * @param {import("./actions.js").Context} context
 */
function begin({ state, send, update, unseen }) {
  state.runs.begin({ ...state.settings }, state.secret);
  state.found = state.found.map(() => null);
  state.inside = state.selected = null;
  state.said = state.chapter = "";
  send({ type: "start", settings: state.settings, unseen, own: state.own });
  update();
}

/**
 * @param {import("./actions.js").Context} context
 * @param {() => void} goOn
 */
function startTraining({ state, speak, update }, goOn) {
  const { now } = state.runs;
  if (now.phase === "ready") speak(startSentence(now));
  if (now.phase === "finished") now.until = now.count + state.settings.n;
  now.phase = "training";
  state.said = state.chapter = "";
  goOn();
  update();
}
