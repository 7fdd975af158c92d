#!/usr/bin/env bash
# The unmodified Apache Libcloud, OpenStack 1.1 driver, on Nova's image proxy; by every form of the path.
#   libcloud-nova.sh URL [IMAGE_URL]   IMAGE_URL: where images are made and looked at (Glance v2); URL when not given
# Tokens are those of the stand; one comes by password from keystone.py, started here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR/.. source=lib.sh
source "$here/../lib.sh"
url=${1:?URL of a Compute endpoint} image_url=${2:-$1}

install_missing python3-libcloud

start_identity "$image_url" "${url%/}/v2.1/%(project_id)s"

timeout 300 python3 "$here/libcloud-nova.py" "${url%/}" "${image_url%/}" "$keystone"
