/** Missions: a prediction first, then runs, then what many seeds say. */

import { formatSettings, parseAddress } from "../engine/address.js";
import { column, element, heading, note, setText } from "../lib/dom.js";
import { isFinished, progressOf } from "./background.js";
import { makeButton } from "./controls.js";
import { makeOutcome } from "./outcome.js";
import { chapterOf, trainOn, visit } from "./visit.js";

/** @typedef {import("./outcome.js").Stored} Stored */
/** @typedef {import("./runs.js").Run} Run */
/** @typedef {import("../engine/settings.js").Settings} Settings */

const FILE = "_static/playground_missions.json"; // from the book's root
const NO_IDEA = "I don’t know";

/** @param {import("./extras.js").Tools} given */
export function makeMissions(given) {
  const { state, actions, background, changed, update, el } = given;
  const wait = note("Loading the missions …");
  const node = element("div", { className: "d2l-side" }, wait);
  /** @type {Stored[] | null} */
  let missions = null;
  let [asked, shown] = [false, "?"];
  /** @type {ReturnType<typeof makeCard> | null} */
  let card = null;
  const choose = (/** @type {string} */ id) => {
    state.mission = id;
    changed(true);
    update();
  };
  const load = async () => {
    asked = true;
    try {
      const { content_root: root = "" } = document.documentElement.dataset;
      const answer = await fetch(new URL(root + FILE, document.baseURI));
      missions = (await answer.json()).missions;
      update();
    } catch {
      setText(wait, "The missions are on the book’s own page.");
    }
  };
  const show = () => {
    if (!asked) load();
    if (!missions) return;
    if (shown !== state.mission) {
      const before = shown;
      shown = state.mission;
      const mission = missions.find(({ id }) => id === shown);
      const tools = { state, actions, background, update, el };
      card = mission ? makeCard(mission, tools, () => choose("")) : null;
      node.replaceChildren(card?.node ?? makeList(missions, choose));
      if (before !== "?") card?.focus();
    }
    card?.show();
  };
  return { node, show };
}

/**
 * @param {Stored[]} missions
 * @param {(id: string) => void} choose
 */
function makeList(missions, choose) {
  return element(
    "div",
    { className: "d2l-side" },
    note("A question, your prediction, a run, and what many seeds say."),
    element(
      "div",
      { className: "d2l-pg-list" },
      ...missions.map(({ id, title, topic, seconds }) => {
        const small = element("small", {}, `${topic} · about ${seconds} s`);
        const button = makeButton("", () => choose(id), "d2l-pg-item");
        button.append(title, small);
        return button;
      }),
    ),
  );
}

/**
 * @param {Stored} mission
 * @param {Pick<import("./extras.js").Tools, "state" | "actions" | "background" | "update" | "el">} tools
 * @param {() => void} leave
 */
function makeCard(mission, tools, leave) {
  const { update } = tools;
  const { title, topic, question, seconds } = mission;
  const asked = makeQuestion(mission, () => update());
  const work = makeWork(mission, tools);
  const outcome = makeOutcome(mission, (address) => goOn(tools, address));
  const name = Object.assign(heading(title), { tabIndex: -1 });
  const href = chapterOf(topic);
  const link = { className: "d2l-pg-link" };
  const about = element("a", href ? { ...link, href } : link, topic);
  let phase = "predict";
  const go = makeButton("", () => {
    if (phase === "predict") asked.lock();
    else work.run();
    phase = phase === "predict" ? "locked" : "run";
    update();
  });
  const now = note();
  const back = makeButton("All missions", leave, "d2l-pg-link");
  const row = { className: "d2l-pg-others" };
  const node = column(
    element("div", row, name, about, back),
    ...[element("p", {}, question), asked.node],
    ...[element("div", row, go, now), outcome.node],
  );
  node.classList.add("d2l-pg-card");
  const show = () => {
    go.disabled = phase === "predict" && !asked.chosen().length;
    go.hidden = phase === "run";
    const locked = phase === "locked";
    setText(go, locked ? `Run (about ${seconds} s)` : "Lock in my prediction");
    setText(now, phase === "run" ? work.say() : "");
    outcome.node.hidden = phase !== "run" || !work.hasEnded();
    if (!outcome.node.hidden) outcome.show(asked.chosen(), work.runs());
  };
  return { node, show, focus: () => name.focus({ preventScroll: true }) };
}

/**
 * Try what a mission leads to; what changes is on the first screen.
 *
 * @param {Pick<import("./extras.js").Tools, "state" | "actions" | "update" | "el">} tools
 * @param {string} address
 */
function goOn({ state, actions, update, el }, address) {
  visit(state, actions, address);
  update();
  el.scrollIntoView();
}

/**
 * @param {Stored} mission
 * @param {() => void} change
 */
function makeQuestion({ id, choices, answer }, change) {
  const type = answer.length > 1 ? "checkbox" : "radio";
  const inputs = [...choices, NO_IDEA].map((value) =>
    element("input", { type, value, name: `mission-${id}`, onchange: change }),
  );
  const labels = inputs.map((input) =>
    element("label", { className: "d2l-pg-check" }, input, input.value),
  );
  const node = element(
    "fieldset",
    { className: "d2l-pg-choices" },
    element("legend", {}, "Your prediction (it is not scored)"),
    ...labels,
  );
  return {
    node,
    lock: () => (node.disabled = true),
    chosen: () =>
      inputs.filter(({ checked }) => checked).map(({ value }) => value),
  };
}

/**
 * The runs of a mission: the first is the page's, the others train behind it.
 *
 * @param {Stored} mission
 * @param {Pick<import("./extras.js").Tools, "state" | "actions" | "background">} tools
 */
function makeWork({ runs, seeds = 1 }, { state, actions, background }) {
  /** @type {import("./background.js").Batch | null} */
  let batch = null;
  const all = () => [
    ...new Set([state.runs.now, ...state.runs.past, ...(batch?.runs ?? [])]),
  ];
  const find = (/** @type {Settings} */ settings) =>
    all().find((run) => isFinished(run) && keyOf(run) === keyOf({ settings }));
  const baseline = parseAddress("").settings;
  return {
    run() {
      const [first, ...rest] = wantedOf(runs, seeds);
      actions.set(first);
      trainOn(state, actions);
      const gray = keyOf({ settings: first }) === keyOf({ settings: baseline });
      const others = gray ? rest : [baseline, ...rest];
      batch = background.start(others.filter((settings) => !find(settings)));
    },
    runs: all,
    /** Whether the page's own run has ended, and what it is compared with is there. */
    hasEnded: () => ["finished", "stopped"].includes(state.runs.now.phase),
    say() {
      const gray = find(baseline) ?? null;
      if (gray && gray !== state.runs.now) state.runs.compared = gray;
      if (!batch?.running) return "";
      const percent = Math.round(100 * progressOf(batch));
      return `Your other runs train in the background: ${percent} %`;
    },
  };
}

/**
 * The settings of a mission's runs, seeds outermost.
 *
 * @param {string[]} addresses
 * @param {number} seeds
 */
export function wantedOf(addresses, seeds) {
  return Array.from({ length: seeds }, (_, k) =>
    addresses.map((address) => ({
      ...parseAddress(address).settings,
      seed: k + 1,
    })),
  ).flat();
}

/**
 * What makes two runs the same.
 *
 * @param {Pick<Run, "settings">} run
 */
function keyOf({ settings }) {
  return formatSettings(settings);
}
