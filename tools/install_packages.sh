#!/bin/bash
# Install Debian packages if this user may, otherwise say in one sentence what is missing.
# Usage: install_packages.sh PURPOSE PACKAGE...
set -euo pipefail

purpose=$1
shift

elevated=()
if ! command -v apt-get >/dev/null; then
    echo "$purpose: please install what Debian calls $*." >&2
    exit 1
elif [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "$purpose: please install the missing packages with: sudo apt-get install --no-install-recommends $*" >&2
        exit 1
    fi
    elevated=(sudo -n)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

apt() {
    "${elevated[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1
}

have_lists() {
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null
}

echo "Installing $* ..."
if ! { have_lists && apt install -y --no-install-recommends "$@"; }; then
    # No package lists, or such old ones that they name files that are gone.
    if ! { apt update && apt install -y --no-install-recommends "$@"; }; then
        tail -n 20 "$log" >&2
        echo "$purpose: the packages $* could not be installed." >&2
        exit 1
    fi
fi
