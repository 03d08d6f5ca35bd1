/** The scene as it is watched: what is drawn, sent, found, and measured. */

import { decodeImages } from "../lib/images.js";
import { readRecord, readState } from "./data.js";
import { bestScore, makeFinder, rowOf } from "./finding.js";
import { makeInput } from "./input.js";
import {
  boxOf,
  drawScene,
  hiddenShare,
  makeContext,
  makeMasks,
} from "./scene.js";
import { NO_PICTURE } from "./texts.js";

/** @typedef {import("./chart.js").Measured} Measured */
/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {ReturnType<typeof import("./network.js").makeNetwork>} Link */
/** @typedef {{ share: number, box: number[], setting: string }} Target as it was sent */

const MOST_MEASURED = 200;

/**
 * Make what knows the pictures, what is found in the scene, and the chosen box.
 *
 * @param {Model} model
 * @param {() => void} redraw
 */
export function makeView(model, redraw) {
  const pictures = readPictures(model, redraw);
  const { sprites } = pictures;
  const maskOf = makeMasks(sprites);
  const find = makeFinder(model);
  const target = makeTarget(model, sprites, maskOf);
  const own = makeOwn();
  const choice = makeChoice();
  const scene = makeContext();
  const paint = makePainter(scene, pictures, own);
  /** @param {Link} link */
  const look = (link) => {
    const { network } = link;
    const state = readState(model);
    const key = paint(state);
    const { about } = network;
    if (network.phase === "ready" && about) {
      link.watch(`${key} ${state.side}`, (number) => {
        target.send(number, state);
        return makeInput(scene, state.side, about);
      });
    }
    const isOwn = own.picture() !== null;
    const finding = find(state, network, isOwn);
    const now = isOwn ? null : target.measure(state, finding, network.result);
    const row = choice.follow(finding, target.box(state));
    const { curve, name } = target;
    const rest = { curve: curve(), now, row, isOwn, target: name };
    return { state, finding, network, trouble: own.trouble(), ...rest };
  };
  const { take, leave } = own;
  const isOwn = () => own.picture() !== null;
  const rest = { look, take, leave, isOwn, choose: choice.move };
  return { sprites, maskOf, scene, measured: target.measured, ...rest };
}

/**
 * @param {Model} model
 * @param {() => void} redraw
 */
function readPictures(model, redraw) {
  let count = 0;
  const arrived = () => {
    count++;
    redraw();
  };
  const sprites = decodeImages(model.get("sprites"), arrived);
  const places = decodeImages(model.get("places"), arrived);
  return { sprites, places, count: () => count };
}

/**
 * Make what draws the scene when it has changed, and returns its key.
 *
 * @param {CanvasRenderingContext2D} scene
 * @param {ReturnType<typeof readPictures>} pictures
 * @param {ReturnType<typeof makeOwn>} own
 */
function makePainter(scene, { sprites, places, count }, own) {
  let drawn = "";
  /** @param {State} state */
  return (state) => {
    const picture = own.picture();
    const seen = picture ? withoutObjects(state) : state;
    const key = JSON.stringify([
      ...[seen.objects, seen.order, seen.light, seen.blur],
      ...[picture ? own.key() : state.place, count()],
    ]);
    const place = picture ?? places[state.place];
    if (key !== drawn) drawScene(scene, seen, place, sprites);
    drawn = key;
    return key;
  };
}

/**
 * @param {State} state
 * @returns {State}
 */
function withoutObjects(state) {
  const objects = state.objects.map((one) => ({ ...one, hidden: true }));
  return { ...state, objects };
}

/** Make what keeps the reader's own picture. */
function makeOwn() {
  /** @type {ImageBitmap | null} */
  let picture = null;
  let [count, trouble] = [0, ""];
  return {
    picture: () => picture,
    key: () => `own ${count}`,
    trouble: () => trouble,
    /** @param {ImageBitmap | null} given null where it could not be read */
    take(given) {
      trouble = given ? "" : NO_PICTURE;
      picture = given ?? picture;
      count++;
    },
    leave() {
      [picture, trouble] = [null, ""];
    },
  };
}

