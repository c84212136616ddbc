#!/bin/sh
# Proves that dist is what the sources give, checks types, and checks that every
# language has every text and that every text is used.
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
node_modules/.bin/tsc --noEmit
node check-texts.mjs
./build.sh "$fresh/dist"
diff -rq "$fresh/dist" dist || { echo "check.sh: dist is not what the sources give: run web/build.sh and commit" >&2; exit 1; }
echo "web: types, texts and bundle are in order"
