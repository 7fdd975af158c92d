/** What a preseed may ask of the back end `debian-rootfs`, which runs no installer. */

/** What becomes of an answer. */
export type PreseedUse =
  | 'hostname'
  | 'locale'
  | 'timezone'
  | 'root-password'
  | 'root-password-crypted'
  | 'tasks'
  | 'packages'
  | 'late-command'
  /** Changes nothing in an image, or says what the image is anyway. */
  | 'ignored';

interface PreseedRow {
  /** A question, or with `*` at its end all that begin so; the first row that fits counts. */
  readonly question: string;
  readonly use: PreseedUse;
  /** Answers that are taken; others are refused. */
  readonly only?: readonly string[];
}

/** A question of the installer (`d-i`) that is not here fails the build: it would have changed the result. */
export const preseedQuestions: readonly PreseedRow[] = [
  { question: 'netcfg/get_hostname', use: 'hostname' },
  { question: 'netcfg/hostname', use: 'hostname' },
  { question: 'debian-installer/locale', use: 'locale' },
  { question: 'time/zone', use: 'timezone' },
  { question: 'passwd/root-password', use: 'root-password' },
  { question: 'passwd/root-password-crypted', use: 'root-password-crypted' },
  { question: 'tasksel/first', use: 'tasks' },
  { question: 'pkgsel/include', use: 'packages' },
  { question: 'preseed/late_command', use: 'late-command' },

  { question: 'passwd/root-password-again', use: 'ignored' },
  { question: 'passwd/root-login', use: 'ignored', only: ['true'] },
  { question: 'passwd/make-user', use: 'ignored', only: ['false'] },
  { question: 'user-setup/allow-password-weak', use: 'ignored' },
  { question: 'user-setup/encrypt-home', use: 'ignored', only: ['false'] },

  // how the installer itself runs, speaks and ends
  { question: 'anna/*', use: 'ignored' },
  { question: 'auto-install/*', use: 'ignored' },
  { question: 'cdrom-detect/*', use: 'ignored' },
  { question: 'debconf/*', use: 'ignored' },
  { question: 'debian-installer/allow_unauthenticated', use: 'ignored', only: ['false'] },
  { question: 'debian-installer/country', use: 'ignored' },
  { question: 'debian-installer/exit/*', use: 'ignored' },
  { question: 'debian-installer/language', use: 'ignored' },
  { question: 'finish-install/*', use: 'ignored' },
  { question: 'hw-detect/*', use: 'ignored' },
  { question: 'preseed/interactive', use: 'ignored', only: ['false'] },
  // keyboards: consoles are serial
  { question: 'console-setup/*', use: 'ignored' },
  { question: 'console-keymaps-at/*', use: 'ignored' },
  { question: 'keyboard-configuration/*', use: 'ignored' },
  // one disk, one file system, one boot loader: the back end's own
  { question: 'partman/early_command', use: 'ignored', only: [''] },
  { question: 'partman*', use: 'ignored' },
  { question: 'grub-installer/*', use: 'ignored' },
  // every interface by DHCP
  { question: 'netcfg/choose_interface', use: 'ignored' },
  { question: 'netcfg/dhcp_timeout', use: 'ignored' },
  { question: 'netcfg/get_domain', use: 'ignored' },
  { question: 'netcfg/link_wait_timeout', use: 'ignored' },
  { question: 'netcfg/wireless_wep', use: 'ignored' },
  { question: 'netcfg/enable', use: 'ignored', only: ['true'] },
  { question: 'netcfg/disable_autoconfig', use: 'ignored', only: ['false'] },
  // time is set by whoever runs the image; its hardware clock is in UTC
  { question: 'clock-setup/utc', use: 'ignored', only: ['true'] },
  { question: 'clock-setup/ntp*', use: 'ignored' },
  // packages come from the order's mirror
  { question: 'mirror/*', use: 'ignored' },
  { question: 'apt-setup/cdrom/*', use: 'ignored' },
  { question: 'apt-setup/disable-cdrom-entries', use: 'ignored' },
  { question: 'apt-setup/enable-source-repositories', use: 'ignored', only: ['false'] },
  { question: 'apt-setup/contrib', use: 'ignored', only: ['false'] },
  { question: 'apt-setup/non-free', use: 'ignored', only: ['false'] },
  { question: 'apt-setup/non-free-firmware', use: 'ignored' },
  { question: 'apt-setup/security_host', use: 'ignored' },
  { question: 'apt-setup/use_mirror', use: 'ignored', only: ['true'] },
  { question: 'base-installer/install-recommends', use: 'ignored', only: ['false'] },
  { question: 'pkgsel/upgrade', use: 'ignored' },
  { question: 'pkgsel/update-policy', use: 'ignored', only: ['none'] },
  { question: 'pkgsel/install-language-support', use: 'ignored', only: ['false'] },
  { question: 'popularity-contest/participate', use: 'ignored' },
];

/** Tasks of `tasksel/first`: the variant of Debian (mmdebstrap's) that they make; `null`: nothing that is not there anyway. */
export const preseedTasks: Readonly<Record<string, 'standard' | null>> = {
  none: null,
  minimal: null,
  'ssh-server': null,
  standard: 'standard',
};

/** Types of answers, as debconf knows them. */
export const preseedTypes = ['string', 'boolean', 'select', 'multiselect', 'password', 'note', 'text', 'error', 'title', 'seen'] as const;
