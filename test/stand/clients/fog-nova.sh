#!/usr/bin/env bash
# The unmodified fog-openstack (Ruby) as a Compute client, on Nova's image proxy.
#   fog-nova.sh URL [IMAGE_URL]   IMAGE_URL: where images are made and looked at (Glance v2); URL when not given
# Tokens are those of the stand. A token for the Identity service comes from keystone.py, started here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR/.. source=lib.sh
source "$here/../lib.sh"
url=${1:?URL of a Compute endpoint} image_url=${2:-$1}

install_missing ruby-fog-openstack

exec {lines}< <(exec "$here/../keystone.py" --port 0 --image-url "$image_url" \
  --compute-url "${url%/}/v2.1/%(project_id)s")
keystone_pid=$!
trap 'kill "$keystone_pid" 2>/dev/null || true' EXIT
trap 'exit 143' TERM INT
read -r keystone <&"$lines" || die "keystone.py did not start"

timeout 300 ruby "$here/fog-nova.rb" "${url%/}" "${image_url%/}" "$keystone"
