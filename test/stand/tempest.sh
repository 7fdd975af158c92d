#!/usr/bin/env bash
# Debian's tempest against an image endpoint, with keystone.py for tokens and source.py for remote images.
#   tempest.sh [--v1] URL [REGEX]   runs tempest.api.image.v2 (with --v1: tempest.api.image.v1), or what REGEX names
# Prints what failed and was skipped, then the counts; the exit status is 0 only when some passed and none failed.
# STAND_VERBOSE=1 prints every test, and the whole story of those that failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"

version=2
if [[ ${1:-} == --v1 ]]; then
  version=1
  shift
fi
url=${1:-}
[[ -n $url ]] || {
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
tests=${2:-tempest\\.api\\.image\\.v$version\\.}
v1=$([[ $version == 1 ]] && echo true || echo false)
v2=$([[ $version == 2 ]] && echo true || echo false)

install_missing tempest python3-stestr

work=$(mktemp -d)
pids=()
finish() {
  [[ ${#pids[@]} -eq 0 ]] || kill "${pids[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT

exec {lines}< <(exec "$here/keystone.py" --port 0 --image-url "$url")
pids+=($!)
read -r keystone <&"$lines" || die "keystone.py did not start"
exec {lines}< <(exec "$here/source.py" 0)
pids+=($!)
read -r source <&"$lines" || die "source.py did not start"

account() {
  printf -- '- {username: %s, project_name: %s, password: secret, user_domain_name: Default, ' "$1" "$2"
  printf 'project_domain_name: Default, roles: [%s]}\n' "$3"
}
{
  account admin admin 'admin, member, reader'
  account demo demo 'member, reader'
  account alt alt_demo 'member, reader'
} >"$work/accounts.yaml"

cat >"$work/tempest.conf" <<END
[DEFAULT]
log_file = $work/tempest.log
[oslo_concurrency]
lock_path = $work/lock
[auth]
use_dynamic_credentials = false
test_accounts_file = $work/accounts.yaml
create_isolated_networks = false
[identity]
uri_v3 = $keystone
auth_version = v3
region = RegionOne
[identity-feature-enabled]
api_v2 = false
api_v3 = true
[service_available]
glance = true
nova = false
cinder = false
neutron = false
swift = false
[image]
region = RegionOne
http_image = $source
build_interval = 1
build_timeout = 60
[image-feature-enabled]
api_v1 = $v1
api_v2 = $v2
import_image = true
os_glance_reserved = true
END

packages=/usr/lib/python3/dist-packages
cat >"$work/.stestr.conf" <<END
[DEFAULT]
test_path=$packages/tempest/test_discover
top_dir=$packages
END

cd "$work"
export TEMPEST_CONFIG_DIR=$work TEMPEST_CONFIG=tempest.conf
stestr init
# One at a time: the tests of member and admin share three accounts.
stestr run --serial "$tests" >"$work/run.log" 2>&1 || true
stestr last >"$work/last.log" 2>&1 || true
grep -q '^ - Passed:' "$work/last.log" || {
  tail -40 "$work/run.log" >&2
  die "no test ran"
}
[[ -z ${STAND_VERBOSE:-} ]] || cat "$work/last.log"
grep -E '\.\.\. (FAILED|SKIPPED)' "$work/run.log" | sed 's/^{[0-9]*} //' || true
sed -n '/^Totals/,/^Sum/p' "$work/last.log"
grep -q '^ - Failed: 0$' "$work/last.log" && ! grep -q '^ - Passed: 0$' "$work/last.log"
