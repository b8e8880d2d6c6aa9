#!/bin/sh
# Runs a command with ROOT as its root directory, in the mount namespace it was started in (unshare --mount).
# Usage: enter-root.sh ROOT DATA DIR... -- COMMAND...   (DATA and each DIR stay visible under their own path)
set -eu
root=$1
shift
mount --make-rprivate /
# runc refuses a root that is no mount point.
mount --bind "$root" "$root"
for system in /proc /sys /dev /run; do
  mkdir -p "$root$system"
  mount --rbind "$system" "$root$system"
done
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
  fi
  shift
done
shift
mkdir -p "$root/mnt/old"
cd "$root"
pivot_root . mnt/old
cd /
umount --lazy /mnt/old
exec "$@"
