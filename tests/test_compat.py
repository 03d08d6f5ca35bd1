"""MXNet and d2l on the Python and NumPy at hand: the book's own, or today's."""

import subprocess
import sys
import types
from pathlib import Path

import mxnet as mx
import numpy
import pytest
import run_chapters
from mxnet import autograd, gluon, np, npx
from nbformat import v4

from d2l_ssd import compat

npx.set_np()

ROOT = Path(__file__).resolve().parent.parent
OWN_NUMPY = numpy.__version__ == "1.23.5"


def run(code, *options, **environment):
    """Run Python code in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        capture_output=True,
        text=True,
        env={"PATH": "", "OMP_NUM_THREADS": "1", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestOperators:
    """What only goes wrong where parameters are not written as plain numbers."""

    @pytest.mark.parametrize("kind", [int, numpy.int64, numpy.int32])
    def test_shape(self, kind):
        ones = np.ones((2, 6))
        assert ones.reshape(kind(3), kind(4)).shape == (3, 4)
        assert npx.reshape(ones, (kind(4), kind(-1))).shape == (4, 3)
        assert np.transpose(ones, (kind(1), kind(0))).shape == (6, 2)
        assert np.zeros((kind(2), kind(3))).shape == (2, 3)
        assert np.split(ones, kind(3), axis=kind(1))[2].shape == (2, 2)

    def test_list_of_numpy_floats(self):
        sizes, ratios = numpy.array([0.5, 0.25]), numpy.array([1, 2.0])
        one = npx.multibox_prior(np.zeros((1, 3, 2, 2)), [0.5, 0.25], [1, 2])
        two = npx.multibox_prior(
            np.zeros((1, 3, 2, 2)), sizes=list(sizes), ratios=tuple(ratios)
        )
        assert one.shape == (1, 12, 4)
        assert one.asnumpy().tolist() == two.asnumpy().tolist()

    def test_scalar_of_numpy(self):
        values = np.arange(4).reshape(2, 2)
        rows = values.sum(axis=numpy.int64(1))
        assert (rows * numpy.float32(0.5)).asnumpy().tolist() == [0.5, 2.5]
        picked = npx.pick(values, np.array([1, 0]), axis=numpy.int64(1))
        assert picked.asnumpy().tolist() == [1, 2]
        kept = npx.topk(values, k=numpy.int64(1), ret_typ="value")
        assert kept.asnumpy().tolist() == [[1], [3]]

    def test_truth_value_of_numpy(self):
        flag = numpy.float32(1) > 0
        assert np.ones((2, 3)).sum(axis=1, keepdims=flag).shape == (2, 1)
        x = mx.sym.Variable("x")
        mean = mx.sym.mean(x, axis=(numpy.int64(1),), keepdims=flag)
        assert mean.attr("axis") == "(1,)"
        assert mean.attr("keepdims") == "True"

    def test_boxes_of_the_legacy_operators(self):
        rows = np.array([[0, 0.9, 0, 0, 1, 1], [0, 0.8, 0, 0, 1, 0.9]])
        kept = mx.nd.contrib.box_nms(
            rows.as_nd_ndarray(), overlap_thresh=numpy.float64(0.5), id_index=0
        )
        assert kept.asnumpy()[:, 1].tolist() == [numpy.float32(0.9), -1]


class TestArrays:
    @pytest.mark.parametrize(
        "dtype", ["float32", "float64", "int32", "int64", "uint8", "bool"]
    )
    def test_there_and_back(self, dtype):
        there = numpy.array([[0, 1, 2], [3, 4, 5]], dtype)
        back = np.array(there, dtype=dtype).asnumpy()
        assert back.dtype == there.dtype
        assert back.tolist() == there.tolist()

    def test_index(self):
        values = np.arange(6).reshape(2, 3)
        where = numpy.array([1, 0])
        assert values[where].asnumpy().tolist() == [[3, 4, 5], [0, 1, 2]]
        assert values[numpy.int64(1), numpy.int64(2)].item() == 5
        assert values[values > 3].asnumpy().tolist() == [4, 5]
        assert np.take(values, np.array([5])).item() == 5

    def test_where_it_lies(self):
        assert np.ones(2).ctx == mx.cpu()
        assert np.ones(2).as_in_ctx(mx.cpu(0)).ctx.device_type == "cpu"

    def test_print(self):
        assert repr(np.array([1, 0.5])) == "array([1. , 0.5])"


class TestLearning:
    def test_gradient(self):
        x = np.array([1.0, 2.0, 3.0])
        x.attach_grad()
        with autograd.record():
            y = (x**2).sum()
        y.backward()
        assert x.grad.asnumpy().tolist() == [2, 4, 6]

    def test_training_step(self, tmp_path):
        net = gluon.nn.HybridSequential()
        net.add(gluon.nn.Conv2D(2, numpy.int64(3)), gluon.nn.BatchNorm())
        net.add(gluon.nn.Dense(1))
        net.initialize()
        net.hybridize(static_alloc=True)
        trainer = gluon.Trainer(
            net.collect_params(), "adam", {"learning_rate": numpy.float32(0.1)}
        )
        loss, batch, losses = gluon.loss.L2Loss(), np.ones((2, 3, 5, 5)), []
        for _ in range(3):
            with autograd.record():
                value = loss(net(batch), np.array([[0.0], [1.0]])).mean()
            value.backward()
            trainer.step(numpy.int64(1))
            losses.append(value.item())
        assert losses[-1] < losses[0]
        before = net(batch).asnumpy()
        net.save_parameters(str(tmp_path / "net.params"))
        net.load_parameters(str(tmp_path / "net.params"))
        assert net(batch).asnumpy().tolist() == before.tolist()

    def test_data_loader_with_processes(self):
        data = gluon.data.ArrayDataset(numpy.arange(6, dtype="float32"))
        loader = gluon.data.DataLoader(data, 4, num_workers=1)
        batches = [batch.asnumpy().tolist() for batch in loader]
        assert batches == [[0, 1, 2, 3], [4, 5]]


def test_d2l():
    printed = run(
        "import d2l_ssd.mxnet\n"
        "from d2l import mxnet as d2l\n"
        "from mxnet import np, npx; npx.set_np()\n"
        "anchors = d2l.multibox_prior(np.zeros((1, 3, 2, 2)), [.5], [1, 2])\n"
        "print(anchors.shape, len(d2l.VOC_CLASSES), d2l.try_gpu())\n"
    )
    assert printed == "(1, 8, 4) 21 cpu(0)\n"


def test_figures_are_shown(tmp_path):
    """IPython, matplotlib and what joins them are of different ages."""
    code = (
        "import d2l_ssd.mxnet",
        "%matplotlib inline",
        "from d2l import mxnet as d2l\nfrom mxnet import np, npx\nnpx.set_np()",
        "d2l.plot(np.arange(3), np.ones(3))",
    )
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in code])
    run_chapters.execute(notebook, tmp_path / "1-figure.ipynb")
    kinds = [list(output.data) for output in notebook.cells[-1].outputs]
    assert kinds == [["text/plain", "image/svg+xml"]]


class TestImport:
    def test_of_the_package_changes_nothing(self):
        """No module, no hook, no name in NumPy, no warning filter."""
        changes = run(
            "import sys, warnings\n"
            "import numpy\n"
            "from importlib.metadata import version\n"
            "def state():\n"
            "    return (list(sys.meta_path), list(sys.path_hooks), list(sys.path),\n"
            "            set(vars(numpy)), list(warnings.filters))\n"
            "before = state()\n"
            "import d2l_ssd\n"
            "dir(d2l_ssd)\n"
            "heavy = {'mxnet', 'd2l', 'torch', 'matplotlib', 'cv2'}\n"
            "print(state() == before, heavy & set(sys.modules))\n"
        )
        assert changes == "True set()\n"

    def test_of_mxnet_mends_only_what_is_missing(self):
        added = run(
            "import numpy\n"
            "before = set(vars(numpy))\n"
            "from d2l_ssd.compat import prepare_mxnet\n"
            "prepare_mxnet()\n"
            "import mxnet\n"
            "added = set(vars(numpy)) - before - {'_typing', 'testing', 'typing'}\n"
            "print(sorted(added), 'str' in vars(mxnet._ctypes.ndarray))\n"
        )
        if OWN_NUMPY:
            assert added == "[] False\n"
        else:
            assert "'int'" in added

    def test_alone_is_the_reason_for_this(self):
        code = "try:\n    import mxnet\nexcept {}:\n    print('no')"
        if not OWN_NUMPY:
            errors = "(AttributeError, ModuleNotFoundError)"
            assert run(code.format(errors)) == "no\n"

    def test_without_distutils(self):
        """As where setuptools, which brings a `distutils`, is not installed."""
        printed = run(
            "import d2l_ssd.mxnet, distutils.version as v\n"
            "print(v.LooseVersion('1.9') < v.LooseVersion('1.17.3'))\n"
            "print(v.__name__ == 'distutils.version')\n",
            SETUPTOOLS_USE_DISTUTILS="stdlib",
        )
        assert printed == "True\nTrue\n"

    def test_found_later_in_a_folder_of_its_own(self, tmp_path):
        """As on Colab: first there is none, then pip brings one."""
        package = tmp_path / "mxnet" / "_ctypes"
        package.mkdir(parents=True)
        for name in ("__init__.py", "ndarray.py", "symbol.py"):
            (package / name).touch()
        (tmp_path / "mxnet" / "__init__.py").write_text(
            "import numpy\nfrom . import _ctypes\nkind = numpy.int\n"
        )
        names = "inf nan all any prod round isin ravel sort".split()
        (tmp_path / "numpy.py").write_text(
            f"{' = '.join(names)} = 0\n__version__ = '2.5.5'\n"
        )
        (tmp_path / "lazy_loader.py").write_text(
            "def attach_stub(*_):\n"
            "    def missing(name):\n"
            "        raise AttributeError(name)\n"
            "    return missing, list, []\n"
        )
        # -S: not the MXNet and the NumPy that are installed
        printed = run(
            "import sys\n"
            f"sys.path.append({str(tmp_path)!r})\n"
            "from d2l_ssd import compat\n"
            f"hidden = {str(tmp_path / 'mxnet')!r}\n"
            "import os\n"
            "os.rename(hidden, hidden + '.part')\n"
            "try:\n"
            "    compat.prepare_mxnet()\n"
            "except ImportError as error:\n"
            "    print(str(error)[:24])\n"
            "os.rename(hidden + '.part', hidden)\n"
            "import importlib; importlib.invalidate_caches()\n"
            "compat.prepare_mxnet()\n"
            "import mxnet\n"
            "print(mxnet.kind, mxnet._ctypes.ndarray.str.__name__)\n",
            "-S",
            PYTHONPATH=str(ROOT),
        )
        assert printed == (
            "MXNet is not installed. \n<class 'int'> plain_text\n"
        )

    def test_twice_is_once(self):
        compat.prepare_mxnet()
        before = set(vars(numpy))
        compat.prepare_mxnet()
        assert set(vars(numpy)) == before


class TestNumpyNames:
    @pytest.fixture
    def bare(self, monkeypatch):
        """A NumPy that has what all versions have, and nothing else."""
        names = "inf nan all any prod round isin ravel sort".split()
        bare = types.ModuleType("numpy")
        for name in names:
            setattr(bare, name, getattr(numpy, name))
        bare.trapezoid = "trapezoid"
        monkeypatch.setitem(sys.modules, "numpy", bare)
        return bare

    def test_missing_ones_are_what_they_were(self, bare):
        compat.restore_numpy_names()
        assert bare.bool is bool and bare.int is int
        assert bare.NINF < bare.PZERO < bare.PINF == bare.Inf
        assert bare.NaN != bare.NAN
        assert bare.round_(2.4) == 2 and bare.product([2, 3]) == 6
        assert bare.alltrue([1, 0]) == 0 and bare.sometrue([1, 0]) == 1
        assert bare.in1d([[1, 2]], [2]).tolist() == [False, True]
        assert bare.msort([[2, 1], [1, 2]]).tolist() == [[1, 1], [2, 2]]
        assert bare.trapz == "trapezoid"
        assert bare.compat.basestring is str
        with pytest.raises(RuntimeError, match="financial"):
            bare.npv(0.1, [1])

    def test_others_stay(self, bare):
        bare.bool, bare.trapz = "own bool", "own trapz"
        compat.restore_numpy_names()
        assert (bare.bool, bare.trapz) == ("own bool", "own trapz")


@pytest.mark.parametrize(
    "case, value, text",
    [
        ("text", "np.int64(3)", "np.int64(3)"),
        ("plain", (3, 0.5, None), "(3, 0.5, None)"),
        ("scalar", numpy.int64(3), "3"),
        ("tuple", (numpy.int64(3), 4), "(3, 4)"),
        ("nested", [(numpy.float32(0.5),), numpy.bool_(True)], None),
        ("not finite", [numpy.float64("-inf")], "[-inf]"),
        ("text of NumPy", [numpy.str_("a b")], "['a b']"),
    ],
)
def test_plain_text(case, value, text):
    assert compat.plain_text(value) == (text or "[(0.5,), True]")


def test_plain_text_of_numpy_2():
    """The same as text, so that NumPy 1 sees it too."""

    class Written:
        def __str__(self):
            return "(np.int64(-3), [np.float32(1e-05), np.False_], 'a(b)')"

    assert compat.plain_text(Written()) == "(-3, [1e-05, False], 'a(b)')"


@pytest.mark.parametrize(
    "older, newer",
    [("1.9", "1.10"), ("1.17", "2.0.0rc1"), ("1.6.0", "1.23.5")],
)
def test_version(older, newer):
    assert compat.Version(older) < compat.Version(newer)
