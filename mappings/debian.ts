/** Debian as the back end `debian-rootfs` builds it. */

/** Releases by number and name, the oldest first; the mirror's own `stable` is what is newest. */
export const debianReleases = [
  { version: '12', codename: 'bookworm' },
  { version: '13', codename: 'trixie' },
] as const;

/** Debian's word for the architecture that is built. */
export const debianArchitecture = 'amd64';

/** What is in an image beside Debian's essential packages. */
export const debianPackages = ['linux-image-cloud-amd64', 'systemd-sysv', 'systemd-resolved', 'udev', 'dbus', 'iproute2', 'openssh-server', 'ca-certificates', 'e2fsprogs', 'fdisk'] as const;

/** Files of packages that an image does without; the later pattern wins. */
export const debianLeftOut = [
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  // licences must go with what they are for; locale-gen needs the aliases
  'path-include=/usr/share/doc/*/copyright',
  'path-include=/usr/share/locale/locale.alias',
] as const;

/** What `installSource` may say: a mirror, and which suite of it. */
export const debianSourceKeys = { url: 'mirror', mirror: 'mirror', suite: 'suite' } as const;
