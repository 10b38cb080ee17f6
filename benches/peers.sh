#!/usr/bin/env bash
# Times whole commands of layerbook beside those of other programs, on one machine in one run, and prints a table of medians and ratios.
#
#   benches/peers.sh [IMAGE]
#
# IMAGE is a real image in a registry on this machine (127.0.0.1:5000/library/python:3.11 where none is named). Without that registry the
# pulls are left out; whichever of skopeo, crane and docker is missing is left out too. Needs bash, GNU time, curl, and wrk for the
# registry. Builds nothing: `cargo build --release` comes first. RUNS sets how often each command runs (5).
set -euo pipefail
cd "$(dirname "$0")/.."

image=${1:-127.0.0.1:5000/library/python:3.11}
runs=${RUNS:-5}
layerbook=$PWD/target/release/layerbook
room=$(mktemp -d "${TMPDIR:-/tmp}/layerbook-peers.XXXXXX")
served=
trap '[[ -z $served ]] || kill "$served"; rm -rf "$room"' EXIT
[[ -x $layerbook ]] || {
  echo "there is no $layerbook: run \`cargo build --release\` first" >&2
  exit 1
}

has() { command -v "$1" >/dev/null; }
lb() { "$layerbook" --home "$room/home" "$@"; }

# measure PREPARE COMMAND: medians of seconds, processor seconds and MiB; PREPARE runs before each and is not timed.
measure() {
  local prepare=$1 command=$2
  eval "$prepare" >/dev/null 2>&1
  eval "$command" >/dev/null 2>&1 || return 1
  : >"$room/times"
  for _ in $(seq "$runs"); do
    eval "$prepare" >/dev/null 2>&1
    env time -a -o "$room/times" -f '%e %U %S %M' bash -c "exec $command" >/dev/null 2>&1
  done
  awk '{ print $1, $2 + $3, $4 / 1024 }' "$room/times" | median
}

median() {
  awk '{ for (i = 1; i <= 3; i++) v[i, NR] = $i }
    function middle(i,  a, n, k, t) { n = NR
      for (k = 1; k <= n; k++) a[k] = v[i, k]
      for (k = 2; k <= n; k++) for (t = k; t > 1 && a[t - 1] > a[t]; t--) { x = a[t]; a[t] = a[t - 1]; a[t - 1] = x }
      return a[int((n + 1) / 2)] }
    END { printf "%.3f %.3f %.0f\n", middle(1), middle(2), middle(3) }'
}

first=
row() {
  local what=$1 who=$2 figures=$3
  [[ -n $figures ]] || return 0
  read -r wall cpu peak <<<"$figures"
  [[ $who == layerbook ]] && first=$wall
  printf '| %-34s | %-14s | %8s | %8s | %6s | %6s |\n' "$what" "$who" "$wall" "$cpu" "$peak" \
    "$(awk -v a="$first" -v b="$wall" 'BEGIN { if (b > 0) printf "%.2f", a / b }')"
}

echo "$(nproc) processors, $(uname -sm), $runs runs each; the last column is layerbook's time as a part of the other's"
printf '| %-34s | %-14s | %8s | %8s | %6s | %6s |\n' what who 'wall s' 'cpu s' 'MiB' ratio
echo '|---|---|---|---|---|---|'

if curl -sf -o /dev/null "http://${image%%/*}/v2/"; then
  row 'pull' layerbook "$(measure 'rm -rf "$room/home"' "'$layerbook' --home '$room/home' docker pull -q $image" || true)"
  has skopeo && row 'pull' skopeo \
    "$(measure 'rm -rf "$room/oci"' "skopeo copy -q --src-tls-verify=false docker://$image oci:$room/oci:x" || true)"
  has crane && row 'pull' crane \
    "$(measure 'rm -rf "$room/crane"' "crane pull --insecure --format=oci $image $room/crane" || true)"
  has docker && row 'pull' docker "$(measure "docker rmi -f $image; docker image prune -f" "docker pull -q $image" || true)"
  row 'pull again' layerbook "$(measure "lb docker pull -q $image" "'$layerbook' --home '$room/home' docker pull -q $image" || true)"
  has docker && row 'pull again' docker "$(measure true "docker pull -q $image" || true)"
  for query in images "inspect $image" "history $image" 'system df'; do
    row "${query%% 127*}" layerbook "$(measure true "'$layerbook' --home '$room/home' docker $query" || true)"
    has docker && row "${query%% 127*}" docker "$(measure true "docker $query" || true)"
  done
  row 'find / in a container' layerbook \
    "$(measure true "'$layerbook' --home '$room/home' docker run --rm $image find /" || true)"
  has docker && docker rmi -f "$image" >/dev/null 2>&1 || true
fi

row '--version' layerbook "$(measure true "'$layerbook' --version" || true)"
row 'first screen to its first prompt' layerbook "$(measure 'rm -rf "$room/new"' "'$layerbook' --home '$room/new' </dev/null" || true)"
row 'first pull of a model python:3.11' layerbook \
  "$(measure 'rm -rf "$room/new"' "'$layerbook' --home '$room/new' docker pull -q python:3.11" || true)"
row 'pack check' layerbook "$(measure true "'$layerbook' pack check ." || true)"
runs=1 row 'pack test' layerbook "$(runs=1 measure true "'$layerbook' pack test ." || true)"

"$layerbook" --home "$room/home" registry serve --writable --addr 127.0.0.1:5055 >/dev/null 2>&1 &
served=$!
for _ in $(seq 50); do curl -sf -o /dev/null http://127.0.0.1:5055/v2/ && break || sleep 0.1; done

# The same client takes the same image from both registries; the second figure is its own processor time, not the server's.
if has skopeo && curl -sf -o /dev/null "http://${image%%/*}/v2/"; then
  copy='skopeo copy -q --src-tls-verify=false --dest-tls-verify=false'
  $copy "docker://$image" docker://127.0.0.1:5055/library/served:x
  row 'the image served to skopeo' layerbook \
    "$(measure 'rm -rf "$room/oci"' "$copy docker://127.0.0.1:5055/library/served:x oci:$room/oci:x" || true)"
  row 'the image served to skopeo' "${image%%/*}" \
    "$(measure 'rm -rf "$room/oci"' "$copy docker://$image oci:$room/oci:x" || true)"
fi

if has wrk; then
  index=$(curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json' http://127.0.0.1:5055/v2/library/alpine/manifests/3.19)
  manifest=$(grep -o 'sha256:[0-9a-f]*' <<<"$index" | head -1)
  layer=$(curl -sf "http://127.0.0.1:5055/v2/library/alpine/manifests/$manifest" | grep -o 'sha256:[0-9a-f]*' | tail -1)
  echo
  echo 'the classroom served, 500 clients for 10 seconds:'
  wrk -t 2 -c 500 -d 10 --timeout 10s "http://127.0.0.1:5055/v2/library/alpine/blobs/$layer" | grep -E 'Requests/sec|Transfer/sec|Socket errors|Non-2xx'
fi
awk '/VmHWM/ { printf "peak of the served classroom: %.0f MiB\n", $2 / 1024 }' "/proc/$served/status"
