#!/usr/bin/env bash
# The real image proxy of Nova: Debian's keystone, glance-api and nova-api side by side.
#   nova.sh start [WORKDIR]   installs what is missing, starts, prints URLs, tokens and projects as shell assignments
#   nova.sh stop [WORKDIR]    ends them and removes all they made
# Everything is in WORKDIR/polyglance-nova.UID; WORKDIR defaults to /tmp. Both may be repeated. Ports of 127.0.0.1:
# STAND_KEYSTONE_PORT (5010), STAND_GLANCE_PORT (9295), STAND_NOVA_PORT (8775). STAND_KEEP=1 lets stop leave the folder.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=services.sh
source "$here/services.sh"

command=${1:-}
work=$(realpath -m "${2:-/tmp}")/polyglance-nova.$EUID
keystone_port=${STAND_KEYSTONE_PORT:-5010} glance_port=${STAND_GLANCE_PORT:-9295} nova_port=${STAND_NOVA_PORT:-8775}
keystone=http://127.0.0.1:$keystone_port glance=http://127.0.0.1:$glance_port nova=http://127.0.0.1:$nova_port
services=(nova glance keystone)

# authtoken: the section by which glance-api and nova-api have tokens judged.
authtoken() {
  cat <<END
[keystone_authtoken]
www_authenticate_uri = $keystone
auth_url = $keystone
auth_type = password
username = service
password = secret
project_name = service
user_domain_id = default
project_domain_id = default
token_cache_time = 300
END
}

configure() {
  mkdir -p "$work"/{images,staging,cache,lock,state}
  cat >"$work/keystone.conf" <<END
[DEFAULT]
log_file = $work/keystone.log
[database]
connection = sqlite:///$work/keystone.db
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory
[token]
expiration = 604800
[fernet_tokens]
key_repository = $work/fernet
[credential]
key_repository = $work/credential
END
  cat >"$work/glance-api.conf" <<END
$(glance_settings "$work" "$glance_port")
[paste_deploy]
config_file = /usr/share/glance-common/glance-api-paste.ini
flavor = keystone
$(authtoken)
END
  cat >"$work/nova.conf" <<END
[DEFAULT]
log_file = $work/nova-api.log
state_path = $work/state
transport_url = fake:/
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_listen_port = $nova_port
osapi_compute_workers = 1
[api]
auth_strategy = keystone
[api_database]
connection = sqlite:///$work/nova-api.db
[database]
connection = sqlite:///$work/nova.db
[glance]
endpoint_override = $glance
[oslo_concurrency]
lock_path = $work/lock
[oslo_messaging_notifications]
driver = noop
[wsgi]
api_paste_config = /usr/share/nova-common/api-paste.ini
$(authtoken)
END
}

