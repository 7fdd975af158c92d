import { relative } from 'node:path';
import { endAsGuest } from './as-guest.ts';
import type { Ended } from './program.ts';

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
  /** A line for the operator. */
  readonly log?: (text: string) => void;
  readonly signal: AbortSignal;
}

const mebibyte = 1024 ** 2;
/** What QEMU itself needs beside the guest's memory, translated code included. */
const overhead = 2048;
const codeCache = 256;

/** Where a guest with a proxy finds it. */
export const proxyAddress = { host: '10.0.2.100', port: 3128 } as const;

/** Options' values have commas doubled (QEMU's own rule). */
const escaped = (path: string): string => path.replaceAll(',', ',,');

/** Whether a file is the build's own. */
const isOwn = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);

/** A path as QEMU is told it: it is in the build's folder from its start, and may not be able to come there. */
const inFolder = (folder: string, file: string): string =>
  isOwn(folder, file) ? `./${relative(folder, file)}` : file;

/** A network without a way out but the proxy. QEMU starts a program in a session of its own for each connection: its sandbox must then allow that. */
function networkArguments({ network, folder }: Guest): string[] {
  const proxied = network !== 'none';
  const forward = proxied
    ? `,guestfwd=tcp:${proxyAddress.host}:${proxyAddress.port}-cmd:socat STDIO UNIX-CONNECT:${escaped(inFolder(folder, network.proxy))}`
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

const diskArguments = ({ disks, folder }: Guest): string[] =>
  disks.flatMap(({ file, format, readonly }) => [
    '-drive',
    `file=${escaped(inFolder(folder, file))},format=${format},if=virtio,cache=unsafe,discard=unmap${readonly ? ',readonly=on' : ''}`,
  ]);

function kernelArguments({ kernel, folder }: Guest): string[] {
  if (!kernel) return [];
  const initrd = kernel.initrd === undefined ? [] : ['-initrd', inFolder(folder, kernel.initrd)];
  return ['-kernel', inFolder(folder, kernel.file), ...initrd, '-append', kernel.command];
}

/** Files that QEMU must come to. */
function filesOf({ disks, kernel, network }: Guest): string[] {
  const booted = kernel ? [kernel.file, kernel.initrd ?? []].flat() : [];
  const proxy = network === 'none' ? [] : [network.proxy];
  return [...disks.map(({ file }) => file), ...booted, ...proxy];
}

/** Runs a guest until it ends; the signal ends it sooner (and is what this then rejects with). */
export async function runGuest(guest: Guest): Promise<Ended> {
  const { folder, signal, line, pending, log } = guest;
  const args = [
    ...machineArguments(guest),
    ...networkArguments(guest),
    ...diskArguments(guest),
    ...kernelArguments(guest),
  ];
  return endAsGuest('qemu-system-x86_64', args, {
    folder,
    files: filesOf(guest).filter((file) => isOwn(folder, file)),
    needs: { kvm: guest.accelerator === 'kvm', proxy: guest.network !== 'none' },
    limits: { memory: (guest.memory + overhead) * mebibyte },
    signal,
    line,
    log,
    ...(pending && { pending }),
  });
}
