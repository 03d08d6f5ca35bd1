/** The three steps, and what each has come to. */

import { element, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { lastScores } from "../playground/runs.js";
import { readyPictures } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** @type {[id: State["step"], title: string, empty: string][]} */
const STEPS = [
  ["pictures", "Pictures and boxes", "about twenty, of one thing"],
  ["teach", "Teach", "takes a minute"],
  ["watch", "Watch", "live, or in other pictures"],
];

/** @param {(step: State["step"]) => void} go */
export function makeSteps(go) {
  const buttons = STEPS.map(([id, title], k) => {
    const state = element("small");
    const button = element(
      "button",
      {
        ...{ type: "button", className: "d2l-own-step", onclick: () => go(id) },
        "data-step": id,
      },
      element("b", {}, String(k + 1)),
      element("span", {}, title, state),
    );
    return { button, state };
  });
  const node = element(
    "nav",
    { className: "d2l-own-steps", "aria-label": "Steps" },
    ...buttons.map(({ button }) => button),
  );
  let shown = "pictures";
  /** @param {State} state */
  const show = (state) => {
    STEPS.forEach(([id, , empty], k) => {
      const { button, state: text } = buttons[k];
      // What had the focus may be hidden now
      if (id === state.step && id !== shown) button.focus();
      setText(text, TEXTS[id](state) || empty);
      if (id === state.step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    shown = state.step;
  };
  return { node, show };
}

/** @type {Record<State["step"], (state: State) => string>} */
const TEXTS = {
  pictures(state) {
    const [all, ready] = [state.pictures.length, readyPictures(state).length];
    if (!all) return "";
    return ready < all ? `${ready} of ${all} ready` : `${all} ready`;
  },
  teach({ runs: { now } }) {
    if (now.phase === "ready") return "";
    const scores = lastScores(now);
    const ap = scores?.ap50 ? `, AP50 ${formatShare(scores.ap50)}` : "";
    const word = now.phase === "training" ? "" : `${now.phase}, `;
    return `${word}${Math.round(now.seconds)} s${ap}`;
  },
  watch: ({ step, source, fps }) =>
    step === "watch" && source && !source.turn ? `${fps} frames a second` : "",
};
