#!/bin/bash
# Print the newest Python from 3.11 on that can make virtual environments; exit 1 when there is none.
set -euo pipefail

# The check of ensurepip matters on Debian, which packs it apart from Python.
for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit
    fi
done
exit 1
