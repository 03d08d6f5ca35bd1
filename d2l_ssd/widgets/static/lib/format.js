/** Numbers as texts. */

/**
 * "5,380"
 *
 * @param {number} count
 */
export function formatCount(count) {
  return count.toLocaleString("en-US");
}

/**
 * "97.3 %"
 *
 * @param {number} share
 */
export function formatPercent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * "0.97", or a dash where there is nothing to divide by.
 *
 * @param {number} share
 */
export function formatShare(share) {
  return Number.isFinite(share) ? share.toFixed(2) : "–";
}
