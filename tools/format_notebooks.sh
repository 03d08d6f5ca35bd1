#!/bin/sh
# Format notebooks as modules are formatted; `#@save` stays as d2l writes it.
#
#     tools/format_notebooks.sh NOTEBOOK ...            format them
#     tools/format_notebooks.sh --check NOTEBOOK ...    exit 1 if one would change
set -eu
check=
if [ "$1" = --check ]; then
    check=--check
    shift
fi
status=0
for notebook in "$@"; do
    spaced=$(mktemp)
    sed 's/"#@save/"# @save/' "$notebook" >"$spaced"
    if [ "$check" ]; then
        ruff format --quiet --check --stdin-filename "$notebook" - <"$spaced" >/dev/null ||
            { echo "would reformat $notebook (run \`make format\`)"; status=1; }
    else
        ruff format --quiet --stdin-filename "$notebook" - <"$spaced" |
            sed 's/"# @save/"#@save/' >"$spaced.done"
        cmp -s "$notebook" "$spaced.done" || cp "$spaced.done" "$notebook"
        rm -f "$spaced.done"
    fi
    rm -f "$spaced"
done
exit $status
