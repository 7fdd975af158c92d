import { chmod } from 'node:fs/promises';
import { guestUser, type Needs } from './guest-user.ts';
import { type Ended, endOf, ProgramFailure, type ProgramOptions } from './program.ts';

/** How a program is run that a stranger may come to rule. */
export interface AsGuest
  extends Pick<ProgramOptions, 'signal' | 'env' | 'line' | 'pending' | 'limits'> {
  /** The build's folder: it is there from its start, and may not be able to come there by the folder's path. */
  readonly folder: string;
  /** Files in the folder that it reads and writes. */
  readonly files: readonly string[];
  readonly needs: Needs;
  /** A line for the operator. */
  readonly log?: ((text: string) => void) | undefined;
}

/** Runs a program to its end as a guest's user, who is another than the builder where that is possible. */
export async function endAsGuest(
  program: string,
  args: readonly string[],
  { folder, files, needs, log, ...options }: AsGuest,
): Promise<Ended> {
  const user = await guestUser();
  if (user.warning !== undefined) log?.(user.warning);
  // the guest's user has no other way in: the folders around it are the builder's alone
  await chmod(folder, 0o711);
  await user.handOver(files, options.signal);
  const command = await user.command(needs, program, args);
  return endOf(command.program, command.args, { ...options, cwd: folder, ...command.options });
}

/** As {@link endAsGuest}; throws {@link ProgramFailure} for another exit code than 0. */
export async function runAsGuest(
  program: string,
  args: readonly string[],
  options: AsGuest,
): Promise<Ended> {
  const ended = await endAsGuest(program, args, options);
  if (ended.code !== 0) throw new ProgramFailure(program, ended);
  return ended;
}
