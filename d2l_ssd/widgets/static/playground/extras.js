/** What opens under the first screen, and asks questions: missions, game, comparison. */

import { Session } from "../engine/session.js";
import { openLink } from "../lib/link.js";
import { makeBackground } from "./background.js";
import { makeCompare } from "./compare.js";
import { makeGame } from "./game.js";
import { makeMissions } from "./missions.js";
import { makeTour } from "./tour.js";
import { placeOf, visit } from "./visit.js";

/**
 * @typedef {object} Tools
 * @property {import("./state.js").State} state
 * @property {import("./actions.js").Actions} actions
 * @property {import("./background.js").Background} background
 * @property {(message: any) => void} send to the session
 * @property {(sentence: string) => void} speak
 * @property {(step?: boolean) => void} changed the address; a step can be gone back
 * @property {() => void} update
 * @property {import("../lib/theme.js").Colors} colors
 * @property {HTMLElement} el
 *
 * @typedef {ReturnType<typeof makeExtras>} Extras
 */

/**
 * @param {Omit<Tools, "background">} given
 * @param {string} source of the bundle
 * @param {WebAssembly.Module | null} module
 * @param {HTMLElement} bugs the menu
 */
export function makeExtras(given, source, module, bugs) {
  const { state, update, el } = given;
  const background = makeBackground(
    (receive) => openLink(source, module, receive, Session),
    update,
  );
  const tools = { ...given, background };
  const missions = makeMissions(tools);
  const game = makeGame(tools, bugs);
  const compare = makeCompare(tools);
  const tour = makeTour(tools);
  const leave = followAddress(tools, { game, tour });
  return {
    ...{ missions, game, compare, tour },
    /** @param {any} message of the page's session */
    hear(message) {
      const { type, run } = message;
      if (type === "diagnosed" && run === state.runs.now.number) {
        game.hear(message);
      }
    },
    /** @param {Record<string, string>} page what the address says */
    begin(page) {
      state.open = placeOf(state, page);
      if (page.game) game.open(page.game);
      if (page.tour) tour.start();
      const asks = page.mission || page.game || state.comparison;
      if (asks && !scrollY) (update(), showPlace(el));
    },
    show() {
      if (state.open === "missions") missions.show();
      else if (state.open === "bug") game.show();
      else if (state.open === "compare") compare.show();
      tour.show();
    },
    close() {
      background.close();
      tour.close();
      leave();
    },
  };
}

/**
 * Follow links within the page, and the reader's way back.
 *
 * @param {Tools} tools
 * @param {Pick<Extras, "game" | "tour">} extras
 */
function followAddress({ state, actions, update, el }, { game, tour }) {
  let isLink = false; // or the way back, where the browser scrolls
  const click = (/** @type {MouseEvent} */ { target }) => {
    const link = target instanceof Element && target.closest("a[href^='#']");
    isLink = link instanceof HTMLAnchorElement && link.hash.includes("=");
  };
  const follow = () => {
    const { hash } = location;
    if (hash && !hash.includes("=")) return; // of a heading
    const page = visit(state, actions, hash);
    if (page.game) game.open(page.game);
    if (page.tour) tour.start();
    update();
    if (isLink) showPlace(el);
    isLink = false;
  };
  if (state.hasAddress) {
    addEventListener("popstate", follow);
    document.addEventListener("click", click);
  }
  return () => {
    removeEventListener("popstate", follow);
    document.removeEventListener("click", click);
  };
}

/**
 * Scroll to what an address has opened below the first screen, or to the screen.
 *
 * @param {HTMLElement} el
 */
function showPlace(el) {
  requestAnimationFrame(() => {
    const below = ".d2l-pg-sections > .d2l-pg-panel:not([hidden])";
    (el.querySelector(below) ?? el).scrollIntoView();
  });
}
