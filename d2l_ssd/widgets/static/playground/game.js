/** Find the bug: one is on, diagnostics cost seconds, and the reader names it. */

import { BUGS } from "../engine/bugs.js";
import { findBug } from "../engine/decision_tree.js";
import { DIAGNOSTICS } from "../engine/diagnostics.js";
import { bugOf, contradict, LEVELS } from "../engine/game.js";
import { readSymptoms } from "../engine/readings.js";
import { DEFAULTS } from "../engine/settings.js";
import { element, heading, note, setText } from "../lib/dom.js";
import { makeBugSelect } from "./bug_menu.js";
import { makeButton } from "./controls.js";
import { runName } from "./names.js";
import { chapterOf, trainOn } from "./visit.js";

/** @typedef {import("../engine/diagnostics.js").Symptoms} Symptoms */

const LEAST = 2000; // scenes: before, nothing has been learned that can be wrong
const SEEDS = 20; // that a game may have
const ALL = DIAGNOSTICS.map(({ id }) => id);

/**
 * @param {import("./extras.js").Tools} tools
 * @param {HTMLElement} menu the bugs that one may plant, while none is hidden
 */
export function makeGame(tools, menu) {
  const { state, actions, changed, update } = tools;
  const board = makeBoard(tools, end);
  /** @param {number} level */
  const begin = (level, bug = anyOf(LEVELS[level].bugs), seed = anySeed()) => {
    state.settings = state.draft = { ...DEFAULTS, bug, seed };
    state.secret = true;
    state.mission = "";
    actions.restart();
    trainOn(state, actions);
    board.begin(level);
    changed(true);
    update();
  };
  function end() {
    state.secret = false;
    for (const run of [state.runs.now, ...state.runs.past]) {
      run.name = runName(run.settings);
    }
    changed();
    update();
  }
  const levels = LEVELS.map(({ name }, k) =>
    makeButton(`Level ${k + 1}: ${name}`, () => begin(k)),
  );
  const node = element(
    "div",
    { className: "d2l-side" },
    heading("Find the bug"),
    note(
      "A detector trains with one bug, or at level 4 perhaps with none. Ask for as few seconds of diagnostics as you can, and name it.",
    ),
    element("div", { className: "d2l-pg-others" }, ...levels),
    board.node,
    menu,
  );
  const show = () => {
    menu.hidden = state.secret;
    board.show();
  };
  /**
   * Go on with the game of an address: a code, or a level for a new one.
   *
   * @param {string} code
   */
  const open = (code) => {
    const bug = bugOf(code, state.settings.seed);
    const level = LEVELS.findIndex(({ bugs }) => bugs.includes(bug ?? "?"));
    if (level >= 0) begin(level, bug, state.settings.seed);
    else begin(Number(code) in LEVELS && code ? Number(code) - 1 || 0 : 0);
  };
  return { node, show, open, hear: board.hear };
}

/** @param {string[]} bugs */
function anyOf(bugs) {
  return bugs[Math.floor(Math.random() * bugs.length)];
}

function anySeed() {
  return 1 + Math.floor(Math.random() * SEEDS);
}

/**
 * @param {import("./extras.js").Tools} tools
 * @param {() => void} end tells the secret
 */
function makeBoard({ state, send, update }, end) {
  let [level, spent, guessed, looking] = [-1, 0, false, false];
  const status = note("", "d2l-pg-status");
  const rows = DIAGNOSTICS.map(({ id, name, help, seconds }) => {
    const button = makeButton(`${name} · ${seconds} s`, () => {
      spent += seconds;
      ask([id]);
    });
    const text = note(help);
    const node = element("div", { className: "d2l-pg-look" }, button, text);
    return { id, help, button, text, node };
  });
  const select = makeBugSelect("Your guess", () => {}, "no bug: a poor seed");
  const guess = makeButton("Name it", () => name(false));
  const giveUp = makeButton("Give up", () => name(true));
  const verdict = element("div", { className: "d2l-side", role: "status" });
  const node = element(
    "div",
    { className: "d2l-side" },
    status,
    element("div", { className: "d2l-pg-looks" }, ...rows.map((r) => r.node)),
    element("div", { className: "d2l-pg-guess" }, select, guess, giveUp),
    verdict,
  );
  /** @param {string[]} ids */
  const ask = (ids) => {
    looking = true;
    send({ type: "diagnose", ids });
    update();
  };
  /** @param {boolean} isOver */
  const name = (isOver) => {
    guessed = true;
    if (isOver) end();
    ask(ALL);
  };
  /** @param {any} message of the session */
  const hear = ({ ids, symptoms }) => {
    looking = false;
    for (const { id, text } of rows) {
      if (ids.includes(id) && !guessed) {
        setText(text, readSymptoms(id, symptoms));
      }
    }
    if (guessed) judge(symptoms);
    guessed = false;
    update();
  };
  /** @param {Symptoms} symptoms */
  const judge = (symptoms) => {
    const { bug } = state.settings;
    if (state.secret && select.value !== bug) {
      return verdict.replaceChildren(note(wrongText(symptoms, select.value)));
    }
    const how = state.secret ? `Found in ${spentText(spent)}` : "It was";
    if (state.secret) end();
    verdict.replaceChildren(...layVerdict(how, bug, symptoms));
  };
  const show = () => {
    node.hidden = level < 0;
    const { count, phase } = state.runs.now;
    const early = count < LEAST && phase !== "stopped";
    const text = early
      ? "First let it train: at least 2,000 scenes."
      : `Spent: ${spentText(spent)}.`;
    setText(status, looking ? "Looking …" : `Level ${level + 1}. ${text}`);
    const buttons = [...rows.map(({ button }) => button), guess, giveUp];
    for (const button of buttons) {
      button.disabled = early || looking || !state.secret;
    }
  };
  return {
    ...{ node, show, hear },
    /** @param {number} next */
    begin(next) {
      [level, spent, guessed, looking] = [next, 0, false, false];
      for (const { text, help } of rows) setText(text, help);
      verdict.replaceChildren();
    },
  };
}

/** @param {number} seconds */
function spentText(seconds) {
  return `${Number(seconds.toFixed(1))} seconds of diagnostics`;
}

/**
 * @param {Symptoms} symptoms
 * @param {string} guess
 */
export function wrongText(symptoms, guess) {
  const look = contradict(symptoms, guess);
  if (!look) return "No. The diagnostics would allow it, but it is another.";
  return `No. Against it speaks “${nameOf(look.diagnostic)}”: ${look.says}`;
}

/** @param {string} diagnostic */
function nameOf(diagnostic) {
  return DIAGNOSTICS.find(({ id }) => id === diagnostic)?.name ?? diagnostic;
}

/**
 * @param {string} how it ended
 * @param {string} id of the bug
 * @param {Symptoms} symptoms
 */
function layVerdict(how, id, symptoms) {
  const bug = BUGS.find((one) => one.id === id);
  const { bug: leaf, path } = findBug(symptoms);
  const looks = path.map(({ diagnostic, says }) =>
    element("li", {}, element("b", {}, `${nameOf(diagnostic)}: `), says),
  );
  const href = chapterOf("debugging");
  return [
    element(
      "p",
      {},
      element("strong", {}, `${how}: ${bug?.name ?? "no bug"}. `),
      bug?.sentence ?? "This seed is just poor.",
    ),
    note("The shortest path:"),
    element("ol", { className: "d2l-pg-path" }, ...looks),
    leaf === id
      ? ""
      : note("On this run the path ends elsewhere: train on, and look again."),
    href
      ? element("a", { href }, "When a detector does not work: the chapter")
      : "",
  ];
}
