/** What changes settings, at once or with a new run. */

import { DEFAULTS } from "../engine/settings.js";
import { changedKeys, kindOfChange, shortName } from "./names.js";
import { changeSentence } from "./sentences.js";

/** @typedef {import("../engine/settings.js").Knob} Knob */
/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("./actions.js").Context} Context */

const ANCHOR_GROUPS = ["anchors", "feature maps"];
const OVER_MS = 1500; // so long anchors stay over a scene

/**
 * @param {Context} context
 * @param {() => void} restart
 */
export function makeSettingActions(context, restart) {
  const { state, update, changed } = context;
  const showAnchors = makeAnchorsOver(context);
  /** @param {Partial<Settings>} values */
  const set = (values) => {
    setAll(context, values, restart);
    changed();
    update();
  };
  return {
    set,
    reset: () => set(DEFAULTS),
    /**
     * @param {Knob} knob
     * @param {any} value
     * @param {boolean} final false while a slider moves
     */
    change(knob, value, final) {
      if (ANCHOR_GROUPS.includes(knob.group)) showAnchors();
      if (final || knob.live) return set({ [knob.key]: value });
      state.draft = { ...state.settings, [knob.key]: value };
      update();
    },
    /** @param {boolean} on */
    apply(on) {
      state.apply = on;
    },
  };
}

/**
 * @param {Context} context
 * @param {Partial<Settings>} values
 * @param {() => void} restart
 */
function setAll({ state, send, speak, derived }, values, restart) {
  const from = state.settings;
  const to = { ...from, ...values };
  const kind = kindOfChange(from, to);
  const { now } = state.runs;
  state.settings = state.draft = to;
  state.said = state.chapter = "";
  if (from.n !== to.n && now.count < to.n) now.until = to.n;
  const forced = kind === "training" && state.apply && now.count > 0;
  const names = changedKeys(to, from).map((key) => shortName(key, to[key]));
  if (kind === "live" || forced) {
    now.settings = { ...now.settings, ...values };
    if (forced || "bug" in values) state.runs.mark(names.join(", "));
    send({ type: forced ? "apply" : "live", settings: to });
  } else if (kind !== "none") {
    speak(changeSentence(names, derived.counts(), now.count > 0));
    restart();
  }
}

/**
 * Make what lays anchors over a scene for a while.
 *
 * @param {Context} context
 */
function makeAnchorsOver({ state, update }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    state.anchorsOver = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.anchorsOver = false;
      update();
    }, OVER_MS);
  };
}
