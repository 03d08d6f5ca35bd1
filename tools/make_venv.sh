#!/bin/sh
# Make .venv with Python 3.11 and everything in requirements.txt.
#
#     tools/make_venv.sh [PYTHON]
#
# .venv/ready is written last: a .venv without it is not taken as whole.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "error: $*" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# A Python 3.11: the one asked for, one on PATH, or one of pyenv's or uv's
find_python() {
    if [ -n "$1" ]; then
        version=$(version_of "$1") || fail "PYTHON=$1 does not run"
        [ "$version" = 3.11 ] || fail "PYTHON=$1 is Python $version," \
            "and MXNet 1.9.1 with d2l needs 3.11: choose another, like" \
            "\`make book PYTHON=/path/to/python3.11\`"
        python=$1
        return
    fi
    for python in python3.11 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11*/bin/python \
        "$(uv python find 3.11 2>/dev/null || true)"; do
        [ "$(version_of "$python")" = 3.11 ] && return
    done
    fail "no Python 3.11 found (MXNet 1.9.1 with d2l needs it): install it" \
        "(\`apt-get install python3.11-venv\`, \`uv python install 3.11\`," \
        "\`pyenv install 3.11\`) or say where it is: \`make book PYTHON=…\`"
}

find_python "${1:-}"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no" \
    "venv module: install it (\`apt-get install python3.11-venv\`), or choose" \
    "another Python with \`make book PYTHON=…\`"

if [ ! -e .venv/ready ]; then
    rm -rf .venv
    "$python" -m venv .venv
fi
rm -f .venv/ready
pip="nice .venv/bin/python -m pip --disable-pip-version-check"
echo "installing requirements.txt into .venv (one to three minutes)"
$pip install --quiet --requirement requirements.txt
$pip install --quiet --no-deps --no-build-isolation --editable .
touch .venv/ready
