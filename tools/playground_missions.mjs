// What the page reads when it opens the missions: their texts, and what the table says.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { MISSIONS } from "../d2l_ssd/widgets/static/engine/missions.js";
import { columnName, Table } from "../d2l_ssd/widgets/static/engine/table.js";
import { nameOf } from "./playground_names.mjs";

const STATIC = new URL("../book/_static/", import.meta.url);
const FILE = new URL("playground_missions.json", STATIC);

/** The missions' file, as text: one line each. */
export function missionsText(table) {
  const lines = MISSIONS.map((mission) => {
    const { verdict, rows, columns, ...texts } = mission;
    const tested = verdict(table);
    if (!tested) throw new Error(`${mission.id}: the table says otherwise`);
    return JSON.stringify({ ...texts, table: tableOf(table, rows, columns) });
  });
  return `{"missions": [\n${lines.join(",\n")}\n]}\n`;
}

/** Names of rows and columns, and for each cell mean, lowest and highest. */
function tableOf(table, rows, columns) {
  return {
    columns: columns.map(columnName),
    rows: rows.map((row) => ({
      name: nameOf(row),
      address: row,
      seeds: table.of(row).length,
      cells: columns.map((column) => {
        const { mean, low, high, count } = table.summary(row, column);
        return count ? [mean, low, high].map(rounded) : null;
      }),
    })),
  };
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(3));
}

/** Write the missions' file from the stored table. */
export function writeMissions() {
  const stored = new URL("../d2l_ssd/results/playground.json", import.meta.url);
  const table = new Table(JSON.parse(readFileSync(stored, "utf8")));
  writeFileSync(FILE, missionsText(table));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeMissions();
