#!/usr/bin/env bash
# Counts visits in redis and checks the count: a client of its protocol in a few lines of bash.
set -euo pipefail

exec 3<>"/dev/tcp/$1/$2"

redis() {
  local word
  printf '*%d\r\n' $# >&3
  for word; do printf '$%d\r\n%s\r\n' "${#word}" "$word" >&3; done
  IFS= read -r reply <&3
  reply=${reply%$'\r'}
}

redis PING
echo "redis at $1 says ${reply#+}"
for visitor in ada grace linus; do
  redis INCR visits
  echo "visit ${reply#:} by $visitor"
done
[ "${reply#:}" -eq 3 ]
