#!/bin/sh
# Format notebooks as modules are formatted; `#@save` stays as d2l writes it.
#
#     tools/format_notebooks.sh NOTEBOOK ...            format them
#     tools/format_notebooks.sh --check NOTEBOOK ...    exit 1 if one would change
set -eu
check=false
if [ "$1" = --check ]; then
    check=true
    shift
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
for notebook in "$@"; do
    sed 's/"#@save/"# @save/' "$notebook" >"$folder/before"
    # Only if code changes: ruff writes the numbers of outputs in a way of its own
    code=0
    ruff format --quiet --check --stdin-filename "$notebook" - <"$folder/before" || code=$?
    [ $code -eq 0 ] && continue
    [ $code -eq 1 ] || exit $code
    if $check; then
        echo "would reformat $notebook (run \`make format\`)"
        status=1
        continue
    fi
    # No pipe: what fails must end this before a notebook is replaced
    ruff format --quiet --stdin-filename "$notebook" - <"$folder/before" >"$folder/spaced"
    sed 's/"# @save/"#@save/' "$folder/spaced" >"$folder/after"
    cp "$folder/after" "$notebook"
done
exit $status
