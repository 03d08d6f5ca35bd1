/** What LiveDetector says and how its controls stand. */

import { setLabel, setText } from "../lib/dom.js";
import { fallOf } from "./chart.js";
import { foundOf, nowOf, questionOf, statusOf, verdictOf } from "./texts.js";

/** @typedef {import("./chart.js").Measured} Measured */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @typedef {object} Shown
 * @property {State} state
 * @property {Finding} finding
 * @property {Network} network
 * @property {Measured[]} curve as recorded
 * @property {Measured | null} now of the target
 * @property {string} target its name
 * @property {boolean} isOwn whether the reader's own picture is shown
 * @property {string} trouble with the reader's own picture
 */

/**
 * @param {Parts} parts
 * @param {Shown} shown
 */
export function showTexts(parts, shown) {
  const { state, finding, network, curve, now, target, trouble } = shown;
  const verdict = state.shown
    ? verdictOf(target, state.guess, fallOf(curve))
    : questionOf(target);
  const found = foundOf(finding);
  const status = statusOf(network, performance.now(), finding.source);
  setText(parts.verdict, verdict);
  const measured = nowOf(target, now);
  setText(parts.now, measured);
  setLabel(parts.picture.canvas, found);
  setLabel(parts.chart.canvas, `Score by hidden share. ${measured}`);
  setText(parts.said, trouble || found);
  setText(parts.status, status);
  const news = network.phase === "ready" ? "" : status; // else it is a rate
  parts.live.announce([trouble || found, measured, news].join(" ").trim());
}

/**
 * @param {Parts} parts
 * @param {Shown} shown
 */
export function showControls(parts, { state, network, finding, isOwn }) {
  const { phase, loaded, total } = network;
  const one = state.objects[state.selected];
  const { activeElement } = document;
  setRange(parts.guess, state.guess, `${Math.round(100 * state.guess)} %`);
  setRange(parts.step, state.step, "");
  setRange(parts.size, one.size, one.size.toFixed(2));
  setRange(parts.angle, one.angle, `${Math.round(one.angle)}°`);
  parts.guess.input.disabled = parts.reveal.hidden = state.shown;
  parts.step.input.disabled = !state.shown || isOwn;
  parts.progress.hidden = phase !== "loading";
  if (total) parts.progress.value = loaded / total;
  else parts.progress.removeAttribute("value");
  parts.load.hidden = phase === "ready" || phase === "impossible";
  parts.load.disabled = phase === "loading";
  if (phase === "failed") rename(parts.load, "Try again");
  parts.objects.forEach((button, k) => {
    button.setAttribute("aria-pressed", String(k === state.selected));
    button.disabled = isOwn;
  });
  rename(parts.hide, one.hidden ? "Show" : "Hide");
  for (const button of [parts.hide, parts.front, parts.back]) {
    button.disabled = isOwn;
  }
  for (const { input } of [parts.size, parts.angle]) input.disabled = isOwn;
  parts.own.leave.hidden = !isOwn;
  parts.own.choose.disabled = phase !== "ready";
  // Where the focus was on a button that is gone
  if (activeElement === parts.reveal && state.shown) parts.step.input.focus();
  if (activeElement === parts.load && phase === "ready")
    parts.frame.focus({ preventScroll: true });
  const few = finding.found.scores.length < 2;
  parts.previousBox.disabled = parts.nextBox.disabled = few;
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 */
function rename(button, text) {
  setText(button, text);
  setLabel(button, text);
}

/**
 * @param {{ input: HTMLInputElement, value: HTMLOutputElement }} range
 * @param {number} number
 * @param {string} text
 */
function setRange({ input, value }, number, text) {
  if (Number(input.value) !== number) input.value = String(number);
  setText(value, text);
}
