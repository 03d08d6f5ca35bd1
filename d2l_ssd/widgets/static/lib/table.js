/** Tables of numbers. */

import { element, setText } from "./dom.js";

/**
 * @typedef {object} Row
 * @property {string[]} cells
 * @property {Record<string, unknown>} [data] becomes data-* attributes, for tests
 * @property {string} [className]
 *
 * @typedef {object} Table
 * @property {HTMLTableElement} table
 * @property {HTMLTableSectionElement} body which takes the rows
 */

/**
 * Make a table with a caption and a row of headings.
 *
 * @param {string} caption
 * @param {string[]} headings
 * @param {string} [className]
 * @returns {Table}
 */
export function makeTable(caption, headings, className = "") {
  const head = element("tr");
  for (const text of headings) {
    head.append(element("th", { scope: "col" }, text));
  }
  const body = element("tbody");
  const table = element(
    "table",
    { className: `d2l-table ${className}` },
    element("caption", {}, caption),
    element("thead", {}, head),
    body,
  );
  return { table, body };
}

/**
 * Write rows of texts into a table, reusing its cells.
 *
 * @param {Table} table
 * @param {Row[]} rows
 */
export function setRows({ body }, rows) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach(({ cells, data = {}, className = "" }, number) => {
    const row = body.rows[number] ?? body.insertRow();
    if (row.className !== className) row.className = className;
    Object.assign(row.dataset, data);
    cells.forEach((text, column) => {
      setText(row.cells[column] ?? row.insertCell(), text);
    });
  });
}
