import { type Ended, run } from '../../machine/program.ts';
import { type Bench, toolPath } from '../../machine/root-tool.ts';

/** Runs a tool with the worker's rights. */
export const tool = (name: string, args: readonly string[], bench: Bench): Promise<Ended> =>
  run(name, args, { ...bench, env: { PATH: toolPath } });
