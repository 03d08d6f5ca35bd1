/** Tables of numbers. */

import { element, setText } from "./dom.js";

/**
 * @typedef {object} Row
 * @property {string[]} cells
 * @property {Record<string, unknown>} [data] becomes data-* attributes, for tests
 * @property {string} [className]
 * @property {string[]} [looks] a class name for each cell
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
  rows.forEach(({ cells, data = {}, className = "", looks = [] }, number) => {
    const row = body.rows[number] ?? body.insertRow();
    setClass(row, className);
    Object.assign(row.dataset, data);
    while (row.cells.length > cells.length) row.deleteCell(-1);
    cells.forEach((text, column) => {
      const cell = row.cells[column] ?? row.insertCell();
      setText(cell, text);
      setClass(cell, looks[column] ?? "");
    });
  });
}

/**
 * Write other headings above a table's columns, in another number perhaps.
 *
 * @param {Table} table
 * @param {string[]} headings
 */
export function setHeadings({ table }, headings) {
  const [row] = /** @type {HTMLTableSectionElement} */ (table.tHead).rows;
  while (row.cells.length > headings.length) row.deleteCell(-1);
  headings.forEach((text, column) => {
    if (!row.cells[column]) row.append(element("th", { scope: "col" }));
    setText(row.cells[column], text);
  });
}

/**
 * @param {HTMLElement} node
 * @param {string} className
 */
function setClass(node, className) {
  if (node.className !== className) node.className = className;
}
