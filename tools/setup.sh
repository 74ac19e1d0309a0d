#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs what is missing: Debian packages (with sudo where needed) and the Python environment .venv; as
# `setup.sh bench` also .venv-bench, in which PyTorch takes 5 GB, as `setup.sh bench-peers` also .venv-bench-peers with
# NEST and ANNarchy (0.6 GB). Quick when everything is there. PYTHON names another interpreter for all.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-/usr/bin/python3}

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

# The stamp names everything an environment was made from, so that a changed pin makes it anew.
environment_stamp() {
    { "$python" --version; pwd; cat "$@"; } | sha256sum | cut -d ' ' -f 1
}

# make_environment FOLDER REQUIREMENTS...
make_environment() {
    local folder=$1 stamp
    shift
    stamp=$(environment_stamp "$@")
    if [[ $(cat "$folder/stamp" 2>/dev/null) == "$stamp" ]]; then return; fi
    say "making $folder"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "${@/#/-r}"
    echo "$stamp" > "$folder/stamp"
}

if command -v dpkg-query > /dev/null; then
    install_packages
else
    say "no dpkg here: the packages of tools/debian-packages.txt are taken to be installed"
fi
make_environment .venv tools/requirements.txt tools/requirements-test.txt
for name in "$@"; do make_environment ".venv-$name" "tools/requirements-$name.txt"; done
