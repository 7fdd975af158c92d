#!/usr/bin/env bash
# Runs a command as an ordinary user who may map users of his own, as a builder's does; made at the first call (as root).
#   ordinary-user.sh COMMAND...   in the folder that this is called in, which that user must be able to read
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node=$(dirname "$(command -v node)")
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"

user=polyglance-test
(($#)) || die 'which command?'
install_missing uidmap util-linux
if ! id "$user" >/dev/null 2>&1; then
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
  usermod --add-subuids 200000-265535 --add-subgids 200000-265535 "$user"
fi
as_user=(setpriv --reuid "$user" --regid "$user" --init-groups --reset-env --)
"${as_user[@]}" test -r package.json || die "$user cannot read $PWD"
exec "${as_user[@]}" env PATH="$node:$PATH" HOME=/tmp NO_COLOR=1 "$@"
