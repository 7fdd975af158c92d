# Shared by the scripts of the stand: sourced, never run.
# shellcheck shell=bash

# Debian's own interpreter and tools, whatever a version manager put first.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
# Glance fetches from loopback, and so do the clients: no proxy may stand between.
export no_proxy='*' NO_PROXY='*'
export PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH PYTHONHOME "${!OS_@}"

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# install_missing PACKAGE...: apt-get what is not there yet, without letting it start services.
install_missing() (
  missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  [[ $EUID -eq 0 ]] || die "not root, and these packages are missing: ${missing[*]}"
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get update -q
    apt-get install -q -y --no-install-recommends "${missing[@]}"
  } >&2
)

# free_port PORT: fail when something listens there already.
free_port() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || die "port $1 of 127.0.0.1 is taken"
}

# wait_for SECONDS PID URL STATUS: until URL answers STATUS; fail when PID ends or the time is up.
wait_for() {
  local end=$((SECONDS + $1))
  until [[ $(curl -s -o /dev/null -m 5 -w '%{http_code}' "$3") == "$4" ]]; do
    kill -0 "$2" 2>/dev/null && ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

# end_group PGID: SIGTERM for a process group, SIGKILL after ten seconds.
end_group() {
  local tenths=0
  kill -TERM -- "-$1" 2>/dev/null || return 0
  # Bounded: what nobody reaps, as in a container without an init, still counts as there.
  while kill -0 -- "-$1" 2>/dev/null && ((tenths < 110)); do
    [[ $tenths -ne 100 ]] || kill -KILL -- "-$1" 2>/dev/null || true
    tenths=$((tenths + 1))
    sleep 0.1
  done
}

# obey COMMAND: start or stop, as the script defines them; else its manual.
obey() {
  case $1 in
    start) start ;;
    stop) stop ;;
    *)
      sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
}

# glance_settings WORK PORT: what every Glance of the stand is told.
glance_settings() {
  cat <<END
[DEFAULT]
bind_host = 127.0.0.1
bind_port = $2
workers = 1
log_file = $1/glance-api.log
enabled_import_methods = [glance-direct,web-download,copy-image]
node_staging_uri = file://$1/staging
image_cache_dir = $1/cache
transport_url = fake:/
[database]
connection = sqlite:///$1/glance.db
[glance_store]
stores = file
default_store = file
filesystem_store_datadir = $1/images
[oslo_concurrency]
lock_path = $1/lock
[oslo_messaging_notifications]
driver = noop
END
}

# start_identity IMAGE_URL COMPUTE_URL: keystone.py until the script ends; its address is in $keystone.
start_identity() {
  local lines pid
  exec {lines}< <(exec "$(dirname "${BASH_SOURCE[0]}")/keystone.py" --port 0 --image-url "$1" --compute-url "$2")
  pid=$!
  # shellcheck disable=SC2064 # known only now
  trap "kill $pid 2>/dev/null || true" EXIT
  trap 'exit 143' TERM INT
  # shellcheck disable=SC2034 # for the script
  read -r keystone <&"$lines" || die "keystone.py did not start"
}
