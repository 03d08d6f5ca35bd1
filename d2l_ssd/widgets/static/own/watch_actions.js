/** What is watched, and what the detector finds in it. */

import { firstOf } from "../engine/scores.js";
import { keepShown } from "../own_engine/hysteresis.js";
import { INPUT_SIDE, STORED_SIDE } from "../own_engine/pyramid.js";
import { readPictures } from "./files.js";
import { openMoving, openPictures, openScene } from "./sources.js";
import { isTrained } from "./state.js";

/** @typedef {import("./actions.js").Context} Context */
/** @typedef {import("./sources.js").Source} Source */

const GOOD_GUESS = 0.3; // score: the background has less
const PATIENCE_MS = 2000; // with a frame that is not answered
const MOST = 20; // pictures that are watched at once
const NOTHING = {
  ...{ boxes: new Float32Array(0), scores: [], classes: [], anchors: [] },
};

/** @param {Context} context */
export function makeWatchActions(context) {
  const { state, update, say, isCalm, video } = context;
  const { close, open } = makeOpening(context);
  const openFilm = (/** @type {File | null} */ file) =>
    open(() =>
      openMoving(video, file, (sentence) => {
        close();
        say(sentence);
      }),
    );
  const rest = () => {
    state.isPaused = !state.isPaused;
    state.source?.rest(state.isPaused);
    update();
  };
  return {
    ...{ ...makeFrames(context), close, rest },
    async openScene() {
      await open(openScene);
      if (isCalm()) rest();
    },
    openCamera: () => openFilm(null),
    /** @param {File[]} files pictures, or a video */
    async watch(files) {
      const film = files.find(({ type }) => type.startsWith("video/"));
      if (film) return openFilm(film);
      const { pictures, problems } = await readPictures(files, MOST);
      if (pictures.length) await open(() => openPictures(pictures));
      say(problems.join(" "));
    },
    /** @param {number} step to another picture */
    turn(step) {
      say(state.source?.turn?.(step) ?? "");
      Object.assign(state, { shown: NOTHING, doubtSince: Infinity });
    },
  };
}

/**
 * One source is open at a time.
 *
 * @param {Context} context
 */
function makeOpening({ state, update, say }) {
  let wish = 0;
  const close = () => {
    wish += 1;
    state.source?.close();
    Object.assign(state, { source: null, isPaused: false });
    Object.assign(state, { shown: NOTHING, doubtSince: Infinity });
    update();
  };
  /** @param {() => Source | Promise<Source>} make */
  const open = async (make) => {
    close();
    say("");
    const mine = wish;
    try {
      const source = await make();
      if (mine === wish) state.source = source;
      else source.close(); // the reader is elsewhere by now
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
    update();
  };
  return { close, open };
}

/**
 * Frames go to the session one at a time: the next one when the last is answered.
 *
 * @param {Context} context
 */
function makeFrames({ state, send }) {
  let [number, sentAt, isBusy] = [0, -Infinity, false];
  /** @type {{ pixels?: Uint8ClampedArray, key?: string }} */
  let asked = {};
  /** @type {number[]} when the last ones were answered */
  const times = [];
  return {
    /** Send what is to be seen now, if it is new. */
    sendFrame() {
      const now = performance.now();
      const { source } = state;
      if (!source || !isTrained(state)) return;
      if (isBusy && now - sentAt < PATIENCE_MS) return;
      const side = state.settings.small ? STORED_SIDE : INPUT_SIDE;
      const pixels = source.frame(side);
      const key = keyOf(state);
      if (!pixels || (pixels === asked.pixels && key === asked.key)) return;
      [isBusy, sentAt, asked] = [true, now, { pixels, key }];
      number += 1;
      send({ type: "frame", id: `frame ${number}`, pixels });
    },
    /** @param {any} message of the session */
    hear({ type, id, detections }) {
      if (type !== "found" || id !== `frame ${number}`) return;
      isBusy = false;
      const now = performance.now();
      times.push(now);
      while (times[0] < now - 1000) times.shift();
      state.fps = times.length;
      state.best = firstOf(detections, 1);
      state.shown = keepShown(detections, state.shown, state.settings);
      state.doubtSince = doubtSince(state, now);
    },
  };
}

/**
 * Since when nothing is shown though there is a good guess. A still picture is
 * answered once, and needs no while.
 *
 * @param {import("./state.js").State} state
 * @param {number} now
 */
function doubtSince({ shown, best, source, doubtSince: before }, now) {
  const isGood = Number(best?.scores[0]) >= GOOD_GUESS;
  if (shown.scores.length || !isGood) return Infinity;
  return source?.turn ? -Infinity : Math.min(before, now);
}

/**
 * What a still picture's boxes depend on.
 *
 * @param {import("./state.js").State} state
 */
function keyOf({ runs, settings: { appear, stay, nms } }) {
  return [runs.now.count, appear, stay, nms].join();
}
