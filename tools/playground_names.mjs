// What the rows of the playground's table are called.
import {
  formatValue,
  parseAddress,
} from "../d2l_ssd/widgets/static/engine/address.js";
import { BUGS } from "../d2l_ssd/widgets/static/engine/bugs.js";
import { DEFAULTS, KNOBS } from "../d2l_ssd/widgets/static/engine/settings.js";

/** What differs from the baseline, in words. */
export function nameOf(address) {
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
