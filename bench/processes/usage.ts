import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second wherever it shows it. */
const ticksPerSecond = 100;

/** Fields of /proc/PID/stat from the third on; the second may hold blanks and brackets. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** A process and everything it has started, as far as it still lives; 0 stands for no process. */
function treeOf(root: number): number[] {
  if (root === 0) return [];
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) parents.set(Number(name), Number(stat[1]));
  }
  const tree = [root];
  for (let i = 0; i < tree.length; i += 1) {
    for (const [pid, parent] of parents) if (parent === tree[i]) tree.push(pid);
  }
  return tree;
}

/** Processor seconds that a process tree has used so far, in user mode and in the kernel. */
export function cpuSeconds(root: number): number {
  let ticks = 0;
  for (const pid of treeOf(root)) {
    const stat = statOf(pid);
    ticks += Number(stat?.[11] ?? 0) + Number(stat?.[12] ?? 0);
  }
  return ticks / ticksPerSecond;
}

/** Most memory that the processes of a tree have held so far (MiB), each one's peak added up. */
export function peakMebibytes(root: number): number {
  let kibibytes = 0;
  for (const pid of treeOf(root)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      kibibytes += Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // ended meanwhile
    }
  }
  return kibibytes / 1024;
}
