#!/usr/bin/env bash
# Compares file trees with a real Docker Engine: what `docker export` writes of a container that was made of an image and never
# started, on both sides: names, types, modes, owners, sizes, targets of links, and the order of it all.
#
# Needs Docker, and images that both sides can pull; run by hand, since no test of the suite may need either:
#
#   tests/parity/trees.sh target/debug/layerbook 127.0.0.1:5000/library/busybox 127.0.0.1:5000/library/redis:latest ...
#
# Prints a line an image and, where trees differ, the first differences; exit status 1 then. Leaves no container behind and no
# image that was not there before.
set -euo pipefail

layerbook=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LAYERBOOK_HOME=$work/home
mkdir "$LAYERBOOK_HOME"

# Lists an archive without times: type, mode, owner, size, name, target. A file that has another one's content under a second
# name is a link to the first.
listing() {
  python3 -c '
import sys, tarfile
kinds = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.LNKTYPE: "same-as", tarfile.SYMTYPE: "link",
         tarfile.DIRTYPE: "folder", tarfile.CHRTYPE: "character", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo"}
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
    for one in archive:
        device = f"{one.devmajor}:{one.devminor}" if one.ischr() or one.isblk() else ""
        print(kinds.get(one.type, one.type), oct(one.mode & 0o7777), f"{one.uid}:{one.gid}", one.size, repr(one.name),
              repr(one.linkname) if one.linkname else "", device)
'
}

different=0
for image in "$@"; do
  held=$(docker image inspect -f yes "$image" 2>/dev/null || true)
  [[ $held == yes ]] || docker pull -q "$image" >/dev/null
  container=$(docker create "$image" true 2>/dev/null)
  docker export "$container" | listing >"$work/docker"
  docker rm "$container" >/dev/null
  [[ $held == yes ]] || docker rmi "$image" >/dev/null

  "$layerbook" docker pull -q "$image" >/dev/null
  container=$("$layerbook" docker create "$image" true)
  "$layerbook" docker export "$container" | listing >"$work/layerbook"
  "$layerbook" docker rm "$container" >/dev/null

  if diff -u "$work/docker" "$work/layerbook" >"$work/diff"; then
    echo "same       $(wc -l <"$work/docker") entries  $image"
  else
    different=1
    echo "different  $(grep -c '^[-+][^-+]' "$work/diff" || true) lines  $image"
    grep '^[-+][^-+]' "$work/diff" | head -20
  fi
done
exit $different
