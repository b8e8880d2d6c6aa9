#!/bin/sh
# Installs the locked packages (the pinned Node among them) when they are missing or older than the lock file.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing packages ..." >&2
  npm ci --loglevel=error --no-audit --no-fund >&2
  touch node_modules/.package-lock.json
fi
