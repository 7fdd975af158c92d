# Shared by the client scripts: calling /usr/bin/glance and counting checks. Sourced, never run.
# A script sets api (1 or 2) and url first.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source-path=SCRIPTDIR/.. source=lib.sh
source "$here/../lib.sh"

demo=demo-token admin=admin-token alt=alt-token
alt_project=0e000000000000000000000000000003
demo_project=0d000000000000000000000000000002

install_missing python3-glanceclient curl
work=$(mktemp -d)
# Names that no other image has, so that the store need not be empty.
prefix=check-$$-$RANDOM
passed=0 failed=0

# as TOKEN ARGUMENT...: the client with a terminal as its input, since it takes anything else for image data.
as() {
  local token=$1
  shift
  python3 -c 'import pty, subprocess, sys; sys.exit(subprocess.call(sys.argv[1:], stdin=pty.openpty()[1]))' \
    timeout 60 glance --os-image-api-version "$api" --os-image-url "$url" --os-auth-token "$token" "$@"
}

# run TOKEN ARGUMENT...: the same, what it prints kept for the checks that follow.
run() {
  said="glance ${*:2}"
  code=0
  out=$(as "$@" 2>"$work/err") || code=$?
}

# piped FILE TOKEN ARGUMENT...: as run, with FILE coming in through a pipe (its size unknown to the client).
piped() {
  said="glance ${*:3} < pipe"
  code=0
  # A pipe of its own: a file on standard input would have a size.
  # shellcheck disable=SC2002
  out=$(cat "$1" | timeout 60 glance --os-image-api-version "$api" --os-image-url "$url" --os-auth-token "${@:2}" \
    2>"$work/err") || code=$?
}

report() {
  if [[ $1 == true ]]; then
    passed=$((passed + 1))
    echo "ok      $2"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$2"
    printf '%s\n' "$3" "$said (exit $code)" "$out" "$(<"$work/err")" | head -60 | sed 's/^/        /'
  fi
}

# field NAME: the value that NAME has in the last output's two-column table.
field() {
  awk -F'|' -v name="$1" '{
    key = $2; value = $3; gsub(/^ +| +$/, "", key); gsub(/^ +| +$/, "", value)
    if (key == name) print value
  }' <<<"$out"
}

# names: the second column of the last output's list, this run's images only.
names() {
  awk -F'|' -v prefix="$prefix" '{ value = $3; gsub(/ /, "", value); if (index(value, prefix) == 1) print value }' <<<"$out"
}

succeeds() {
  report "$([[ $code -eq 0 ]] && echo true)" "$1" 'wanted: success'
}

fails() {
  report "$([[ $code -ne 0 ]] && grep -qiE "$2" <<<"$out$(<"$work/err")" && echo true)" "$1" "wanted: a failure saying $2"
}

# shows WHAT NAME=VALUE...: the last command succeeded, and its table has these fields ("" for one that is not there).
shows() {
  local what=$1 pair missed=()
  shift
  for pair in "$@"; do
    [[ $(field "${pair%%=*}") == "${pair#*=}" ]] || missed+=("$pair (is: $(field "${pair%%=*}"))")
  done
  report "$([[ $code -eq 0 && ${#missed[@]} -eq 0 ]] && echo true)" "$what" "wanted: ${missed[*]:-success}"
}

# lists WHAT NAME...: the last list has just these of this run's images, in this order.
lists() {
  local what=$1
  shift
  report "$([[ $code -eq 0 && $(names) == "$(printf '%s\n' "$@")" ]] && echo true)" "$what" "wanted: $*"
}

# same WHAT FILE FILE
same() {
  report "$(cmp -s "$2" "$3" && echo true)" "$1" "wanted: $3 equal to $2"
}

# all_ids: every image of this run, whoever owns it.
all_ids() {
  curl -s -H "X-Auth-Token: $admin" "$url/v2/images?visibility=all&limit=1000" |
    python3 -c '
import json, sys
for image in json.load(sys.stdin)["images"]:
    if (image["name"] or "").startswith(sys.argv[1]):
        print(image["id"])' "$prefix"
}

finish() {
  local id
  trap - EXIT
  for id in $(all_ids 2>/dev/null); do
    curl -s -o /dev/null -X PATCH -H "X-Auth-Token: $admin" \
      -H 'Content-Type: application/openstack-images-v2.1-json-patch' \
      -d '[{"op": "replace", "path": "/protected", "value": false}]' "$url/v2/images/$id"
    curl -s -o /dev/null -X DELETE -H "X-Auth-Token: $admin" "$url/v2/images/$id"
  done
  rm -rf "$work"
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 && ${1:-1} -eq 0 ]] || exit 1
  exit 0
}
trap 'finish $?' EXIT
trap 'exit 143' TERM INT
