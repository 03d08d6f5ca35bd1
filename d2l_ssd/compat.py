"""Let MXNet 1.9.1 run on Python 3.12 and 3.13 and on NumPy 1.24 to 2.x.

MXNet's last release runs as it is up to Python 3.11 and NumPy 1.23. Three things
stop it on later ones, and `prepare_mxnet` mends each:

1. It looks up names that NumPy has since dropped: they are restored.
2. It compares two versions with `distutils`, which Python 3.12 dropped: a few lines
   stand in for it.
3. It hands an operator's parameters to C++ as text, and NumPy 2 writes
   `(np.int64(3), 4)` where that text has to be `(3, 4)`: MXNet writes it so.

Only what is missing is set; with Python 3.11 and NumPy 1.23 that is nothing. d2l
1.0.3 needs nothing else.
"""

from __future__ import annotations

import importlib
import re
import sys
import types
import warnings

NOT_INSTALLED = (
    "MXNet is not installed. Install it with the book (see README.md), or use "
    "d2l_ssd.torch, which needs PyTorch only."
)
NUMPY_SCALAR = re.compile(r"\bnp\.(?:\w+\(([^()]*)\)|(True|False)_)")


def prepare_mxnet() -> None:
    """Import MXNet, mended where this Python or this NumPy needs it.

    Call it before anything else imports MXNet or d2l; `import d2l_ssd.mxnet` does.

    Raises:
        ImportError: MXNet is not installed; the message says how to install it.
    """
    restore_numpy_names()
    restore_distutils()
    try:
        import mxnet  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "mxnet":
            raise
        raise ImportError(NOT_INSTALLED) from None
    write_plain_parameters()


def restore_numpy_names() -> None:
    """Set the names that MXNet looks up in NumPy, where NumPy has dropped them."""
    import numpy

    replacements = _dropped_names(numpy)
    with warnings.catch_warnings():  # NumPy warns of names that it will drop
        warnings.simplefilter("ignore")
        missing = [n for n in replacements if not hasattr(numpy, n)]
    for name in missing:
        setattr(numpy, name, replacements[name])


def _dropped_names(numpy: types.ModuleType) -> dict[str, object]:
    """Return what NumPy's dropped names stood for."""

    def financial(*args, **kwargs):
        raise RuntimeError("NumPy has had no financial functions since 1.20")

    return {
        "bool": bool,
        "int": int,
        "Inf": numpy.inf,
        "PINF": numpy.inf,
        "NINF": -numpy.inf,
        "NaN": numpy.nan,
        "NAN": numpy.nan,
        "PZERO": 0.0,
        "NZERO": -0.0,
        "alltrue": numpy.all,
        "sometrue": numpy.any,
        "product": numpy.prod,
        "round_": numpy.round,
        "in1d": lambda a, *rest, **options: numpy.isin(
            numpy.ravel(a), *rest, **options
        ),
        "msort": lambda a: numpy.sort(a, axis=0),
        "trapz": getattr(numpy, "trapezoid", None),
        "compat": types.SimpleNamespace(basestring=str),
        **dict.fromkeys(
            ("mirr", "npv", "pmt", "ppmt", "pv", "rate"), financial
        ),
    }


def restore_distutils() -> None:
    """Stand in for `distutils.version`, which Python 3.12 removed."""
    if sys.version_info < (3, 12):
        return
    try:
        importlib.import_module("distutils.version")  # setuptools may have it
    except ImportError:
        module = types.ModuleType("distutils.version")
        module.LooseVersion = module.StrictVersion = Version
        sys.modules.setdefault("distutils", types.ModuleType("distutils"))
        sys.modules["distutils.version"] = module


class Version(tuple):
    """A version's numbers, which compare as versions do: `1.10` is over `1.9`."""

    def __new__(cls, text: str) -> Version:
        return super().__new__(cls, map(int, re.findall(r"\d+", text)))


def write_plain_parameters() -> None:
    """Let MXNet write NumPy's scalars as plain numbers, where NumPy does not."""
    import numpy
    from mxnet._ctypes import ndarray, symbol

    if Version(numpy.__version__) >= (2,):
        ndarray.str = symbol.str = plain_text


def plain_text(value: object) -> str:
    """Return `str(value)` without the `np.int64(…)` around NumPy's scalars."""
    if isinstance(value, str):
        return value
    return NUMPY_SCALAR.sub(lambda m: m[1] or m[2], str(value))
