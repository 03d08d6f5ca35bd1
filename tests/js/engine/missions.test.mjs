import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import {
  formatSettings,
  parseAddress,
} from "../../../d2l_ssd/widgets/static/engine/address.js";
import {
  missionOf,
  MISSIONS,
} from "../../../d2l_ssd/widgets/static/engine/missions.js";
import { missionsText } from "../../../tools/playground_missions.mjs";
import { columnName } from "../../../d2l_ssd/widgets/static/engine/table.js";
import { table } from "./stored_table.mjs";

test("there are fifteen missions, each with its own id", () => {
  assert.equal(new Set(MISSIONS.map(({ id }) => id)).size, 15);
  assert.equal(missionOf("forcing").title, "An anchor for everyone");
  assert.equal(missionOf("none"), undefined);
});

test("what the page reads is what missions and table say", () => {
  const file = "../../../book/_static/playground_missions.json";
  const stored = readFileSync(new URL(file, import.meta.url), "utf8");
  assert.equal(
    stored,
    missionsText(table),
    "run tools/playground_missions.mjs",
  );
});

for (const mission of MISSIONS) {
  test(`${mission.id}: what many seeds say is the marked answer`, () => {
    assert.ok(mission.verdict(table));
  });

  test(`${mission.id}: its runs and links are addresses`, () => {
    for (const address of [...mission.runs, mission.next[1]]) {
      assert.deepEqual(parseAddress(address).problems, [], address);
    }
    for (const run of mission.runs) {
      assert.equal(formatSettings(parseAddress(run).settings), run);
    }
  });

  test(`${mission.id}: the table has its rows and columns`, () => {
    for (const column of mission.columns) {
      const counts = mission.rows.map(
        (row) => table.values(row, column).length,
      );
      assert.ok(Math.max(...counts) > 0, column);
      if (/[A-Z0-9]/.test(column)) assert.notEqual(columnName(column), column);
    }
  });

  test(`${mission.id}: answers are choices`, () => {
    const { choices, answer } = mission;
    assert.ok(answer.length > 0 && answer.length < choices.length);
    assert.ok(answer.every((k) => k in choices));
    assert.equal(new Set(choices).size, choices.length);
  });
}

const CHAPTER = new URL("../../../book/playground.ipynb", import.meta.url);

/** Links that chapters may have. */
const LINKS = [
  "#mission=maps",
  "#scale=2&force=0&view=targets",
  "#iou=0.7&force=0&mission=forcing",
  "#neg=all&mission=negatives",
  "#lr=0.05&go=1",
  "#view=detections&show=0.05",
  "#a.loc=0.1&b.loc=10&mission=metrics",
  "#a.flip=0&b.flip=1&seeds=10&n=2000",
  "#game=1",
  "#scenes=20&flip=0&mission=overfit",
];

for (const link of LINKS) {
  test(`${link} is an address, and its mission is there`, () => {
    const { page, problems } = parseAddress(link);
    assert.deepEqual(problems, []);
    if (page.mission) assert.ok(missionOf(page.mission), page.mission);
  });
}

test("the playground's chapter leads to missions that exist", () => {
  const text = readFileSync(CHAPTER, "utf8");
  const links = [...text.matchAll(/href=\\"#([^"\\]*mission=[^"\\]*)\\"/g)];
  assert.ok(links.length);
  for (const [, link] of links) {
    const { page, problems } = parseAddress(link);
    assert.deepEqual(problems, []);
    assert.ok(missionOf(page.mission), page.mission);
  }
});
