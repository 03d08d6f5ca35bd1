/** What the page consists of: a head, three steps, and a screen for each. */

import { element, note, setText } from "../lib/dom.js";
import { makeColors } from "../lib/theme.js";
import { makeButton } from "../playground/controls.js";
import { makePicturesView } from "./pictures_view.js";
import { makeSteps } from "./steps.js";
import { makeTeachView } from "./teach_view.js";
import { makeWatchView } from "./watch_view.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof makeScreens>} Screens */

const MINE = "Teach it a thing of my own";

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} redraw
 * @param {State} state
 */
export function makeScreens(actions, redraw, state) {
  const steps = makeSteps(actions.go);
  const said = makeSaid(actions.dismiss);
  const example = makeExampleNote(actions.leaveExample);
  const pictures = makePicturesView(actions, redraw);
  const teach = makeTeachView(actions, redraw, () => state.classes);
  const watch = makeWatchView(actions, redraw);
  const screens = { pictures, teach, watch };
  for (const [step, { node }] of Object.entries(screens)) {
    node.classList.add("d2l-own-screen");
    node.dataset.screen = step;
  }
  const colors = makeColors();
  const speech = element("div", {
    ...{ className: "d2l-visually-hidden", "aria-live": "polite" },
  });
  return {
    ...{ colors, speech },
    stages: [pictures.stage, ...teach.stages, watch.stage],
    children: [
      makeHead(),
      ...[steps.node, example.node, said.node],
      ...[pictures.node, teach.node, watch.node, speech],
    ],
    /** @param {State} now */
    show(now) {
      steps.show(now);
      said.show(now);
      example.show(now);
      for (const [step, { node }] of Object.entries(screens)) {
        node.hidden = step !== now.step;
      }
      screens[now.step].show(now, colors);
    },
    /** @param {State} now */
    drawSource(now) {
      if (now.step === "watch") watch.draw(now);
      else pictures.draw(now);
    },
  };
}

function makeHead() {
  return element(
    "div",
    { className: "d2l-own-head" },
    element(
      "p",
      { className: "d2l-pg-head" },
      "Teach a detector ",
      element("strong", {}, "one thing of your own"),
      ": twenty pictures, one minute.",
    ),
    note("Your pictures never leave this device."),
  );
}

/**
 * While the example is open: what it is, and the way out.
 *
 * @param {() => void} leave
 */
function makeExampleNote(leave) {
  const text = element("span");
  const own = makeButton("", leave, "d2l-pg-link");
  const node = element("p", { className: "d2l-own-example" }, text, " ", own);
  /** @param {State} state */
  const show = ({ aside, classes }) => {
    node.hidden = !aside;
    setText(text, `Example: a ${classes[0]}, in pictures drawn by this page.`);
    const mine = aside?.pictures.length ? "Back to my pictures" : MINE;
    setText(own, mine);
  };
  return { node, show };
}

/**
 * What the page has to say, until somebody has read it.
 *
 * @param {() => void} dismiss
 */
function makeSaid(dismiss) {
  const text = element("span");
  const cross = makeButton("✕", dismiss, "d2l-pg-close");
  cross.setAttribute("aria-label", "Dismiss");
  const node = element("p", { className: "d2l-own-said" }, text, cross);
  /** @param {State} state */
  const show = ({ said, busy }) => {
    node.hidden = !said && !busy;
    cross.hidden = Boolean(busy);
    setText(text, busy || said);
  };
  return { node, show };
}
