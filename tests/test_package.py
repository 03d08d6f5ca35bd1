"""The package as a whole: its public names, and which way its imports run."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import d2l_ssd

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "d2l_ssd"
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in PACKAGE.rglob("*.py")
)
FRAMEWORKS = {"mxnet", "torch", "onnx", "onnxruntime"}
# From the inside out: a module imports from its own layer and those before it
LAYERS = [
    ["files", "safetensors", "compat", "colab", "checks", "detections"],
    ["palette"],
    ["boxes", "feature_maps", "anchors", "targets", "inference", "schedule"],
    ["evaluation", "coco_rules", "error_analysis", "error_tables", "shapes"],
    ["tiles", "coco_areas"],
    [
        "jpeg_files",
        "png_files",
        "images",
        "file_checks",
        "signatures",
        "downloads",
        "toy",
        "sampling",
        "datasets",
        "data",
        "augmentation",
        "label_checks",
        "health",
        "network_checks",
        "workers",
        "processes",
        "batches",
        "fitting",
        "zooming",
        "inspection",
    ],
    [
        "plotting",
        "exercises",
        "symptoms",
        "pipeline",
        "checkpoints",
        "options",
        "predictors",
        "weight_names",
        "onnx",
        "mxnet",
        "torch",
        "results",
        "photographs",
        "detecting",
        "scores",
    ],
    ["widgets"],
    ["commands", "cli", "__main__"],
]
LAYER_OF = {room: n for n, layer in enumerate(LAYERS) for room in layer}


def room(module):
    """Return the part of a module's name that follows `d2l_ssd`."""
    return module.split(".")[1] if "." in module else ""


def imports_of(module):
    """Yield (module, name) for each import in a module, inside functions too."""
    path = ROOT / module.replace(".", "/")
    path = path.with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)


class TestPublicNames:
    def test_there_are_about_forty(self):
        names = len(d2l_ssd.__all__)
        assert 35 <= names <= 50, "keep rare names in their modules"

    def test_nothing_else_is_public(self):
        assert sorted(dir(d2l_ssd)) == sorted(d2l_ssd.__all__)

    @pytest.mark.parametrize("name", d2l_ssd.__all__)
    def test_name_resolves_and_is_documented(self, name):
        value = getattr(d2l_ssd, name)
        assert inspect.getdoc(value), f"{name} has no docstring"
        assert not name.startswith("_")

    def test_missing_name(self):
        with pytest.raises(AttributeError, match="missing"):
            d2l_ssd.missing  # noqa: B018


class TestImports:
    @pytest.mark.parametrize("module", MODULES)
    def test_run_one_way(self, module):
        if not room(module) or room(module) == "__init__":
            return
        assert room(module) in LAYER_OF, f"add {room(module)} to LAYERS"
        layer = LAYER_OF[room(module)]
        for imported, _ in imports_of(module):
            if imported.startswith("d2l_ssd.") and room(imported) != room(
                module
            ):
                assert LAYER_OF[room(imported)] <= layer, imported

    @pytest.mark.parametrize("module", MODULES)
    def test_no_private_name_of_another_module(self, module):
        for imported, name in imports_of(module):
            if imported and imported.startswith("d2l_ssd"):
                assert not name.startswith("_"), f"{imported}.{name}"

    @pytest.mark.parametrize("module", MODULES)
    def test_frameworks_stay_in_their_rooms(self, module):
        top = {imported.split(".")[0] for imported, _ in imports_of(module)}
        others = {
            "compat": {"mxnet"},
            "onnx": {"onnx", "onnxruntime"},
            "processes": {"torch"},
        }
        allowed = others.get(room(module), {room(module)})
        assert top & FRAMEWORKS <= allowed


class TestSizes:
    @pytest.mark.parametrize("module", MODULES)
    def test_module_is_no_longer_than_400_lines(self, module):
        path = (ROOT / module.replace(".", "/")).with_suffix(".py")
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize(
    "module", [m for m in MODULES if not m.endswith("__main__")]
)
def test_module_is_documented(module):
    name = re.sub(r"\.__init__$", "", module)
    assert importlib.import_module(name).__doc__
