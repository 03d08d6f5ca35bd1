/** The losses of a run, kept: of the first batch, and means. */

import { BATCH } from "./trainer.js";

/**
 * @typedef {[classLoss: number, boxLoss: number]} Losses
 *
 * @typedef {object} LossLog
 * @property {Losses} first of the first batch
 * @property {Losses[]} means of LOG_EVERY scenes each
 */

const LOG_EVERY = 500;

/** Keep the losses of a run: the first, and means. */
export class LossKeeper {
  constructor() {
    /** @type {LossLog} */
    this.log = { first: [NaN, NaN], means: [] };
    /** @type {Losses} */
    this.sum = [0, 0];
    this.batches = 0; // in the sum
    this.scenes = 0;
  }

  /** @param {{ classLoss: number, boxLoss: number }} loss of a batch */
  add({ classLoss, boxLoss }) {
    if (!this.scenes) this.log.first = [classLoss, boxLoss];
    this.sum = [this.sum[0] + classLoss, this.sum[1] + boxLoss];
    this.batches++;
    this.scenes += BATCH;
    if (this.scenes % LOG_EVERY >= BATCH) return;
    this.log.means.push(this.mean());
    this.sum = [0, 0];
    this.batches = 0;
  }

  /** @returns {Losses} since the last that was kept */
  mean() {
    return [this.sum[0] / this.batches, this.sum[1] / this.batches];
  }
}
