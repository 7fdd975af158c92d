#!/usr/bin/env bash
# Installs what `npm run test:build` and a builder with the back ends debian-rootfs and installer need (as root, where something is missing).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"

install_missing mmdebstrap debian-archive-keyring uidmap e2fsprogs fdisk grub-common grub-pc-bin \
  qemu-system-x86 qemu-utils socat util-linux libosinfo-bin debian-installer-12-netboot-amd64
