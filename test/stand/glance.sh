#!/usr/bin/env bash
# A real Glance (Debian's glance-api) with fixed tokens, for the gateway's suites.
#   glance.sh start [WORKDIR] [PORT]   installs what is missing, starts, prints the URL
#   glance.sh stop [WORKDIR]           ends it and removes all it made
# Everything is in WORKDIR/polyglance-stand.UID; WORKDIR defaults to /tmp, PORT to 9293. Both may be repeated.
# STAND_KEYSTONE_URL is what a 401 names as the identity service; STAND_KEEP=1 lets stop leave database and logs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"

command=${1:-}
# A folder of its own name in either case, since stop removes it whole.
work=$(realpath -m "${2:-/tmp}")/polyglance-stand.$EUID
port=${3:-9293}

# is_ours PID: by its arguments, since a number left in a file may be anyone's by now.
is_ours() {
  local words=()
  { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null || return 1
  [[ " ${words[*]:-} " == *" --config-file $work/glance-api.conf "* ]]
}

running() {
  [[ -s $work/pid ]] && is_ours "$(<"$work/pid")"
}

# A worker outlives a master that was killed, so the whole group is ended when any of it is left.
end_all() {
  local entry
  for entry in /proc/[0-9]*; do
    if is_ours "${entry#/proc/}" && [[ -s $work/pid ]]; then
      end_group "$(<"$work/pid")"
      break
    fi
  done
  rm -f "$work/pid"
}

configure() {
  mkdir -p "$work"/{images,staging,cache,lock,lib}
  cp "$here/fakeauth.py" "$here/identities.py" "$work/lib/"
  {
    cat /usr/share/glance-common/glance-api-paste.ini
    cat <<END

[pipeline:glance-api-fakeauth]
pipeline = cors healthcheck http_proxy_to_wsgi versionnegotiation fakeauth context rootapp

[filter:fakeauth]
paste.filter_factory = fakeauth:FakeAuth.factory
www_authenticate_uri = ${STAND_KEYSTONE_URL:-http://127.0.0.1:5000}
END
  } >"$work/glance-api-paste.ini"
  cat >"$work/glance-api.conf" <<END
$(glance_settings "$work" "$port")
[import_filtering_opts]
# Tests import from their own server on loopback; without the brackets Glance does not take the setting.
allowed_hosts = [127.0.0.1]
allowed_ports = []
[paste_deploy]
config_file = $work/glance-api-paste.ini
flavor = fakeauth
END
}

# A database that is only half made is made again: the mark is set last.
make_database() {
  [[ ! -e $work/glance.db.made ]] || return 0
  rm -f "$work"/glance.db*
  {
    glance-manage --config-file "$work/glance-api.conf" db_sync
    glance-manage --config-file "$work/glance-api.conf" db_load_metadefs /etc/glance/metadefs
    # Readers must not wait for the writer: else parallel requests meet "database is locked".
    python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")' "$work/glance.db"
  } >"$work/database.log" 2>&1 || {
    tail -20 "$work/database.log" >&2
    die "no database; see $work/database.log"
  }
  touch "$work/glance.db.made"
}

start() {
  if running; then
    cat "$work/url"
    return
  fi
  end_all
  install_missing glance-api curl
  free_port "$port"
  mkdir -p "${work%/*}"
  mkdir -m 700 "$work" 2>/dev/null || [[ ! -L $work && -O $work ]] || die "$work belongs to someone else"
  configure
  make_database
  PYTHONPATH=$work/lib setsid glance-api --config-file "$work/glance-api.conf" </dev/null >"$work/glance-api.out" 2>&1 &
  local pid=$!
  echo "$pid" >"$work/pid"
  echo "http://127.0.0.1:$port" >"$work/url"
  if ! wait_for 60 "$pid" "http://127.0.0.1:$port/" 300; then
    tail -20 "$work/glance-api.out" "$work/glance-api.log" >&2 || true
    end_group "$pid"
    die "glance-api did not come up; see $work"
  fi
  cat "$work/url"
}

stop() {
  end_all
  [[ -n ${STAND_KEEP:-} ]] || rm -rf "$work"
}

obey "$command"
