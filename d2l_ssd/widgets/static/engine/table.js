/**
 * The table of `make playground-table`: what every knob and bug did, on several
 * seeds. A row is named by its address.
 */

/**
 * @typedef {object} Stored
 * @property {number[]} seeds
 * @property {Record<string, Record<string, any[]>>} rows by address and column, one
 *   value per seed
 *
 * @typedef {Record<string, any> & { row: string, seed: number }} Row
 *
 * @typedef {object} Summary
 * @property {number} mean
 * @property {number} low
 * @property {number} high
 * @property {number} count of seeds
 */

const BASELINE = "";
const THRESHOLD_COLUMNS = ["least", "ap50", "precision", "recall", "boxes"];

export class Table {
  /** @param {Stored} stored */
  constructor(stored) {
    this.stored = stored;
  }

  /** All rows, each of one seed. */
  all() {
    return Object.keys(this.stored.rows).flatMap((row) => this.of(row));
  }

  /**
   * A row of each seed that it has.
   *
   * @param {string} row
   * @returns {Row[]}
   */
  of(row) {
    const columns = this.stored.rows[row];
    if (!columns) throw new Error(`the table has no row “${row}”`);
    const rows = this.stored.seeds.map((seed, k) => {
      /** @type {Row} */
      const one = { row, seed };
      for (const [key, values] of Object.entries(columns)) {
        if (values[k] !== null && values[k] !== undefined) one[key] = values[k];
      }
      return one;
    });
    return rows.filter((one) => Object.keys(one).length > 2);
  }

  /**
   * A column's numbers, seed after seed. `ap50@2000` is the AP50 that the page showed
   * after 2,000 scenes, `recall≥0.4` the recall of boxes with that score.
   *
   * @param {string} row
   * @param {string} column
   * @returns {number[]}
   */
  values(row, column) {
    return this.of(row)
      .map((one) => valueOf(one, column))
      .filter((value) => Number.isFinite(value));
  }

  /**
   * @param {string} row
   * @param {string} column
   * @returns {Summary}
   */
  summary(row, column) {
    return summarize(this.values(row, column));
  }

  /**
   * @param {string} row
   * @param {string} column
   */
  mean(row, column) {
    return this.summary(row, column).mean;
  }

  /**
   * A row less another one of the same seed.
   *
   * @param {string} row
   * @param {string} column
   * @param {string} [other]
   * @returns {number[]}
   */
  pairs(row, column, other = BASELINE) {
    const bySeed = new Map(this.of(other).map((one) => [one.seed, one]));
    return this.of(row).flatMap((one) => {
      const partner = bySeed.get(one.seed);
      if (!partner) return [];
      return [valueOf(one, column) - valueOf(partner, column)];
    });
  }

  /**
   * The mean of `pairs`.
   *
   * @param {string} row
   * @param {string} column
   * @param {string} [other]
   */
  gain(row, column, other) {
    return summarize(this.pairs(row, column, other)).mean;
  }
}

/**
 * @param {Row} row
 * @param {string} column
 * @returns {number}
 */
function valueOf(row, column) {
  const [, curve, name, least] =
    /^(?:ap50@(\d+)|(\w+)≥(.*))$/.exec(column) ?? [];
  if (curve) return lookUp(row.curve, Number(curve), 1);
  const place = THRESHOLD_COLUMNS.indexOf(name);
  if (name) return lookUp(row.thresholds, Number(least), place);
  return row[column] ?? NaN;
}

/**
 * @param {number[][] | undefined} lines
 * @param {number} key their first number
 * @param {number} place
 */
function lookUp(lines, key, place) {
  return lines?.find(([first]) => first === key)?.[place] ?? NaN;
}

/**
 * @param {number[]} values
 * @returns {Summary}
 */
function summarize(values) {
  return {
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    count: values.length,
  };
}

/** @type {Record<string, string>} */
const NAMES = {
  ap50: "AP50",
  ap75: "AP75",
  ap: "COCO AP",
  small: "AP50, small",
  medium: "AP50, medium",
  large: "AP50, large",
  trainAp50: "AP50 on training scenes",
  firstClassLoss: "first confidence loss",
  classLoss: "confidence loss",
  boxLoss: "localization loss",
  line: "knows nothing",
  matched: "positives per object",
  alone: "objects without an anchor",
  boxes: "boxes per scene",
  alarms: "false alarms per scene without objects",
  precision: "precision",
  recall: "recall",
};

/**
 * What a column is called.
 *
 * @param {string} column
 */
export function columnName(column) {
  const [, key, scenes, least] = /** @type {RegExpExecArray} */ (
    /^(\w+)(?:@(\d+))?(?:≥(.*))?$/.exec(column)
  );
  const name = NAMES[key] ?? key;
  if (scenes)
    return `${name} after ${Number(scenes).toLocaleString("en-US")} scenes`;
  return least ? `${name}, scores from ${Number(least).toFixed(2)}` : name;
}
