/** What a page knows, and what it computes of that without a session. */

import { codeOf } from "../engine/game.js";
import { drawShapes } from "../engine/scenes.js";
import { OWN, OWN_GROUND, SHOWN } from "../engine/session.js";
import { DEFAULTS } from "../engine/settings.js";
import { unseenScenes } from "../engine/trainer.js";
import { runName } from "./names.js";
import { colorShapes, FIRST_SHAPES } from "./own.js";
import { lastScores, makeRuns } from "./runs.js";
import { nothingLevel } from "./sentences.js";
import { countPositives, matchScenes, seeInput } from "./targets.js";

/** @typedef {import("../engine/detect.js").Candidates} Boxes */
/** @typedef {import("../engine/scenes.js").Scene} Scene */
/** @typedef {import("../engine/scenes.js").Shape} Shape */
/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {ReturnType<typeof makeState>} State */
/** @typedef {ReturnType<typeof makeDerived>} Derived */

const GUESSES_UNTIL = 0.7; // of AP50: then boxes have scores to be shown by
const COUNTED = 100; // unseen scenes, for positives per object

/**
 * @param {Partial<Settings>} given
 * @param {{ label: number, box: [number, number, number, number] }[]} [shapes]
 */
export function makeState(given, shapes = []) {
  const settings = { ...DEFAULTS, ...given };
  return {
    /** @type {Settings} */
    settings,
    /** @type {Settings} with what a moving slider says */
    draft: settings,
    /** @type {Shape[]} */
    own: colorShapes(shapes.length ? shapes : FIRST_SHAPES),
    ownIsNew: shapes.length > 0,
    selectedShape: 0,
    view: "detections",
    open: "",
    runs: makeRuns(settings, runName),
    /** @type {(Boxes | null)[]} of the scenes shown */
    found: [null, null, null, null],
    /** @type {{ scene: number, anchor: number } | null} */
    selected: null,
    /** @type {import("../engine/inside.js").Inside | null} */
    inside: null,
    /** whether settings of training change the running network */
    apply: false,
    /** whether anchors lie over a scene, because their knobs move */
    anchorsOver: false,
    /** whether the bug is a secret */
    secret: false,
    /** the mission that is open, "" for none */
    mission: "",
    /** @type {{ a: Settings, b: Settings } | null} */
    comparison: null,
    kernels: "",
    /** @type {Uint8Array<ArrayBuffer> | null} the file of the trained network */
    weights: null,
    /** whether the reader wants to keep it */
    keep: false,
    /** @type {number | null} the scene that a phone shows enlarged */
    zoomed: null,
    /** whether the page's address is its own */
    hasAddress: false,
    /** when the boxes of each scene have changed */
    shownAt: [0, 0, 0, 0],
    said: "",
    /** the chapter that says more */
    chapter: "",
  };
}

/**
 * Compute with memory: again only when the key has changed.
 *
 * @template Value
 * @param {() => Value} compute
 */
function remember(compute) {
  let known = "";
  /** @type {Value} */
  let value;
  return (/** @type {string} */ key) => {
    if (key !== known) [known, value] = [key, compute()];
    return value;
  };
}

/**
 * What follows from a state: scenes, anchors, matches, counts.
 *
 * @param {State} state
 */
export function makeDerived(state) {
  const unseen = remember(() =>
    SHOWN.map((number) => unseenScenes(state.settings.test, 1, number)[0]),
  );
  const own = remember(() => drawShapes(state.own, OWN_GROUND));
  /** @returns {Scene[]} */
  const scenes = () => [
    ...unseen(state.settings.test),
    own(JSON.stringify(state.own)),
  ];
  const matches = remember(() => matchScenes(state.draft, scenes()));
  const counted = remember(() => unseenScenes(state.draft.test, COUNTED));
  const counts = remember(() => {
    const all = counted(state.draft.test);
    const { anchors, matched } = matchScenes(state.draft, all);
    const total = anchors.length / 4;
    const counts = countPositives(matched, all, state.draft, total);
    return { ...counts, anchors: total };
  });
  const inputs = remember(() => {
    const see = (/** @type {"input" | "inputInUse"} */ step) =>
      scenes().map((scene) => seeInput(state.settings, scene, step));
    return { training: see("input"), use: see("inputInUse") };
  });
  const scenesKey = () => state.settings.test + JSON.stringify(state.own);
  const targetsKey = () => {
    const { maps, sizes, ratios, scale, iou, force, test, bug } = state.draft;
    const { neg, minneg } = state.draft;
    const anchors = [maps, sizes, ratios, scale];
    return [anchors, iou, force, test, bug, neg, minneg].join(";");
  };
  return {
    scenes,
    matches: () => matches(targetsKey() + JSON.stringify(state.own)),
    counts: () => counts(targetsKey()),
    /** What the network gets of the scenes. */
    inputs: () => inputs(scenesKey() + state.settings.bug),
    /** The confidence loss of a network that knows nothing. */
    level: () =>
      nothingLevel(counts(targetsKey()).perPositive, knownBug(state)),
  };
}

/**
 * The bug that the page may tell, "" for one that is hidden.
 *
 * @param {State} state
 */
function knownBug({ secret, draft }) {
  return secret ? "" : draft.bug;
}

/**
 * Whether the best boxes are drawn whatever their score.
 *
 * @param {State} state
 */
export function isGuessing({ runs }) {
  return (lastScores(runs.now)?.ap50 ?? 0) < GUESSES_UNTIL;
}

/**
 * The shapes of the reader's scene as an address has them; none if they are the first.
 *
 * @param {State} state
 */
export function ownOfAddress({ own, ownIsNew }) {
  return ownIsNew ? own.map(({ label, box }) => ({ label, box })) : [];
}

/**
 * What an address says besides settings and shapes; of a hidden bug, only a code.
 *
 * @param {State} state
 * @returns {Record<string, string>}
 */
export function pageOfAddress(state) {
  const { view, open, mission, secret, settings, comparison } = state;
  return {
    ...{ open, mission, view: view === "detections" ? "" : view },
    game: secret ? codeOf(settings.bug, settings.seed) : "",
    seeds: comparison ? "10" : "",
  };
}

/**
 * The highest score of what is found.
 *
 * @param {State} state
 */
export function highestScore({ found }) {
  return Math.max(0, ...found.map((one) => one?.scores[0] ?? 0));
}

export { OWN };
