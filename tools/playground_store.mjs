// The file of a table of runs, such as the playground's: for each row, its columns;
// for each column, a value per seed.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

import { Table } from "../d2l_ssd/widgets/static/engine/table.js";
import { ADDRESSES } from "./playground_rows.mjs";

/** @returns {object[]} rows, each of one seed */
export function readRows(file) {
  try {
    return new Table(JSON.parse(readFileSync(file, "utf8"))).all();
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Write rows by a temporary name, so that no half a table is ever read.
 *
 * @param {string} file
 * @param {object[]} rows
 * @param {string[]} [names] of all rows, in the order of the table
 */
export function writeRows(file, rows, names = ADDRESSES) {
  const seeds = [...new Set(rows.map(({ seed }) => seed))].sort(
    (a, b) => a - b,
  );
  const lines = names.flatMap((address) => {
    const own = rows.filter(({ row }) => row === address);
    if (!own.length) return [];
    const bySeed = seeds.map((seed) => own.find((one) => one.seed === seed));
    return `${JSON.stringify(address)}: ${JSON.stringify(columnsOf(bySeed))}`;
  });
  const temporary = `${file}.part`;
  const body = `{"seeds": ${JSON.stringify(seeds)}, "rows": {\n${lines.join(",\n")}\n}}\n`;
  writeFileSync(temporary, body);
  renameSync(temporary, file);
}

function columnsOf(bySeed) {
  const keys = new Set(bySeed.flatMap((row) => Object.keys(row ?? {})));
  for (const name of ["row", "seed"]) keys.delete(name);
  return Object.fromEntries(
    [...keys].map((key) => [key, bySeed.map((row) => row?.[key] ?? null)]),
  );
}
