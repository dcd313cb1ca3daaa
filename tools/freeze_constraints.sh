#!/bin/bash
# Print constraints.txt: the newest versions that setup.py allows, as a fresh environment resolves them.
# Usage: freeze_constraints.sh PYTHON; take the oldest Python that is supported (Debian 12 has 3.11.2)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check '.[test,check]' >&2

cat <<'HEADER'
# Versions that the tests ran with, for the extras test and check. Renew with: make constraints
# certifi is left open: it is a list of certificate authorities, and the newest is always the right one.
HEADER
"$folder/venv/bin/pip" freeze --all --exclude pip --exclude certifi --exclude cometa-core
