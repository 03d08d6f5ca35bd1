/** What opens under the first screen, and asks questions: missions, game, comparison. */

import { openLink } from "./link.js";
import { makeBackground } from "./background.js";
import { makeCompare } from "./compare.js";
import { makeGame } from "./game.js";
import { makeMissions } from "./missions.js";
import { makeTour } from "./tour.js";
import { isOurPage } from "./traits.js";
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
  const { state, actions, update } = given;
  const background = makeBackground(
    (receive) => openLink(source, module, receive),
    update,
  );
  const tools = { ...given, background };
  const missions = makeMissions(tools);
  const game = makeGame(tools, bugs);
  const compare = makeCompare(tools);
  const tour = makeTour(tools);
  const goBack = () => {
    if (location.hash.includes("=")) visit(state, actions, location.hash);
    else if (!location.hash) state.mission = "";
    update();
  };
  if (isOurPage()) addEventListener("popstate", goBack);
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
    },
    show() {
      if (state.open === "missions") missions.show();
      else if (state.open === "bug") game.show();
      else if (state.open === "compare") compare.show();
      tour.show();
    },
    close() {
      background.close();
      removeEventListener("popstate", goBack);
    },
  };
}
