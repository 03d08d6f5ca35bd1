// The table that the book shows.
import { readFileSync } from "node:fs";

import { Table } from "../../../d2l_ssd/widgets/static/engine/table.js";

const FILE = "../../../d2l_ssd/results/playground.json";

export const table = new Table(
  JSON.parse(readFileSync(new URL(FILE, import.meta.url), "utf8")),
);
