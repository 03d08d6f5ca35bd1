/** The sheet of settings, made from the table of knobs. */

import { hasSubsets, KNOBS } from "../engine/settings.js";
import { element, heading, note } from "../lib/dom.js";
import { knobText } from "./names.js";

/** @typedef {Omit<import("../engine/settings.js").Knob, "key"> & { key: string }} Knob */

/**
 * @typedef {object} KnobActions
 * @property {(knob: any, value: any, final: boolean) => void} change while a slider
 *   still moves, the change is not final
 *
 * @typedef {object} Control
 * @property {HTMLElement} node
 * @property {(value: any) => void} show
 */

const LOG_STEPS = 100; // of a logarithmic slider

/**
 * Make the sheet: groups in the order of the book.
 *
 * @param {KnobActions} actions
 * @param {Knob[]} [knobs] the playground's if not given
 */
export function makeSheet(actions, knobs = KNOBS) {
  const controls = knobs.map((knob) => {
    const { node, show } = makeControl(knob, actions);
    return { knob, node: frameKnob(knob, node), show };
  });
  const groups = [...new Set(knobs.map(({ group }) => group))].map((group) =>
    element(
      "section",
      { className: "d2l-pg-group", role: "group", "aria-label": group },
      heading(group[0].toUpperCase() + group.slice(1)),
      ...controls
        .filter(({ knob }) => knob.group === group)
        .map(({ node }) => node),
    ),
  );
  /** @type {Record<string, any> | undefined} */
  let shown;
  return {
    node: element("div", { className: "d2l-pg-sheet" }, ...groups),
    /** @param {Record<string, any>} settings */
    show(settings) {
      if (settings === shown) return;
      shown = settings;
      controls.forEach(({ knob, show }) => show(settings[knob.key]));
    },
  };
}

/**
 * @param {Knob} knob
 * @param {HTMLElement} control
 */
function frameKnob({ key, label, help, live }, control) {
  const mark = live
    ? element(
        "span",
        { className: "d2l-pg-mark", title: "changes at once" },
        "●",
      )
    : element("span", { className: "d2l-pg-mark", title: "a new run" }, "⟳");
  const name = element("span", { id: nameId(key) }, label);
  return element(
    "div",
    { className: "d2l-pg-knob", "data-key": key },
    element("div", { className: "d2l-pg-name" }, mark, name),
    control,
    note(help),
  );
}

/** @param {string} key */
function nameId(key) {
  return `d2l-pg-name-${key}`;
}

/**
 * @param {Knob} knob
 * @param {KnobActions} actions
 * @returns {Control}
 */
export function makeControl(knob, actions) {
  const { value, choices } = knob;
  if (typeof value === "boolean") return makeSwitch(knob, actions);
  if (!choices) return makeSlider(knob, actions);
  return hasSubsets(knob)
    ? makeSubset(knob, actions)
    : makeChoice(knob, actions);
}

/**
 * @param {Knob} knob
 * @param {KnobActions} actions
 * @returns {Control}
 */
function makeSwitch(knob, { change }) {
  const input = element("input", {
    ...{ type: "checkbox", "aria-labelledby": nameId(knob.key) },
    onchange: () => change(knob, input.checked, true),
  });
  const text = element("span", {}, "");
  return {
    node: element("label", { className: "d2l-pg-check" }, input, text),
    show(value) {
      input.checked = value;
      text.textContent = value ? "on" : "off";
    },
  };
}

/**
 * @param {Knob} knob
 * @param {KnobActions} actions
 * @returns {Control}
 */
function makeChoice(knob, { change }) {
  const choices = knob.choices ?? [];
  const select = element(
    "select",
    {
      "aria-labelledby": nameId(knob.key),
      onchange: () => change(knob, choices[select.selectedIndex][0], true),
    },
    ...choices.map(([, text]) => element("option", {}, text)),
  );
  return {
    node: select,
    show(value) {
      select.selectedIndex = choices.findIndex(
        ([one]) => String(one) === String(value),
      );
    },
  };
}

