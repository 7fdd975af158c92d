#!/usr/bin/env bash
# A real Nova that boots servers and takes snapshots: beside what nova.sh starts, Debian's placement, conductor, scheduler and
# compute service, on guests that only pretend (nova-all.py).
#   nova-compute.sh start [WORKDIR]   installs what is missing, starts, prints what nova.sh prints, and image and flavor to boot
#   nova-compute.sh stop [WORKDIR]    ends all of it and removes what it made
# Ports of 127.0.0.1 beyond those of nova.sh: STAND_COMPUTE_PORT (8776), STAND_PLACEMENT_PORT (8779), STAND_NEUTRON_PORT (9697).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=services.sh
source "$here/services.sh"

command=${1:-}
base=$(realpath -m "${2:-/tmp}")
work=$base/polyglance-nova.$EUID
compute_port=${STAND_COMPUTE_PORT:-8776} placement_port=${STAND_PLACEMENT_PORT:-8779} neutron_port=${STAND_NEUTRON_PORT:-9697}
compute=http://127.0.0.1:$compute_port placement=http://127.0.0.1:$placement_port
services=(compute placement)

# as_service SECTION: how the services speak with one another.
as_service() {
  cat <<END
[$1]
auth_type = password
auth_url = $keystone
username = service
password = secret
project_name = service
user_domain_id = default
project_domain_id = default
END
}

configure() {
  mkdir -p "$work/instances"
  cat >"$work/compute.conf" <<END
[DEFAULT]
log_file = $work/compute.log
host = stand
compute_driver = stand.StandDriver
osapi_compute_listen_port = $compute_port
[scheduler]
discover_hosts_in_cells_interval = 2
[conductor]
workers = 1
$(as_service placement)
endpoint_override = $placement
$(as_service neutron)
endpoint_override = http://127.0.0.1:$neutron_port
END
  cat >"$work/placement.conf" <<END
[DEFAULT]
log_file = $work/placement.log
[placement_database]
connection = sqlite:///$work/placement.db
sync_on_startup = true
[api]
auth_strategy = keystone
$(as_service keystone_authtoken)
END
}

# shellcheck disable=SC2154 # from stand.env
# make_bootable: a flavor, an image with data, and a wait for the compute service to be mapped.
make_bootable() {
  python3 - "$compute" "$glance" "$admin_token" <<'END'
import json, sys, time, urllib.error, urllib.request

nova, glance, token = sys.argv[1:]


def call(method, url, body=None, kind='application/json'):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {'Content-Type': kind, 'X-Auth-Token': token}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


for _ in range(60):
    if call('GET', nova + '/v2.1/os-hypervisors')['hypervisors']:
        break
    time.sleep(1)
else:
    sys.exit('no hypervisor')
size = {'id': 'stand', 'name': 'stand', 'vcpus': 1, 'ram': 64, 'disk': 1}
try:
    call('POST', nova + '/v2.1/flavors', {'flavor': size})
except urllib.error.HTTPError as error:
    # of an earlier start
    if error.code != 409:
        raise
image = call('POST', glance + '/v2/images', {
    'name': 'installer', 'disk_format': 'raw', 'container_format': 'bare', 'visibility': 'public'})['id']
call('PUT', glance + '/v2/images/%s/file' % image, b'an installer', 'application/octet-stream')
print('flavor=stand\nimage=%s' % image)
END
}

start() {
  "$here/nova.sh" start "$base" >/dev/null
  if running compute.env; then
    cat "$work/compute.env"
    return
  fi
  end_all
  rm -f "$work/compute.env"
  # shellcheck disable=SC1091
  source "$work/stand.env"
  keystone=${keystone%/v3}
  install_missing placement-api nova-compute nova-conductor nova-scheduler
  free_port "$compute_port"
  free_port "$placement_port"
  free_port "$neutron_port"
  configure
  OS_PLACEMENT_CONFIG_DIR=$work begin placement "$placement" 200 \
    uwsgi --plugin python3 --http-socket "127.0.0.1:$placement_port" --processes 1 --threads 1 --master --die-on-term \
    --buffer-size 65535 --add-header 'Connection: close' --wsgi-file /usr/bin/placement-api --pidfile "$work/placement-uwsgi.pid" \
    --disable-logging
  cp "$here/nova-all.py" "$work/"
  begin compute "$compute" 200 python3 "$work/nova-all.py" --config-file "$work/nova.conf" --config-file "$work/compute.conf"
  make_bootable >"$work/bootable.env"
  sed "s|^nova=.*|nova=$compute|" "$work/stand.env" "$work/bootable.env" >"$work/compute.env"
  cat "$work/compute.env"
}

stop() {
  end_all
  "$here/nova.sh" stop "$base"
}

obey "$command"
