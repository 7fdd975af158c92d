import { availableParallelism } from 'node:os';
import { findCommand } from '../tools.ts';

/** Which side of a measurement a process is on: the server under test, or everything that loads it. */
export type Side = 'server' | 'load';

const taskset = availableParallelism() > 1 ? findCommand('taskset') : undefined;

/** Whether each side has a core of its own. */
export const isPinned = taskset !== undefined;

/** A command that keeps to its side's core, where that can be had. */
export function pinned(side: Side, command: readonly string[]): string[] {
  if (taskset === undefined) return [...command];
  return [taskset, '-c', side === 'server' ? '0' : '1', ...command];
}
