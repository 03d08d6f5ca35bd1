// The kernels that `npm run build` has compiled.
import { readFileSync } from "node:fs";

import { compileKernels } from "../../../d2l_ssd/widgets/static/engine/kernels.js";

const FILE = "../../../d2l_ssd/widgets/static/dist/kernels.wasm";

export const simd = compileKernels(
  readFileSync(new URL(FILE, import.meta.url)),
);
