// Print the playground's table as Markdown: node tools/playground_markdown.mjs
import { readFileSync } from "node:fs";

import { Table } from "../d2l_ssd/widgets/static/engine/table.js";
import { nameOf } from "./playground_names.mjs";

const FILE = new URL("../book/_static/playground_table.json", import.meta.url);
const table = new Table(JSON.parse(readFileSync(FILE, "utf8")));

function spread(address, column, digits) {
  const { mean, low, high, count } = table.summary(address, column);
  if (!count) return "";
  return `${mean.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

function pairs(address, column) {
  const gain = table.gain(address, column);
  return `${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(3)}`;
}

console.log(
  "| | AP50 | against the baseline | AP75 | against the baseline | confidence loss | localization loss | seeds |",
);
console.log("|---|---|---|---|---|---|---|---|");
for (const address of Object.keys(table.stored.rows)) {
  const cells = [
    nameOf(address),
    ...["ap50", "ap75"].flatMap((column) => [
      spread(address, column, 3),
      address ? pairs(address, column) : "",
    ]),
    spread(address, "classLoss", 2),
    spread(address, "boxLoss", 2),
    table.of(address).length,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