/** Make what keeps a chosen box while boxes move. */
function makeChoice() {
  /** @type {Float32Array | null} */
  let chosen = null;
  /** @type {Finding["found"] | null} */
  let last = null;
  let row = -1;
  const keep = () => {
    chosen = last && row >= 0 ? last.boxes.slice(4 * row, 4 * row + 4) : chosen;
  };
  return {
    /**
     * @param {Finding} finding
     * @param {number[]} first is chosen as long as nothing was found
     */
    follow({ found }, first) {
      last = found;
      row = rowOf(found, chosen ?? first);
      keep();
      return row;
    },
    /** @param {number} way */
    move(way) {
      const count = last?.scores.length ?? 0;
      if (count) row = (row + way + count) % count;
      keep();
    },
  };
}

/**
 * Make what measures the score of the target, and the share of it that is hidden.
 *
 * @param {Model} model
 * @param {HTMLImageElement[]} sprites
 * @param {(one: import("./data.js").Placed) => Uint8Array} maskOf
 */
function makeTarget(model, sprites, maskOf) {
  const k = model.get("target");
  const name = model.get("sprite_names")[model.get("objects")[k].sprite];
  /** @type {Map<number, Target>} */
  const sent = new Map();
  const dots = makeDots();
  const mover = model.get("mover");
  let last = -1;
  /** @param {State} state */
  const boxNow = ({ objects }) => boxOf(objects[k], sprites[objects[k].sprite]);
  /** @type {(all: Finding["all"], about: Finding["about"], box: number[]) => number} */
  const score = (all, { classes }, box) =>
    bestScore(all, classes.indexOf(name), box);
  return {
    ...{ name, box: boxNow },
    measured: dots.all,
    curve: makeCurve(model, sprites, name),
    /** @type {(number: number, state: State) => void} */
    send(number, state) {
      const isShown = !state.objects[k].hidden;
      const share = isShown ? hiddenShare(state, k, maskOf) : 1;
      sent.set(number, {
        share,
        box: boxNow(state),
        setting: settingOf(state, mover),
      });
    },
    /** @type {(state: State, finding: Finding, result: { number: number } | null) => Measured | null} */
    measure(state, { source, all, about }, result) {
      if (source === "none") return null;
      if (source === "recorded") {
        const share = model.get("hidden")[state.step];
        return { share, score: score(all, about, boxNow(state)) };
      }
      const number = result?.number ?? -1;
      const then = sent.get(number);
      if (!then) return null;
      const now = { share: then.share, score: score(all, about, then.box) };
      if (number !== last) dots.add(now, then.setting);
      last = number;
      for (const other of sent.keys()) if (other < number) sent.delete(other);
      return now;
    },
  };
}

/** Make what keeps measurements, as long as only the mover moves. */
function makeDots() {
  /** @type {Measured[]} */
  let measured = [];
  let last = "";
  return {
    all: () => measured,
    /** @type {(one: Measured, setting: string) => void} */
    add(one, setting) {
      const before = setting === last ? measured : [];
      measured = [...before, one].slice(-MOST_MEASURED);
      last = setting;
    },
  };
}

/**
 * All of a scene but where the mover is.
 *
 * @param {State} state
 * @param {number} mover
 */
function settingOf({ objects, order, place, light, blur, side }, mover) {
  const others = objects.filter((_, k) => k !== mover);
  return JSON.stringify([others, order, place, light, blur, side]);
}

/**
 * Make what measures the recorded path, where its target was.
 *
 * @param {Model} model with the first scene
 * @param {HTMLImageElement[]} sprites
 * @param {string} name of the target's class
 * @returns {() => Measured[]}
 */
function makeCurve(model, sprites, name) {
  const record = readRecord(model);
  const start = model.get("objects")[model.get("target")];
  const label = model.get("about").classes.indexOf(name);
  return () => {
    const box = boxOf(start, sprites[start.sprite]);
    return model.get("hidden").map((share, step) => {
      return { share, score: bestScore(record[step], label, box) };
    });
  };
}
