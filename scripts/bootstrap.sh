#!/bin/sh
# Installs the locked packages (the pinned Node among them) when they are missing or older than the lock file.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing packages ..." >&2
  npm ci --loglevel=error --no-audit --no-fund >&2
  touch node_modules/.package-lock.json
fi
# A small Debian lacks the one library that Node needs beside libstdc++.
if ! node_modules/.bin/node --version >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "installing the Debian package libatomic1 ..." >&2
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libatomic1; } >/dev/null 2>&1 || true
  fi
  node_modules/.bin/node --version >/dev/null || {
    echo "the pinned Node does not start here; on Debian: apt-get install libatomic1" >&2
    exit 1
  }
fi
