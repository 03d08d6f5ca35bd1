// Print the playground's table as Markdown: node tools/playground_markdown.mjs
import { readFileSync } from "node:fs";

import { BUGS } from "../d2l_ssd/widgets/static/engine/bugs.js";
import { Table } from "../d2l_ssd/widgets/static/engine/table.js";
import { nameOf } from "./playground_names.mjs";

/** What a bug shows: a name, and the columns that it stands for. */
const BUG_COLUMNS = [
  ["first losses", ["firstClassLoss", "firstBoxLoss"]],
  ["losses at the end", ["classLoss", "boxLoss"]],
  ["positives per object: matched / counted", ["matched", "counted"]],
  ["objects without an anchor", ["alone"]],
  ["two scenes by heart: loss / AP50", ["heartLoss", "heartAp"]],
  ["targets decoded back: AP50 / AP75", ["tripAp50", "tripAp75"]],
  ["input, mean: training / use", ["mean", "meanInUse"]],
  ["input, spread: training / use", ["std", "stdInUse"]],
  ["AP50 on training scenes", ["trainAp50"]],
  ["boxes per scene", ["boxes"]],
  ["AP50 / ignoring class", ["ap50", "anyClass"]],
  ["AP50 small / medium / large", ["small", "medium", "large"]],
  ["arrows right / down, px", ["right", "down"]],
  ["spread of place, px / size, log", ["rightSpread", "widthSpread"]],
];

const FILE = new URL("../d2l_ssd/results/playground.json", import.meta.url);
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

/** Print rows of cells under a head. */
function printTable(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
}

/** Every knob and bug: what is found, and the losses. */
function printKnobs() {
  const rows = Object.keys(table.stored.rows).map((address) => [
    nameOf(address),
    ...["ap50", "ap75"].flatMap((column) => [
      spread(address, column, 3),
      address ? pairs(address, column) : "",
    ]),
    spread(address, "classLoss", 2),
    spread(address, "boxLoss", 2),
    table.of(address).length,
  ]);
  const against = "against the baseline";
  const found = ["", "AP50", against, "AP75", against];
  printTable([...found, "confidence loss", "localization loss", "seeds"], rows);
}

/** Every bug and what diagnostics show, as means. */
function printBugs() {
  const rows = [{ id: "", name: "no bug" }, ...BUGS].map(({ id, name }) => {
    const address = id && `bug=${id}`;
    /** @param {string[]} columns */
    const means = (...columns) =>
      columns
        .map((column) => table.mean(address, column))
        .map((mean) => (Number.isNaN(mean) ? "" : mean.toFixed(2)))
        .join(" / ")
        .replace(/^[ /]+$/, "");
    return [name, ...BUG_COLUMNS.map(([, columns]) => means(...columns))];
  });
  printTable(["", ...BUG_COLUMNS.map(([name]) => name)], rows);
}

printKnobs();
console.log();
printBugs();
