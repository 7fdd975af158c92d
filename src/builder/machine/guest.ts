import { chown, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { type Ended, endOf, type ProgramOptions } from './program.ts';

/** `kvm` where it works, else emulation (`tcg`). */
export type Accelerator = 'kvm' | 'tcg';

/** A disk of a guest; `format` is always told to QEMU, so that no guest can forge one. */
export interface Disk {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  readonly readonly?: boolean;
}

/** A virtual machine, from its start until it switches itself off. */
export interface Guest {
  readonly folder: string;
  readonly accelerator: Accelerator;
  /** MiB. */
  readonly memory: number;
  readonly disks: readonly Disk[];
  /** A kernel to start in place of the first disk's boot loader. */
  readonly kernel?: { readonly file: string; readonly initrd?: string; readonly command: string };
  /**
   * Nothing, or one HTTP proxy at {@link proxyAddress}: each connection of the guest's goes to this Unix socket. Nothing else can
   * be reached, the worker's loopback (10.0.2.2 in QEMU's user network) least of all.
   */
  readonly network: 'none' | { readonly proxy: string };
  /** Each line that the guest writes to its first serial port. */
  readonly line: (text: string) => void;
  /** What it has written there since its last line ended, whenever there is more of it. */
  readonly pending?: (text: string) => void;
  readonly signal: AbortSignal;
}

const mebibyte = 1024 ** 2;
/** What QEMU itself needs beside the guest's memory, translated code included. */
const overhead = 2048;
const codeCache = 256;
const nobody = { uid: 65_534, gid: 65_534 };

/** Where a guest with a proxy finds it. */
export const proxyAddress = { host: '10.0.2.100', port: 3128 } as const;

/** Options' values have commas doubled (QEMU's own rule). */
const escaped = (path: string): string => path.replaceAll(',', ',,');

/** A network without a way out but the proxy. QEMU starts a program in a session of its own for each connection: its sandbox must then allow that. */
function networkArguments({ network, folder }: Guest): string[] {
  const proxied = network !== 'none';
  const forward = proxied
    ? `,guestfwd=tcp:${proxyAddress.host}:${proxyAddress.port}-cmd:socat STDIO UNIX-CONNECT:${escaped(relative(folder, network.proxy))}`
    : '';
  const sandbox = 'on,obsolete=deny,resourcecontrol=deny';
  return [
    ...['-sandbox', proxied ? sandbox : `${sandbox},elevateprivileges=deny,spawn=deny`],
    ...['-netdev', `user,id=net,restrict=on,ipv6=off${forward}`],
    // without its own ROM it does not try to boot from the network
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
  ];
}

function machineArguments({ accelerator, memory }: Guest): string[] {
  const accel = accelerator === 'kvm' ? 'kvm' : `tcg,tb-size=${codeCache}`;
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-monitor', 'none'],
    ...['-accel', accel, '-m', String(memory), '-smp', '1', '-serial', 'stdio'],
    ...['-object', 'rng-random,filename=/dev/urandom,id=rng', '-device', 'virtio-rng-pci,rng=rng'],
  ];
}

const diskArguments = (disks: readonly Disk[]): string[] =>
  disks.flatMap(({ file, format, readonly }) => [
    '-drive',
    `file=${escaped(file)},format=${format},if=virtio,cache=unsafe,discard=unmap${readonly ? ',readonly=on' : ''}`,
  ]);

function kernelArguments(kernel: Guest['kernel']): string[] {
  if (!kernel) return [];
  const initrd = kernel.initrd === undefined ? [] : ['-initrd', kernel.initrd];
  return ['-kernel', kernel.file, ...initrd, '-append', kernel.command];
}

/** Root hands the guest's files to nobody, and QEMU runs as nobody: a guest that breaks out finds nothing. */
async function unprivileged(guest: Guest): Promise<ProgramOptions['user']> {
  if (process.getuid?.() !== 0) return undefined;
  const proxy = guest.network === 'none' ? [] : [guest.network.proxy];
  const files = [...guest.disks.map((disk) => disk.file), ...proxy];
  await Promise.all(files.map((file) => chown(file, nobody.uid, nobody.gid)));
  if (guest.accelerator !== 'kvm') return nobody;
  const device = await stat('/dev/kvm').catch(() => undefined);
  // a group of its own lets nobody use the device, and nothing else
  return { ...nobody, gid: device?.gid || nobody.gid };
}

/** Runs a guest until it ends; the signal ends it sooner (and is what this then rejects with). */
export async function runGuest(guest: Guest): Promise<Ended> {
  const user = await unprivileged(guest);
  return endOf(
    'qemu-system-x86_64',
    [
      ...machineArguments(guest),
      ...networkArguments(guest),
      ...diskArguments(guest.disks),
      ...kernelArguments(guest.kernel),
    ],
    {
      cwd: guest.folder,
      signal: guest.signal,
      line: guest.line,
      sealed: true,
      ...(guest.pending && { pending: guest.pending }),
      limits: { memory: (guest.memory + overhead) * mebibyte },
      user,
    },
  );
}
