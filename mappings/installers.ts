/** Systems whose own installer runs in a guest. */

/** Families of systems: what clients call them, and the language of their installers' scripts. `disk`: GiB of the image. */
export const families = [
  { family: 'debian', names: ['debian', 'debian gnu/linux'], script: 'preseed', disk: 4 },
  { family: 'fedora', names: ['fedora', 'fedora linux', 'fedora server', 'fedora workstation'], script: 'kickstart', disk: 8 },
  { family: 'centos-stream', names: ['centos stream', 'centos-stream', 'centos'], script: 'kickstart', disk: 8 },
  { family: 'rhel', names: ['rhel', 'red hat enterprise linux'], script: 'kickstart', disk: 8 },
  { family: 'rocky', names: ['rocky', 'rocky linux'], script: 'kickstart', disk: 8 },
  { family: 'almalinux', names: ['almalinux'], script: 'kickstart', disk: 8 },
] as const;

/** Installers that are packages of Debian. */
export const packagedInstallers = [
  {
    os: 'debian12',
    package: 'debian-installer-12-netboot-amd64',
    folder: '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64',
  },
] as const;

/** Systems that are newer than libosinfo's data, and whose default script they get. */
export const olderScripts: Readonly<Record<string, string>> = {
  debian12: 'debian11',
  debian13: 'debian11',
};

/** Keys of `installSource` that lead to something libosinfo can look at. */
export const detectable = [
  { key: 'iso', type: 'media' },
  { key: 'tree', type: 'tree' },
  { key: 'url', type: 'tree' },
] as const;

/** Keys of `installSource` that name where packages come from, the preferred first. */
export const packageKeys = ['mirror', 'url', 'tree'] as const;

/** Answers that a client's preseed may replace. */
export const presetAnswers = ['debian-installer/locale string en_US.UTF-8', 'keyboard-configuration/xkb-keymap select us', 'netcfg/choose_interface select auto', 'netcfg/get_hostname string localhost', 'netcfg/get_domain string localdomain', 'mirror/country string manual', 'mirror/protocol string http'] as const;

/** Answers beyond libosinfo's for an image without a script: no password, and cloud-init to let the user of a server in. */
export const defaultAnswers = ['passwd/make-user boolean false', 'passwd/root-password-crypted password !', 'partman-auto/choose_recipe select atomic', 'pkgsel/include string openssh-server cloud-init', 'grub-installer/with_other_os boolean true'] as const;

/** Answers that always hold: the guest has no way out but its proxy, and is to switch itself off. */
export const fixedAnswers = ['netcfg/no_default_route boolean true', 'netcfg/get_nameservers string 10.0.2.3', 'cdrom-detect/eject boolean false', 'finish-install/reboot_in_progress note', 'debian-installer/exit/halt boolean false', 'debian-installer/exit/poweroff boolean true'] as const;

/** What installers say, and how much of the build is done by then (percent). */
export const milestones = [
  { says: 'Checking the Debian archive mirror', percent: 4 },
  { says: 'Loading additional components', percent: 6 },
  { says: 'Starting up the partitioner', percent: 14 },
  { says: 'Installing the base system', percent: 20 },
  { says: 'Configuring apt', percent: 55 },
  { says: 'Select and install software', percent: 60 },
  { says: 'Starting package installation process', percent: 20 },
  { says: 'Installing boot loader', percent: 85 },
  { says: 'Installing GRUB boot loader', percent: 85 },
  { says: 'Finishing the installation', percent: 92 },
] as const;
