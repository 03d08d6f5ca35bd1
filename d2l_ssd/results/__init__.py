"""The stored results of a long training: weights, predictions, history, card.

`make weights` writes them, `load_results` reads them. All arrays are in .npz
files without pickle; SHA256SUMS holds the hash of every file. The benchmarks of
the ablation and of the baselines add their tables with `write_table`; the
playground's, its second page's, the photographs', the processes', the browser's
and the later ideas' stand apart (`make playground-table`, `make own-thing-table`,
`make beyond-table`,
`python -m benchmarks.photographs.table`, `python -m benchmarks.speed.processes`,
`python -m benchmarks.browser.models`).
"""

from d2l_ssd.results.arrays import (
    Candidates,
    find_candidates,
    pack_detections,
    unpack_detections,
)
from d2l_ssd.results.beyond import load_beyond_table, load_real_table
from d2l_ssd.results.browser_models import load_browser_models
from d2l_ssd.results.own_thing import load_own_thing_table
from d2l_ssd.results.photographs import load_photographs_tables
from d2l_ssd.results.playground import load_playground_table
from d2l_ssd.results.processes import PROCESSES, load_processes_table
from d2l_ssd.results.stored import Predictions, Results, load_results
from d2l_ssd.results.tables import TABLES, write_table
from d2l_ssd.results.weights import round_weights
from d2l_ssd.results.writing import (
    weights_size,
    write_results,
    write_test_predictions,
)

__all__ = [
    "PROCESSES",
    "TABLES",
    "Candidates",
    "Predictions",
    "Results",
    "find_candidates",
    "load_beyond_table",
    "load_browser_models",
    "load_own_thing_table",
    "load_photographs_tables",
    "load_playground_table",
    "load_processes_table",
    "load_real_table",
    "load_results",
    "pack_detections",
    "round_weights",
    "unpack_detections",
    "weights_size",
    "write_results",
    "write_table",
    "write_test_predictions",
]
