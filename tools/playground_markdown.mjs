// Print the playground's table as Markdown: node tools/playground_markdown.mjs
import { readFileSync } from "node:fs";

import {
  formatValue,
  parseAddress,
} from "../d2l_ssd/widgets/static/engine/address.js";
import { BUGS } from "../d2l_ssd/widgets/static/engine/bugs.js";
import { DEFAULTS, KNOBS } from "../d2l_ssd/widgets/static/engine/settings.js";
import { Table } from "../d2l_ssd/widgets/static/engine/table.js";

const FILE = new URL("../book/_static/playground_table.json", import.meta.url);
const table = new Table(JSON.parse(readFileSync(FILE, "utf8")));

/** What differs from the baseline, in words. */
function nameOf(address) {
  const { settings } = parseAddress(address);
  const knobs = KNOBS.filter(
    ({ key }) => String(settings[key]) !== String(DEFAULTS[key]),
  ).map((knob) => `${knob.label} ${wordOf(knob, settings[knob.key])}`);
  const bug = BUGS.find(({ id }) => id === settings.bug);
  const parts = bug ? [`Bug: ${bug.name}`, ...knobs] : knobs;
  return parts.join("; ") || "Baseline";
}

function wordOf(knob, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  return formatValue(knob, value);
}

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
