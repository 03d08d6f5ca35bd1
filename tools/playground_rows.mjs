// What `make playground-table` trains and measures. A row is an address: settings
// of training, and in `live` what is measured on the same networks.
import { BUGS } from "../d2l_ssd/widgets/static/engine/bugs.js";

const IN_USE = "decoding and use";
const NMS = [0.1, 0.3, 0.6, 0.75, 1].map((value) => `nms=${value}`);
const HERD = ["test=herd", ...NMS.map((nms) => `${nms}&test=herd`)];

/** Bugs of decoding and use are measured on the baseline's networks. */
const baseline = [
  ...BUGS.filter(({ where }) => where === IN_USE).map(({ id }) => `bug=${id}`),
  ...NMS,
  ...HERD,
  "test=crosses",
];

/**
 * @typedef {{ train: string, live?: string[] }} Run
 * @type {Record<string, Run[]>}
 */
export const RUNS = {
  bugs: [
    { train: "", live: baseline },
    ...BUGS.filter(({ where }) => where !== IN_USE).map(({ id }) => ({
      train: `bug=${id}`,
    })),
  ],
  missions: [
    { train: "force=0" },
    { train: "iou=0.7" },
    { train: "iou=0.7&force=0" },
    { train: "iou=0.3" },
    { train: "sizes=1&ratios=1" },
    { train: "sizes=1&ratios=1&force=0" },
    { train: "maps=12" },
    { train: "maps=6" },
    { train: "maps=3" },
    { train: "scale=2" },
    { train: "scale=2&force=0" },
    { train: "neg=all" },
    { train: "neg=1" },
    { train: "loc=0.1" },
    { train: "loc=10" },
    { train: "log=0" },
    { train: "flip=0" },
    { train: "n=3000&lr=0.0005" },
    { train: "n=3000&lr=0.0015" },
    { train: "n=3000&lr=0.015" },
    { train: "scenes=20&flip=0" },
    { train: "scenes=20&shift=6" },
    { train: "scenes=200&flip=0" },
    { train: "scenes=200&shift=6" },
    { train: "crowd=herd", live: HERD },
    { train: "crosses=30", live: ["test=crosses"] },
    { train: "crosses=30&minneg=0", live: ["test=crosses"] },
  ],
  knobs: [
    { train: "empty=30", live: ["test=crosses"] },
    { train: "minneg=0" },
    { train: "neg=10" },
    { train: "shift=6" },
    { train: "sizes=1" },
    { train: "ratios=1" },
    { train: "ratios=1,2,1/2,3,1/3" },
    { train: "scale=0.5" },
    { train: "maps=12,6" },
    { train: "maps=6,3" },
    { train: "n=12000" },
  ],
};

export const SEEDS = 20;

/** The addresses of all rows, in the order of the table. */
export const ADDRESSES = Object.values(RUNS)
  .flat()
  .flatMap(({ train, live = [] }) =>
    ["", ...live].map((one) => joined(train, one)),
  );

/** The address of a run's row with live settings. */
export function joined(train, live) {
  return [train, live].filter(Boolean).join("&");
}

/** The row of an address and a seed, if it is there. */
export function findRow(rows, address, seed) {
  return rows.find((row) => row.row === address && row.seed === seed);
}

/**
 * The runs of a table, seeds outermost: one that is interrupted has few seeds of
 * everything. `missing` says that a row of the run is not there.
 */
export function makeJobs(rows, seeds, only) {
  const wanted = Object.entries(RUNS).flatMap(([part, runs]) =>
    runs.filter(({ train }) => [part, train, undefined].includes(only)),
  );
  return Array.from({ length: seeds }, (_, k) => k + 1).flatMap((seed) =>
    wanted.map(({ train, live = [] }) => {
      const addresses = ["", ...live].map((one) => joined(train, one));
      const missing = addresses.some((one) => !findRow(rows, one, seed));
      return { train, live, seed, missing };
    }),
  );
}
