/**
 * Missions: a question, a prediction, runs, and what many seeds say. The numbers
 * stand in the table of `make playground-table`; a verdict is true of them, and a
 * test says so. No page loads this: it reads what `tools/playground_missions.mjs`
 * makes of it, when the missions are opened.
 */

import { EXPERIMENTS } from "./missions_experiments.js";
import { PARTS } from "./missions_parts.js";

/** @typedef {import("./table.js").Table} Table */

/**
 * @typedef {object} Mission
 * @property {string} id in addresses
 * @property {string} title
 * @property {string} topic a chapter's name
 * @property {string} question
 * @property {string[]} choices
 * @property {number[]} answer which of them are right
 * @property {string[]} runs addresses of what is trained, in this order
 * @property {number} [seeds] of each; 1 if not given
 * @property {number} seconds that it takes on a laptop
 * @property {string[]} rows of the table that show the verdict
 * @property {string[]} columns of the table
 * @property {(table: Table) => boolean} verdict
 * @property {string} lesson
 * @property {[text: string, address: string]} next
 */

/** @type {Mission[]} */
export const MISSIONS = [...PARTS, ...EXPERIMENTS];

/**
 * The mission of an address.
 *
 * @param {string} id
 */
export function missionOf(id) {
  return MISSIONS.find((mission) => mission.id === id);
}
