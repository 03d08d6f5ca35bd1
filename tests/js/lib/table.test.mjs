// What a table's cells say, on rows that stand for the page's.
import assert from "node:assert/strict";
import test from "node:test";

import {
  setHeadings,
  setRows,
} from "../../../d2l_ssd/widgets/static/lib/table.js";

const makeCell = () => ({ className: "", textContent: "" });

function makeRow(cells = []) {
  return {
    ...{ cells, className: "", dataset: {} },
    insertCell: () => cells[cells.push(makeCell()) - 1],
    deleteCell: () => cells.pop(),
    append: (cell) => cells.push(cell),
  };
}

function makeBody() {
  const rows = [];
  return {
    rows,
    insertRow: () => rows[rows.push(makeRow()) - 1],
    deleteRow: () => rows.pop(),
  };
}

const texts = ({ cells }) => cells.map(({ textContent }) => textContent);
const looks = ({ cells }) => cells.map(({ className }) => className);

test("rows are written into the cells that are there", () => {
  const body = makeBody();
  setRows({ body }, [{ cells: ["a", "b"] }, { cells: ["c", "d"] }]);
  const [first] = body.rows[0].cells;
  setRows({ body }, [{ cells: ["e"], data: { n: 1 }, className: "total" }]);
  assert.deepEqual(body.rows.map(texts), [["e"]]);
  assert.equal(body.rows[0].cells[0], first);
  assert.deepEqual(
    [body.rows[0].dataset.n, body.rows[0].className],
    [1, "total"],
  );
});

test("each cell has its own look, and loses it", () => {
  const body = makeBody();
  setRows({ body }, [{ cells: ["a", "b"], looks: ["", "crossed"] }]);
  assert.deepEqual(looks(body.rows[0]), ["", "crossed"]);
  setRows({ body }, [{ cells: ["a", "b"] }]);
  assert.deepEqual(looks(body.rows[0]), ["", ""]);
});

test("headings become more and fewer", () => {
  globalThis.document = {
    createElement: () => ({ ...makeCell(), append() {} }),
  };
  const row = makeRow([makeCell()]);
  const table = { tHead: { rows: [row] } };
  setHeadings({ table }, ["a", "b", "c"]);
  assert.deepEqual(texts(row), ["a", "b", "c"]);
  assert.equal(row.cells[2].scope, "col");
  setHeadings({ table }, ["d"]);
  assert.deepEqual(texts(row), ["d"]);
  delete globalThis.document;
});