/**
 * Check boxes of which one stays on.
 *
 * @param {Knob} knob
 * @param {KnobActions} actions
 * @returns {Control}
 */
function makeSubset(knob, { change }) {
  const choices = knob.choices ?? [];
  const inputs = choices.map(([, text]) =>
    element("input", { type: "checkbox", "aria-label": text }),
  );
  const why = note("The last map stays on: without one, nothing is predicted.");
  why.hidden = true;
  const chosen = () =>
    choices.filter((_, k) => inputs[k].checked).map(([value]) => value);
  inputs.forEach((input) => {
    input.onchange = () => {
      const none = !chosen().length;
      why.hidden = !none;
      if (none) input.checked = true;
      else change(knob, chosen(), true);
    };
  });
  const labels = choices.map(([, text], k) =>
    element("label", { className: "d2l-pg-check" }, inputs[k], text),
  );
  return {
    node: element("div", { className: "d2l-pg-checks" }, ...labels, why),
    show: (value) =>
      choices.forEach(([one], k) => (inputs[k].checked = value.includes(one))),
  };
}

/**
 * A slider with a field for the number, and buttons for fingers.
 *
 * @param {Knob} knob
 * @param {KnobActions} actions
 * @returns {Control}
 */
function makeSlider(knob, { change }) {
  const scale = makeScale(knob);
  const { range: [low, high, step] = [0, 1, 0.1], key } = knob;
  const name = { "aria-labelledby": nameId(key) };
  const slider = element("input", { type: "range", ...scale.slider, ...name });
  const field = element("input", {
    ...{ type: "number", min: low, max: high, step, ...name },
    onchange: () => change(knob, typed(), true),
  });
  const typed = () =>
    // nothing: as it was
    scale.fit(Number(field.value || scale.value(+slider.value)));
  slider.oninput = () => change(knob, scale.value(+slider.value), false);
  slider.onchange = () => change(knob, scale.value(+slider.value), true);
  const nudge = (/** @type {number} */ steps) => () => {
    const place = +slider.value + steps * +(slider.step || 1);
    change(knob, scale.fit(scale.value(place)), true);
  };
  /** @type {(text: string, word: string, steps: number) => HTMLElement} */
  const button = (text, word, steps) =>
    element("button", {
      ...{ type: "button", textContent: text, onclick: nudge(steps) },
      ...{ className: "d2l-button", "aria-label": `${knob.label}: ${word}` },
    });
  const size = scale.slider.step > 1 && knob.logarithmic ? 10 : 1;
  return {
    node: element(
      "div",
      { className: "d2l-pg-slider" },
      button("−", "less", -size),
      slider,
      button("+", "more", size),
      field,
    ),
    show(value) {
      slider.value = String(scale.place(value));
      slider.setAttribute("aria-valuetext", knobText(knob.choices, value));
      field.value = knobText(knob.choices, value);
    },
  };
}

/**
 * The places of a slider, and the values that they stand for.
 *
 * @param {Knob} knob
 */
export function makeScale({ range, logarithmic }) {
  const [low, high, step] = range ?? [0, 1, 0.1];
  /** @param {number} value */
  const fit = (value) => {
    const near = Number.isInteger(step) ? Math.round(value) : value;
    return Number.isFinite(near) ? Math.min(high, Math.max(low, near)) : low;
  };
  if (!logarithmic) {
    const slider = { min: low, max: high, step };
    const value = (/** @type {number} */ place) => Number(place.toPrecision(6));
    return { slider, fit, value, place: (/** @type {number} */ v) => v };
  }
  const ratio = high / low;
  return {
    slider: { min: 0, max: LOG_STEPS, step: 1 },
    fit,
    /** @param {number} place */
    value: (place) =>
      Number((low * ratio ** (place / LOG_STEPS)).toPrecision(2)),
    /** @param {number} value */
    place: (value) => (LOG_STEPS * Math.log(value / low)) / Math.log(ratio),
  };
}
