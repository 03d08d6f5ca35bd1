/** Addresses: what a link, a mission or the way back asks the page for. */

import { parseAddress } from "../engine/address.js";
import { viewOf } from "./controls.js";
import { mayBegin } from "./presence.js";
import { isOurPage } from "./traits.js";

/** @typedef {import("./state.js").State} State */

/**
 * Take the settings, the view and what is open from an address. It trains again if it
 * has trained before and must, or if the address says so.
 *
 * @param {State} state
 * @param {import("./actions.js").Actions} actions
 * @param {string} text of the address
 */
export function visit(state, actions, text) {
  const { settings, comparison, own, page, problems } = parseAddress(text);
  state.view = viewOf(page);
  state.comparison = comparison;
  state.mission = page.mission ?? "";
  state.open = page.open ?? placeOf(state, page);
  state.secret = false;
  if (own.length) actions.own.replace(own);
  actions.set(settings);
  state.said = problems.join(" ");
  if (page.go && mayBegin()) trainOn(state, actions);
  return page;
}

/**
 * Train, if that is not what is done, or has been.
 *
 * @param {State} state
 * @param {import("./actions.js").Actions} actions
 */
export function trainOn({ runs }, actions) {
  const { phase } = runs.now;
  if (phase === "ready" || phase === "paused") actions.go();
}

/**
 * The section that an address is about; that which is open, if none.
 *
 * @param {State} state
 * @param {Record<string, string>} page
 */
export function placeOf({ open, mission, comparison }, { game, seeds }) {
  if (mission) return "missions";
  if (game) return "bug";
  return comparison || seeds ? "compare" : open;
}

/**
 * Where a chapter is, on pages of the book; "" elsewhere.
 *
 * @param {string} topic
 */
export function chapterOf(topic) {
  return isOurPage() ? `${topic.replace(" ", "_")}.html` : "";
}