# A database that is only half made is made again: the mark is set last.
make_databases() {
  local user group manage=(nova-manage --config-file "$work/nova.conf")
  [[ ! -e $work/made ]] || return 0
  user=$(id -un) group=$(id -gn)
  rm -rf "$work"/*.db* "$work"/{fernet,credential}
  {
    (
      local k=(keystone-manage --config-file "$work/keystone.conf")
      "${k[@]}" db_sync
      "${k[@]}" fernet_setup --keystone-user "$user" --keystone-group "$group"
      "${k[@]}" credential_setup --keystone-user "$user" --keystone-group "$group"
      "${k[@]}" bootstrap --bootstrap-password secret --bootstrap-region-id RegionOne --bootstrap-public-url "$keystone/v3" \
        --bootstrap-internal-url "$keystone/v3" --bootstrap-admin-url "$keystone/v3"
    ) &
    local first=$!
    glance-manage --config-file "$work/glance-api.conf" db_sync &
    local second=$!
    "${manage[@]}" api_db sync
    "${manage[@]}" db sync --local_cell
    cp "$work/nova.db" "$work/nova-cell0.db"
    "${manage[@]}" cell_v2 map_cell0 --database_connection "sqlite:///$work/nova-cell0.db"
    "${manage[@]}" cell_v2 create_cell --name cell1 --transport-url fake:/ --database_connection "sqlite:///$work/nova.db"
    wait "$first"
    wait "$second"
    # Readers must not wait for the writer: else parallel requests meet "database is locked".
    python3 - "$work"/*.db <<'END'
import sqlite3, sys
for name in sys.argv[1:]:
    sqlite3.connect(name).execute('PRAGMA journal_mode=WAL')
END
  } >"$work/databases.log" 2>&1 || {
    tail -n 20 "$work/databases.log" >&2
    die "no databases; see $work/databases.log"
  }
  touch "$work/made"
}

# make_users: the projects and users of the stand, and a token for each.
make_users() {
  python3 - "$keystone" <<'END'
import json, sys, urllib.error, urllib.request

base, token = sys.argv[1], None


def call(method, path, body=None):
    headers = {'Content-Type': 'application/json', **({'X-Auth-Token': token} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return answer, json.loads(text) if text else None


def token_of(user, project):
    identity = {'methods': ['password'], 'password': {
        'user': {'name': user, 'password': 'secret', 'domain': {'id': 'default'}}}}
    scope = {'project': {'name': project, 'domain': {'id': 'default'}}}
    answer, body = call('POST', '/v3/auth/tokens', {'auth': {'identity': identity, 'scope': scope}})
    return answer.headers['X-Subject-Token'], body['token']['project']['id']


def named(kind, name, **more):
    plural = kind + 's'
    found = call('GET', '/v3/%s?name=%s' % (plural, name))[1][plural]
    return (found or [call('POST', '/v3/' + plural, {kind: dict(more, name=name)})[1][kind]])[0]['id']


token = token_of('admin', 'admin')[0]
role = {name: named('role', name) for name in ('admin', 'member', 'service')}
for user, project, wanted in (('demo', 'demo', 'member'), ('alt', 'alt_demo', 'member'), ('service', 'service', 'admin')):
    ids = named('project', project, domain_id='default'), named('user', user, domain_id='default', password='secret')
    call('PUT', '/v3/projects/%s/users/%s/roles/%s' % (ids + (role[wanted],)))
for user, project in (('admin', 'admin'), ('demo', 'demo'), ('alt', 'alt_demo')):
    print('%s_token=%s\n%s_project=%s' % sum(((user, value) for value in token_of(user, project)), ()))
END
}

start() {
  if running stand.env; then
    cat "$work/stand.env"
    return
  fi
  end_all
  install_missing glance-api keystone nova-api uwsgi-plugin-python3 python3-memcache curl
  free_port "$keystone_port"
  free_port "$glance_port"
  free_port "$nova_port"
  mkdir -p "${work%/*}"
  mkdir -m 700 "$work" 2>/dev/null || [[ ! -L $work && -O $work ]] || die "$work belongs to someone else"
  configure
  make_databases
  # One process and one thread, because of sqlite; and no kept connections, which it would cut in mid-request.
  OS_KEYSTONE_CONFIG_DIR=$work OS_KEYSTONE_CONFIG_FILES=keystone.conf begin keystone "$keystone" 300 \
    uwsgi --plugin python3 --http-socket "127.0.0.1:$keystone_port" --processes 1 --threads 1 --master --die-on-term \
    --buffer-size 65535 --add-header 'Connection: close' --wsgi-file /usr/bin/keystone-wsgi-public \
    --pidfile "$work/uwsgi.pid" --disable-logging
  make_users >"$work/users.env"
  begin glance "$glance" 300 glance-api --config-file "$work/glance-api.conf"
  begin nova "$nova" 200 nova-api --config-file "$work/nova.conf"
  {
    printf 'nova=%s\nglance=%s\nkeystone=%s/v3\n' "$nova" "$glance" "$keystone"
    cat "$work/users.env"
  } >"$work/stand.env"
  cat "$work/stand.env"
}

stop() {
  end_all
  [[ -n ${STAND_KEEP:-} ]] || rm -rf "$work"
}

obey "$command"
