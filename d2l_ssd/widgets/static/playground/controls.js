/** Buttons that run the training, chips of what is changed, and the views. */

import { DEFAULTS } from "../engine/settings.js";
import { element, note, setLabel, setText } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";
import { changedKeys, shortName } from "./names.js";

/** @typedef {import("../engine/settings.js").Key} Key */
/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("./runs.js").Run} Run */

/**
 * Make a button.
 *
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [className]
 */
export function makeButton(text, onclick, className = "d2l-button") {
  return element("button", { type: "button", onclick, className }, text);
}

/**
 * What the main button does next.
 *
 * @param {Run} run
 */
function trainText({ phase, settings, count }) {
  const n = formatCount(settings.n);
  if (phase === "training") return "Pause";
  if (phase === "finished") return `+ ${n} scenes`;
  if (phase === "paused") return `Continue from ${formatCount(count)}`;
  return phase === "stopped" ? "Restart" : `Train ${n} scenes`;
}

/**
 * @param {object} actions
 * @param {() => void} actions.train
 * @param {() => void} actions.step
 * @param {() => void} actions.restart
 * @param {() => void} actions.another
 */
export function makeRunPanel({ train, step, restart, another }) {
  const main = makeButton("", train, "d2l-pg-train");
  const bar = element("i");
  const state = note("", "d2l-pg-state");
  const others = element(
    "div",
    { className: "d2l-pg-others" },
    makeButton("One step", step),
    makeButton("Restart (same seed)", restart),
    makeButton("Another seed", another),
  );
  const node = element(
    "div",
    { className: "d2l-pg-run" },
    main,
    others,
    element("div", { className: "d2l-pg-progress" }, bar),
    state,
  );
  /** @param {Run} run */
  const show = (run) => {
    const { phase, count, settings, losses, until } = run;
    showTrain(main, run);
    bar.style.width = `${Math.min(100, (100 * count) / until)}%`;
    const speed = losses[losses.length - 1]?.speed ?? 0;
    const last =
      phase === "training"
        ? `${formatCount(Math.round(speed))} per second`
        : `seed ${settings.seed}`;
    const total = formatCount(until);
    setText(
      state,
      `${formatCount(count)} of ${total} scenes trained · ${last}`,
    );
  };
  return { node, show };
}

/**
 * @param {HTMLElement} button
 * @param {Run} run
 */
function showTrain(button, run) {
  setText(button, trainText(run));
  button.dataset.phase = run.phase;
}

/**
 * The bar at the bottom of a phone's screen.
 *
 * @param {() => void} train
 */
export function makePhoneBar(train) {
  const main = makeButton("", train, "d2l-pg-train");
  const score = element("strong");
  const count = element("strong");
  const node = element(
    "div",
    { className: "d2l-pg-bar" },
    main,
    element("span", {}, score, "AP50"),
    element("span", {}, count, "scenes"),
  );
  /**
   * @param {Run} run
   * @param {string} ap50
   */
  const show = (run, ap50) => {
    showTrain(main, run);
    setText(score, ap50);
    setText(count, formatCount(run.count));
  };
  return { node, show };
}

/**
 * Chips of the settings that are changed, each with what sets it back.
 *
 * @param {(settings: Partial<Settings>) => void} set
 */
export function makeChips(set) {
  const list = element("div", {
    ...{ className: "d2l-pg-chips", role: "group" },
    "aria-label": "Changed settings",
  });
  /** @type {Key[]} */
  let keys = [];
  let shown = "?";
  const resetAll = () => set(only(keys));
  const reset = makeButton("Reset all", resetAll, "d2l-pg-link");
  const node = element("div", { className: "d2l-pg-top" }, list, reset);
  /**
   * @param {Settings} settings
   * @param {boolean} hideBug while the reader looks for it
   */
  const show = (settings, hideBug) => {
    keys = changedKeys(settings).filter((key) => !(hideBug && key === "bug"));
    const names = keys.map((key) => shortName(key, settings[key]));
    if (names.join() === shown) return;
    shown = names.join();
    reset.hidden = !keys.length;
    const chips = keys.map((key, k) => makeChip(key, names[k], set));
    list.replaceChildren(
      ...(chips.length ? chips : [note("Baseline settings")]),
    );
  };
  return { node, show };
}

/** @param {Key[]} keys */
function only(keys) {
  return Object.fromEntries(keys.map((key) => [key, DEFAULTS[key]]));
}

/**
 * @param {Key} key
 * @param {string} name
 * @param {(settings: Partial<Settings>) => void} set
 */
function makeChip(key, name, set) {
  const chip = makeButton(`${name} ✕`, () => set(only([key])), "d2l-pg-chip");
  setLabel(chip, `${name}: reset`);
  return chip;
}

/** @type {[id: string, text: string, help: string][]} */
export const VIEWS = [
  ["detections", "Detections", "What the network finds."],
  ["targets", "Targets", "The anchors that must answer for each object."],
  ["input", "Network input", "What the network gets: gray is zero."],
  ["mistakes", "Mistakes", "Right, wrong and missed; arrows show the errors."],
];

/**
 * The view of an address; the first one where there is no such view.
 *
 * @param {Record<string, string>} page
 */
export function viewOf({ view }) {
  return VIEWS.some(([id]) => id === view) ? view : VIEWS[0][0];
}

/**
 * Buttons of which one is pressed.
 *
 * @param {[id: string, text: string, help: string][]} options
 * @param {string} label
 * @param {(id: string) => void} choose
 */
export function makeSegments(options, label, choose) {
  const buttons = options.map(([id, text, help]) => {
    const button = makeButton(text, () => choose(id), "d2l-pg-segment");
    button.title = help;
    return button;
  });
  const node = element(
    "div",
    { className: "d2l-pg-segments", role: "group", "aria-label": label },
    ...buttons,
  );
  /** @param {string} chosen */
  const show = (chosen) =>
    options.forEach(([id], k) =>
      buttons[k].setAttribute("aria-pressed", String(id === chosen)),
    );
  return { node, show };
}
