"""The command line: look at data, train, evaluate, detect, export.

d2l-ssd check DATA          (or python -m d2l_ssd check …)
d2l-ssd train DATA --out RUN
d2l-ssd evaluate RUN DATA
d2l-ssd detect RUN IMAGE…
d2l-ssd export RUN FILE.onnx
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import re
import signal
import warnings
from collections.abc import Iterator, Sequence

from d2l_ssd.workers import WorkerError

PROGRAM = "d2l-ssd"
COMMANDS = "check", "train", "evaluate", "detect", "export"
# Exit statuses; of a signal a shell's is 128 and its number
USER_ERROR, INTERRUPTED, TERMINATED = 2, 130, 143
# Errors that say what is wrong with what the user gave
USER_ERRORS = OSError, ValueError, FloatingPointError, WorkerError
# What Python's arguments are called on the command line
OPTIONS = {
    "classes=None takes all": "leave out --classes to take all",
    "split=None takes all images": "leave out --split to take them",
    "^folder(?= must be)": "--out",
    **{
        f"^{name}(?= must be)": f"--{name}"
        for name in ("average", "overlap", "score", "seed", "timeout")
    },
    "image_sizes?": "--image-size",
    "init_from": "--init",
    "max_detections": "--max-detections",
    "nms_iou": "--nms",
    "num_epochs": "--epochs",
    "score_threshold": "--score",
    **{
        name: f"--{name.replace('_', '-')}"
        for name in (
            "batch_size class_weights evaluate_every flip_only learning_rate "
            "localization_weight max_norm num_workers tile_size weight_decay"
        ).split()
    },
}
# Modules that not everybody needs, and the extras that bring them
EXTRAS = {
    "torch": ("PyTorch", "torch"),
    "onnx": ("onnx", "onnx"),
    "onnxruntime": ("onnxruntime", "onnx"),
}
EPILOG = """\
A first detector of your own, from a folder of labeled photographs:
  d2l-ssd check photographs --report report.html
  d2l-ssd train photographs --out run
  d2l-ssd evaluate run photographs --split test
  d2l-ssd detect run new_photographs --out found
`d2l-ssd COMMAND --help` explains each of them.
"""


class _Terminated(SystemExit):
    """The process shall end, after cleaning up."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line; see `d2l-ssd --help`.

    Args:
        arguments: its words; those of this process if None.

    Raises:
        SystemExit: with status 1 if `check` has found problems; after a
            sentence on standard error, with status 2 if options, folders, files
            or labels are wrong, 130 after Ctrl-C, 143 after SIGTERM.
    """
    parser, first = build_parser(), os.environ.get("RANK", "0") == "0"
    # Of several processes all have the same words
    hidden = contextlib.redirect_stderr(io.StringIO())
    with contextlib.nullcontext() if first else hidden:
        args = parser.parse_args(arguments)
    try:
        with _ending_cleanly(), _short_warnings():
            status = args.module.run(args)
    except (KeyboardInterrupt, _Terminated) as stopped:
        terminated = isinstance(stopped, _Terminated)
        text = f"{PROGRAM}: {_how_to_go_on(args)}\n" if first else None
        parser.exit(TERMINATED if terminated else INTERRUPTED, text)
    except Exception as error:
        if (sentence := _sentence(error)) is None:
            raise
        shown = first or not getattr(error, "is_shared", False)
        text = f"{PROGRAM}: error: {in_options(sentence)}\n" if shown else None
        parser.exit(USER_ERROR, text)
    if status:
        parser.exit(status)


@contextlib.contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Let SIGTERM raise an exception, so that nothing half done is left."""

    def end(*_) -> None:
        raise _Terminated(TERMINATED)

    try:
        previous = signal.signal(signal.SIGTERM, end)
    except ValueError:  # signals reach the main thread only
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextlib.contextmanager
def _short_warnings() -> Iterator[None]:
    """Show a warning as one line, without its place in the code."""

    def as_line(message, *_, **__) -> str:
        return f"{PROGRAM}: warning: {message}\n"

    previous, warnings.formatwarning = warnings.formatwarning, as_line
    try:
        yield
    finally:
        warnings.formatwarning = previous


class Parser(argparse.ArgumentParser):
    """A parser whose errors are a sentence, not a page of usage."""

    def error(self, message: str) -> None:
        """Say what is wrong with the arguments, and end."""
        self.exit(
            USER_ERROR,
            f"{self.prog}: error: {message}. `{self.prog} --help` explains the "
            "arguments\n",
        )


def in_options(sentence: str) -> str:
    """Return a sentence about Python's arguments as one about options."""
    for name, option in OPTIONS.items():
        sentence = re.sub(rf"(?<![\w./]){name}(?![\w./])", option, sentence)
    return sentence


def _sentence(error: Exception) -> str | None:
    """Return what to tell the user; None for an error of this program."""
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRAS:
        name, extra = EXTRAS[error.name]
        return f"{name} is not installed: pip install 'd2l_ssd[{extra}]'"
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    if isinstance(error, USER_ERRORS):
        return str(error)
    # PyTorch's, which may not be installed
    if type(error).__name__ == "OutOfMemoryError":
        line = str(error).partition(". ")[0]
        return f"{line}: use a smaller --batch-size or smaller images"
    return None


def _how_to_go_on(args: argparse.Namespace) -> str:
    """Say what becomes of work that was stopped."""
    say = getattr(args.module, "how_to_go_on", None)
    return say(args) if say else "stopped"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    as_written = argparse.RawDescriptionHelpFormatter
    parser = Parser(
        prog=PROGRAM,
        description="Look at labeled images; train, evaluate, and use an SSD.",
        epilog=EPILOG,
        formatter_class=as_written,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"d2l_ssd.commands.{name}")
        text = module.__doc__.partition("\n")[0]
        command = commands.add_parser(
            name,
            help=text.rstrip("."),
            description=text,
            epilog=module.EXAMPLES,
            formatter_class=as_written,
        )
        command.set_defaults(module=module)
        module.add_arguments(command)
    return parser
