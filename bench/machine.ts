import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { isPinned } from './processes/pinning.ts';
import { commandPath } from './tools.ts';

/** What a run ran on. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly nginx: string;
  /** Rates of transfers may depend on it, on loopback too. */
  readonly congestionControl: string;
  readonly pinned: boolean;
  /** Load average of the last minute before the run: above 0.5 the machine had something else to do. */
  readonly loadBefore: number;
}

function systemName(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}

/** Looks at the machine; to be asked before the run loads it. */
export function describeMachine(nodePath: string): Machine {
  // nginx tells its version on standard error
  const nginx = execFileSync('/bin/sh', ['-c', `${commandPath('nginx')} -v 2>&1`]).toString();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${systemName()}, Linux ${release()}`,
    node: execFileSync(nodePath, ['--version']).toString().trim(),
    nginx: nginx.replace(/^.*nginx\//s, '').trim(),
    congestionControl: readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim(),
    pinned: isPinned,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
