#!/bin/sh
# Make a virtual environment with everything in requirements.txt.
#
#     tools/make_venv.sh FOLDER "VERSIONS" [PYTHON]
#
# It is made from PYTHON, which has to be of one of the versions, or else from the
# first version that is found: on PATH, among pyenv's, among uv's.
# FOLDER/ready is written last: a folder without it is not taken as whole.
set -eu
cd "$(dirname "$0")/.."
folder=$1
versions=$2
python=${3:-}
any_of=$(echo "$versions" | sed 's/ / or /g')
like="like \`make book PYTHON=/path/to/python${versions%% *}\`"

fail() {
    echo "error: $*" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

has_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

check_python() {
    version=$(version_of "$python") || fail "PYTHON=$python does not run"
    case " $versions " in
    *" $version "*) ;;
    *) fail "PYTHON=$python is Python $version, and MXNet 1.9.1 needs $any_of" \
        "(3.14 is untried): choose another, $like" ;;
    esac
    has_venv "$python" || fail "$python has no venv module: install it" \
        "(\`apt-get install python$version-venv\`), or choose another, $like"
}

find_python() {
    for version in $versions; do
        for python in "python$version" python3 python \
            "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
            "$(uv python find --system "$version" 2>/dev/null || true)"; do
            [ "$(version_of "$python")" = "$version" ] && has_venv "$python" &&
                return
        done
    done
    version=${versions%% *}
    fail "no Python $any_of with its venv module found: install one" \
        "(\`uv python install $version\`, \`pyenv install $version\`," \
        "\`apt-get install python$version-venv\`) or say where one is, $like"
}

if [ -n "$python" ]; then check_python; else find_python; fi

if [ ! -e "$folder/ready" ]; then
    # Not what lies in the folder, if `python` does
    python=$("$python" -c 'import sys; print(sys._base_executable)')
    rm -rf "$folder"
    "$python" -m venv "$folder"
fi
rm -f "$folder/ready"
pip="nice $folder/bin/python -m pip --disable-pip-version-check"
echo "installing requirements.txt into $folder (Python $version, one to three minutes)"
$pip install --quiet --no-deps --requirement requirements.txt
$pip install --quiet --no-deps --no-build-isolation --editable .
touch "$folder/ready"
