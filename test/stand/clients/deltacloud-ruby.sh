#!/usr/bin/env bash
# An unmodified Ruby client of Deltacloud through every image operation.
#   deltacloud-ruby.sh FOLDER URL   FOLDER: the client, as its project keeps it (the folder that holds lib/)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$here/../lib.sh"
install_missing ruby ruby-faraday ruby-nokogiri ruby-rest-client
LANG=C.UTF-8 exec ruby -W0 "$here/deltacloud-ruby.rb" "${1:?folder of the client}" "${2:?URL of a gateway}"
