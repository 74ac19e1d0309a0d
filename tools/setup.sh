#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs what is missing: Debian packages (with sudo where needed) and the Python environment .venv.
# Quick when everything is there. PYTHON names another interpreter for .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-/usr/bin/python3}
requirements=(tools/requirements.txt tools/requirements-test.txt)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

missing_packages() {
    local package
    while read -r package; do
        if [[ -z $package || $package == \#* ]]; then continue; fi
        if ! dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
            echo "$package"
        fi
    done < tools/debian-packages.txt
}

install_packages() {
    local missing as_root=()
    mapfile -t missing < <(missing_packages)
    if (( ${#missing[@]} == 0 )); then return; fi
    if (( EUID != 0 )); then
        command -v sudo > /dev/null || fail "as root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# The stamp names everything .venv was made from, so that a changed pin makes it anew.
environment_stamp() {
    { "$python" --version; pwd; cat "${requirements[@]}"; } | sha256sum | cut -d ' ' -f 1
}

make_environment() {
    local stamp
    stamp=$(environment_stamp)
    if [[ $(cat .venv/stamp 2>/dev/null) == "$stamp" ]]; then return; fi
    say "making .venv"
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "${requirements[@]/#/-r}"
    echo "$stamp" > .venv/stamp
}

if command -v dpkg-query > /dev/null; then
    install_packages
else
    say "no dpkg here: the packages of tools/debian-packages.txt are taken to be installed"
fi
make_environment
