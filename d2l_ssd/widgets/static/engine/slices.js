/** Work in slices of time, with a rest for messages between them. */

/**
 * @typedef {object} Clock
 * @property {() => number} now in milliseconds
 * @property {(work: () => void) => void} later runs it after other events
 * @property {number} slice milliseconds of work without a rest
 */

export class Slices {
  /**
   * @param {Clock} clock
   * @param {() => boolean} workOnce does a small piece; false if there is none
   */
  constructor(clock, workOnce) {
    this.clock = clock;
    this.workOnce = workOnce;
    this.waiting = false;
    this.work = () => this.#workOn();
  }

  /** There may be something to do. */
  wake() {
    if (!this.waiting) this.#workLater();
  }

  #workLater() {
    this.waiting = true;
    this.clock.later(this.work);
  }

  /** Work for a slice of time, and again while there is more. */
  #workOn() {
    const { now, slice } = this.clock;
    const end = now() + slice;
    this.waiting = false;
    while (this.workOnce()) {
      if (now() >= end) return this.#workLater();
    }
  }
}
