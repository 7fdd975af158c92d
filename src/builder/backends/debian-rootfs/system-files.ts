import { seedLabel, seedMount, seedUnit } from './names.ts';

/** Paths below a root, and what is in the files. */
export type FileTexts = Readonly<Record<string, string>>;

const units = 'etc/systemd/system';

const growRoot = `[Unit]
Description=Let the root file system grow with its disk
After=local-fs.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'part=$(findmnt -no SOURCE /); disk=/dev/$(lsblk -no PKNAME "$part"); echo ", +" | sfdisk --quiet --no-reread --force -N 1 "$disk"; partx --update --nr 1 "$disk"; resize2fs "$part"'

[Install]
WantedBy=multi-user.target
`;

const hostKeys = `[Unit]
Description=Make the host keys of the SSH server
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
`;

/** What makes a bootstrapped system one that boots in a cloud. */
export const systemFiles = (uuid: string): FileTexts => ({
  'etc/fstab': `UUID=${uuid} / ext4 defaults,errors=remount-ro 0 1\n`,
  'etc/hostname': 'debian\n',
  'etc/hosts': '127.0.0.1 localhost\n127.0.1.1 debian\n::1 localhost ip6-localhost ip6-loopback\n',
  'etc/systemd/network/50-dhcp.network': '[Match]\nType=ether\n\n[Network]\nDHCP=yes\n',
  [`${units}/grow-root.service`]: growRoot,
  [`${units}/ssh-host-keys.service`]: hostKeys,
});

/** Units that start at boot, besides those that packages enable. */
export const enabledUnits = [
  'systemd-networkd.service',
  'grow-root.service',
  'ssh-host-keys.service',
];

/** Runs what is on the seed disk, before anybody can log in. */
export const seedUnitFiles: FileTexts = {
  [`${units}/${seedUnit}`]: `[Unit]
Description=Run the script of the image's order
Wants=network-online.target
After=network-online.target systemd-resolved.service dbus.service ssh.service
Before=getty.target serial-getty@ttyS0.service getty@tty1.service

[Service]
Type=oneshot
ExecStart=/bin/mkdir -p ${seedMount}
ExecStart=/bin/mount -o ro LABEL=${seedLabel} ${seedMount}
ExecStart=${seedMount}/run

[Install]
WantedBy=multi-user.target
`,
};

/** Shell commands, in the root of a system, that take away what no two machines may share, and what only a build leaves behind. */
export const hygiene = `
rm -rf var/lib/apt/lists/* var/cache/apt/*.bin var/cache/apt/archives/*.deb
rm -f etc/ssh/ssh_host_* var/lib/systemd/random-seed var/lib/dbus/machine-id
rm -rf var/log/journal/*
find var/log -type f -exec truncate -s 0 {} +
: > etc/machine-id
`;
