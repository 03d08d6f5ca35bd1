/** What two runs differ by: a setting, and its value on either side. */

import { hasSubsets, KNOBS } from "../engine/settings.js";
import { column, element, note, setText } from "../lib/dom.js";
import { makeControl } from "./knobs.js";
import { changedKeys, shortName } from "./names.js";

/** @typedef {import("./luck.js").Comparison} Comparison */
/** @typedef {import("../engine/settings.js").Key} Key */
/** @typedef {import("../engine/settings.js").Knob} Knob */
/** @typedef {import("../engine/settings.js").Settings} Settings */

const SIDES = /** @type {const} */ (["a", "b"]);
const PICKED = KNOBS.filter(({ key }) => key !== "seed" && key !== "n");

/**
 * @param {import("./state.js").State} state
 * @param {() => void} changed
 */
export function makePicker(state, changed) {
  const choose = makeChoice((key) => {
    const knob = PICKED.find((one) => one.key === key);
    const a = { ...state.settings };
    if (state.secret) a.bug = ""; // two runs would tell it
    state.comparison = knob ? { a, b: otherOf(a, knob) } : null;
    changed();
  });
  const sides = element("div", { className: "d2l-pg-sides" });
  const names = note();
  let key = "";
  /** @type {ReturnType<typeof makeSide>[]} */
  let both = [];
  const show = () => {
    const { comparison } = state;
    const keys = comparison ? changedKeys(comparison.b, comparison.a) : [];
    const next = keys.length || !comparison ? keys.join() : key;
    if (next !== key) {
      key = next;
      const knobs = PICKED.filter((knob) => knob.key === key);
      both = knobs.flatMap((knob) =>
        SIDES.map((side) => makeSide(state, side, knob, changed)),
      );
      sides.replaceChildren(...both.map(({ node }) => node));
    }
    choose.value = both.length ? key : "";
    both.forEach((side) => comparison && side.show(comparison));
    setText(names, comparison ? namesOf(comparison, keys) : "");
  };
  return { node: column(choose, sides, names), show };
}

/** @param {(key: string) => void} pick */
function makeChoice(pick) {
  const options = PICKED.map(({ key, label }) =>
    element("option", { value: key }, label),
  );
  const choose = element(
    "select",
    { "aria-label": "What differs", onchange: () => pick(choose.value) },
    element("option", { value: "" }, "Choose what differs …"),
    ...options,
  );
  return choose;
}

/**
 * @param {Comparison} comparison
 * @param {Key[]} keys that differ
 */
function namesOf({ a, b }, keys) {
  if (!keys.length) return "A and B are the same.";
  const [nameA, nameB] = [a, b].map((settings) =>
    keys.map((key) => shortName(key, settings[key])).join(", "),
  );
  return `A: ${nameA}. B: ${nameB}. Everything else is as in the chips above the scenes.`;
}

/**
 * @param {Settings} settings
 * @param {Knob} knob
 */
export function otherOf(settings, knob) {
  const { key, value, choices, range } = knob;
  const now = settings[key];
  const others =
    typeof value === "boolean"
      ? [!now]
      : hasSubsets(knob)
        ? [[12, 6]]
        : (choices?.map(([one]) => one) ?? range ?? []);
  const other = others.find((one) => String(one) !== String(now));
  return { ...settings, [key]: other };
}

/**
 * @param {import("./state.js").State} state
 * @param {"a" | "b"} side
 * @param {Knob} knob
 * @param {() => void} changed
 */
function makeSide(state, side, knob, changed) {
  const name = side.toUpperCase();
  const { node, show } = makeControl(knob, {
    change({ key }, value) {
      const { comparison } = state;
      if (!comparison) return;
      const settings = { ...comparison[side], [key]: value };
      state.comparison = { ...comparison, [side]: settings };
      changed();
    },
  });
  return {
    node: element(
      "div",
      { role: "group", "aria-label": name },
      element("b", {}, name),
      node,
    ),
    show: (/** @type {Comparison} */ both) => show(both[side][knob.key]),
  };
}
