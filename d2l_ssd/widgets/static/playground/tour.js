/** A tour of 90 seconds: six cards beside what they speak of. */

import { element, note, setText } from "../lib/dom.js";
import { makeButton } from "./controls.js";
import { lastScores } from "./runs.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./actions.js").Actions} Actions */

/**
 * @typedef {(state: State, actions: Actions) => void} Attempt
 *
 * @typedef {object} Stop
 * @property {string} text
 * @property {string} at what lies in the light
 * @property {(state: State) => boolean} [done] goes on by itself
 * @property {Attempt} [enter]
 * @property {Attempt} [leave]
 * @property {[text: string, act: Attempt][]} [tries]
 */

const BUG = "variances";
const PREVIEW = 0.7; // matching threshold

/** @type {Stop[]} */
const STOPS = [
  {
    text: "Press Train.",
    at: ".d2l-pg-train",
    done: ({ runs }) => runs.now.count > 0,
  },
  {
    text: "Boxes settle; faint ones are guesses. Wait until AP50 is over 0.5.",
    at: ".d2l-pg-scenes",
    done: ({ runs }) => (lastScores(runs.now)?.ap50 ?? 0) > 0.5,
  },
  {
    text: "The dashed line is what a network pays that knows nothing. The loss has to leave it.",
    at: ".d2l-pg-title + div",
  },
  {
    text: "Targets: the anchors that must answer for each object. Preview a matching threshold of 0.7: hardly more than one each is left.",
    at: ".d2l-pg-scenes",
    enter: (_, actions) => actions.view("targets"),
    tries: [
      ["Preview 0.7", (state) => preview(state, PREVIEW)],
      ["Back to 0.5", (state) => preview(state, state.settings.iou)],
    ],
    leave(state, actions) {
      state.draft = state.settings;
      actions.view("detections");
    },
  },
  {
    text: "Forget the variances in decoding: the loss does not move, AP falls to 0. Then fix it.",
    at: ".d2l-pg-big",
    tries: [
      ["Forget them", (_, actions) => actions.set({ bug: BUG })],
      ["Fix it", (_, actions) => actions.set({ bug: "" })],
    ],
    leave: ({ settings }, actions) =>
      settings.bug === BUG && actions.set({ bug: "" }),
  },
  {
    text: "The fourth scene is yours: drag a shape. Then choose a mission.",
    at: "[data-scene='3']",
    tries: [["Missions", (_, actions) => actions.open("missions")]],
  },
];

/**
 * @param {State} state
 * @param {number} iou
 */
function preview(state, iou) {
  state.draft = { ...state.settings, iou };
}

/** @param {Pick<import("./extras.js").Tools, "state" | "actions" | "speak" | "update" | "el">} tools */
export function makeTour({ state, actions, speak, update, el }) {
  let at = -1;
  const card = makeCard({
    next: () => go(at + 1),
    end: () => go(STOPS.length),
    attempt(act) {
      act(state, actions);
      update();
    },
  });
  const light = () => STOPS[at] && el.querySelector(STOPS[at].at);
  /** @param {number} to */
  const go = (to) => {
    light()?.classList.remove("d2l-pg-lit");
    STOPS[at]?.leave?.(state, actions);
    at = to in STOPS ? to : -1;
    const stop = STOPS[at];
    card.show(at);
    document.removeEventListener("keydown", escape);
    if (stop) {
      document.addEventListener("keydown", escape);
      stop.enter?.(state, actions);
      light()?.classList.add("d2l-pg-lit");
      speak(stop.text);
    }
    update();
  };
  const escape = (/** @type {KeyboardEvent} */ { key }) => {
    if (key === "Escape") go(STOPS.length);
  };
  return {
    node: card.node,
    start: () => go(0),
    show: () => STOPS[at]?.done?.(state) && go(at + 1),
    close: () => document.removeEventListener("keydown", escape),
  };
}

/**
 * @param {object} actions
 * @param {() => void} actions.next
 * @param {() => void} actions.end
 * @param {(act: Attempt) => void} actions.attempt
 */
function makeCard({ next, end, attempt }) {
  const [text, count] = [element("p"), note()];
  const tries = element("div", { className: "d2l-pg-others" });
  const forward = makeButton("Next", next);
  const buttons = [forward, makeButton("End", end), count];
  const node = element(
    "div",
    { className: "d2l-pg-tour", role: "region", "aria-label": "Tour" },
    text,
    tries,
    element("div", { className: "d2l-pg-others" }, ...buttons),
  );
  node.hidden = true;
  /** @param {number} at */
  const show = (at) => {
    const stop = STOPS[at];
    node.hidden = !stop;
    if (!stop) return;
    setText(text, stop.text);
    setText(count, `${at + 1} of ${STOPS.length}`);
    forward.hidden = at === STOPS.length - 1;
    const made = (stop.tries ?? []).map(([name, act]) =>
      makeButton(name, () => attempt(act)),
    );
    tries.replaceChildren(...made);
  };
  return { node, show };
}
