"""Make the book's evidence again: one long job after the other, whatever is not done.

    python tools/evidence.py              work the queue off: a day on two cores
    python tools/evidence.py --status     say what is done, and what is left
    python tools/evidence.py ablation     these jobs alone, even if they are done

Stop it whenever you like, and start it again: each job goes on where it was, and a job
that is done is skipped. What a job prints is in build/evidence, and its end, with the
seconds since its last start, in a file beside it; remove that file to do the job again.
Not in the queue: processes.json (benchmarks/speed/processes.py), and what needs BCCD's
photographs: photographs.json (benchmarks/photographs) and beyond_real.json
(benchmarks/beyond/real.py).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from d2l_ssd.files import locked_folder, write_text

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("build/evidence")


class Job(NamedTuple):
    """One job of the queue: what it makes, and its commands, which can go on.

    Args:
        makes: a file, and what it says.
        hours: that it takes two cores, about.
    """

    makes: str
    hours: float
    commands: tuple[tuple[str, ...], ...]


def python(*args: str) -> tuple[str, ...]:
    """Return the command of a module, or a file, of this repository."""
    is_file = args[0].endswith(".py")
    return (sys.executable, *(args if is_file else ("-m", *args)))


ABLATION, BASELINES = (
    f"benchmarks.{name}.{name}" for name in ("ablation", "baselines")
)
SWEEP = "benchmarks.weights.sweep"
TIMES = "benchmarks.speed.time_to_accuracy"
# The shorter ones first: a day's work ends with something
JOBS = {
    "beyond": Job(
        "beyond.json: what came after SSD, one change each",
        0.7,
        (("make", "beyond-table"),),
    ),
    "own-thing": Job(
        "own_thing.json: what is found of one's own things",
        1,
        (("make", "own-thing-table"),),
    ),
    "times": Job(
        "time_to_accuracy.json: minutes to an AP50 of 0.8 and 0.9",
        1.5,
        (python(TIMES, "--trainings"), python(TIMES, "--gather")),
    ),
    "baselines": Job(
        "baselines.json: other detectors on the same images",
        2,
        (python(BASELINES, "--all", "--fresh", "--jobs", "2", "--gather"),),
    ),
    "playground": Job(
        "playground.json: every knob and bug on 20 seeds",
        2,
        (("make", "playground-table"),),
    ),
    "weights": Job(
        "weights, predictions, history, and card; files for browsers",
        2.5,
        (
            ("make", "weights", "WEIGHTS=--copy"),
            python("benchmarks.mistakes.mistakes"),
            python("benchmarks.browser.models"),
            python("benchmarks.browser.models", "--gather"),
        ),
    ),
    "sweep": Job(
        "sweep.json: what pays in a long training",
        4,
        (python(SWEEP), python(SWEEP, "--gather")),
    ),
    "ablation": Job(
        "ablation.json: what each part of the recipe is worth",
        6.5,
        (python(ABLATION, "--all", "--fresh", "--jobs", "2", "--gather"),),
    ),
}


def is_done(name: str, folder: Path) -> bool:
    """Say whether a job has come to its end."""
    return done_path(name, folder).exists()


def done_path(name: str, folder: Path) -> Path:
    """Return the file that says that a job is done."""
    return folder / f"{name}.json"


def status(jobs: dict[str, Job], folder: Path) -> str:
    """Say in a line per job what is done, and what is left."""
    lines = []
    for name, job in jobs.items():
        done = is_done(name, folder)
        state = "done" if done else f"left, {job.hours:g} hours"
        lines.append(f"{name:12}{state:18}{job.makes}")
    return "\n".join(lines)


def work(name: str, job: Job, folder: Path) -> bool:
    """Do a job, or go on with it; return whether it has come to its end."""
    log, start = folder / f"{name}.log", time.perf_counter()
    print(f"{name}: {job.makes} (see {log})", flush=True)
    with open(log, "ab") as file:
        for command in job.commands:
            code = subprocess.run(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "TQDM_DISABLE": "1",
                },
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
            if code:
                print(f"{name} has failed ({code}): see the end of {log}")
                return False
    seconds = round(time.perf_counter() - start)
    write_text(done_path(name, folder), json.dumps({"seconds": seconds}) + "\n")
    return True


def main() -> int:
    """Work the queue off; return 1 if a job has failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    # No choices: argparse would ask them of the empty list, too
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--status", action="store_true")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    args = parser.parse_args()
    if unknown := [name for name in args.jobs if name not in JOBS]:
        parser.error(f"JOB must be one of {', '.join(JOBS)}, got {unknown[0]}")
    if args.status:
        print(status(JOBS, args.folder))
        return 0
    with locked_folder(args.folder, "--folder"):
        left = args.jobs or [n for n in JOBS if not is_done(n, args.folder)]
        # All are tried: a job that cannot be done here stops no other
        ended = [work(name, JOBS[name], args.folder) for name in left]
        print(status(JOBS, args.folder))
    return 0 if all(ended) else 1


if __name__ == "__main__":
    sys.exit(main())
