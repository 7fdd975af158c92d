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

start_identity "$image_url" "${url%/}/v2.1/%(project_id)s"

timeout 300 ruby "$here/fog-nova.rb" "${url%/}" "${image_url%/}" "$keystone"
