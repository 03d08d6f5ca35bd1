/** Find the bug: one is on, diagnostics cost seconds, and the reader names it. */

import { BUGS } from "../engine/bugs.js";
import { findBug } from "../engine/decision_tree.js";
import { DIAGNOSTICS } from "../engine/diagnostics.js";
import { bugOf, contradict, levelOf, LEVELS } from "../engine/game.js";
import { readSymptoms } from "../engine/readings.js";
import { DEFAULTS } from "../engine/settings.js";
import { column, element, heading, note, setText } from "../lib/dom.js";
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
  const board = new Board(tools, end);
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
  const node = layGame(begin, board.node, menu);
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
    const { seed } = state.settings;
    const bug = bugOf(code, seed);
    const level = LEVELS.findIndex(({ bugs }) => bugs.includes(bug ?? "?"));
    if (level >= 0) begin(level, bug, seed);
    else begin(levelOf(code));
  };
  return {
    node,
    show,
    open,
    hear: (/** @type {any} */ message) => board.hear(message),
  };
}

/**
 * @param {(level: number) => void} begin
 * @param {...HTMLElement} rest
 */
function layGame(begin, ...rest) {
  const levels = LEVELS.map(({ name }, k) =>
    makeButton(`Level ${k + 1}: ${name}`, () => begin(k)),
  );
  return column(
    heading("Find the bug"),
    note(
      "A detector trains with one bug, or at level 4 perhaps with none. Ask for as few seconds of diagnostics as you can, and name it.",
    ),
    element("div", { className: "d2l-pg-others" }, ...levels),
    ...rest,
  );
}

/** @param {string[]} bugs */
function anyOf(bugs) {
  return bugs[Math.floor(Math.random() * bugs.length)];
}

function anySeed() {
  return 1 + Math.floor(Math.random() * SEEDS);
}

/** What the reader asks, guesses and hears of a hidden bug. */
class Board {
  /**
   * @param {import("./extras.js").Tools} tools
   * @param {() => void} end tells the secret
   */
  constructor({ state, send, update }, end) {
    this.level = -1;
    this.spent = 0;
    this.guessed = this.looking = false;
    this.tools = { state, send, update, end };
    this.status = note();
    this.rows = DIAGNOSTICS.map((diagnostic) => this.#layRow(diagnostic));
    this.select = makeBugSelect(
      "Your guess",
      () => {},
      "no bug: an unlucky seed",
    );
    this.buttons = [
      makeButton("Name it", () => this.#name()),
      makeButton("Give up", () => (end(), this.#name())),
    ];
    this.verdict = element("div", { className: "d2l-side", role: "status" });
    const looks = this.rows.map(({ node }) => node);
    const guess = { className: "d2l-pg-guess" };
    this.node = element(
      "div",
      { className: "d2l-side" },
      this.status,
      element("div", { className: "d2l-pg-looks" }, ...looks),
      element("div", guess, this.select, ...this.buttons),
      this.verdict,
    );
  }

  /** @param {import("../engine/diagnostics.js").Diagnostic} diagnostic */
  #layRow({ id, name, help, seconds }) {
    const button = makeButton(`${name} · ${seconds} s`, () => {
      this.spent += seconds;
      this.#ask([id]);
    });
    const text = note(help);
    const node = element("div", { className: "d2l-pg-look" }, button, text);
    return { id, help, button, text, node };
  }

  /** @param {number} level */
  begin(level) {
    this.level = level;
    this.spent = 0;
    this.guessed = this.looking = false;
    for (const { text, help } of this.rows) setText(text, help);
    this.verdict.replaceChildren();
  }

  /** @param {string[]} ids */
  #ask(ids) {
    this.looking = true;
    this.tools.send({ type: "diagnose", ids });
    this.tools.update();
  }

  #name() {
    this.guessed = true;
    this.#ask(ALL);
  }

  /** @param {any} message of the session */
  hear({ ids, symptoms }) {
    if (this.guessed) this.#judge(symptoms);
    else {
      for (const { id, text } of this.rows) {
        if (ids.includes(id)) setText(text, readSymptoms(id, symptoms));
      }
    }
    this.guessed = this.looking = false;
    this.tools.update();
  }

  /** @param {Symptoms} symptoms */
  #judge(symptoms) {
    const { state, end } = this.tools;
    const { bug } = state.settings;
    const { value } = this.select;
    const wrong = state.secret && value !== bug;
    const how = state.secret ? `Found in ${spentText(this.spent)}` : "It was";
    this.verdict.replaceChildren(
      ...(wrong
        ? [note(wrongText(symptoms, value))]
        : layVerdict(how, bug, symptoms)),
    );
    if (state.secret && !wrong) end();
  }

  show() {
    const { runs, secret } = this.tools.state;
    const { count, phase } = runs.now;
    this.node.hidden = this.level < 0;
    const early = count < LEAST && phase !== "stopped";
    const text = early
      ? "First let it train: at least 2,000 scenes."
      : `Spent: ${spentText(this.spent)}.`;
    const name = `Level ${this.level + 1}. ${text}`;
    setText(this.status, this.looking ? "Looking …" : name);
    const buttons = this.rows.map(({ button }) => button);
    for (const button of [...buttons, ...this.buttons]) {
      button.disabled = early || this.looking || !secret;
    }
  }
}

/** @param {number} seconds */
function spentText(seconds) {
  return `${Number(seconds.toFixed(1))} s of diagnostics`;
}

/**
 * @param {Symptoms} symptoms
 * @param {string} guess
 */
function wrongText(symptoms, guess) {
  const look = contradict(symptoms, guess);
  if (!look)
    return "No. The diagnostics would allow it, but it is a different bug.";
  return `No. “${nameOf(look.diagnostic)}” speaks against it: ${look.says}`;
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
      bug?.sentence ?? "This seed is just unlucky.",
    ),
    note("The shortest path:"),
    element("ol", { className: "d2l-pg-path" }, ...looks),
    leaf === id
      ? ""
      : note("On this run the path ends elsewhere: train on, and look again."),
    href
      ? element(
          "a",
          { href, className: "d2l-pg-link" },
          "When it does not work: from symptom to cause",
        )
      : "",
  ];
}
