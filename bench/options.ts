import { parseArgs } from 'node:util';

/** What one run of the bench is to do. */
export interface Options {
  readonly quick: boolean;
  /** Part of a scenario's name; `undefined` = every scenario. */
  readonly only: string | undefined;
  readonly profile: boolean;
  /** The Node that runs the gateway and the bare pipe. */
  readonly node: string;
  readonly rounds: number;
  /** Seconds of load before and while measuring. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** Bytes of image data per transfer. */
  readonly dataBytes: number;
  /** Milliseconds after which the whole run is given up; no round begins that would not be over by then. */
  readonly deadline: number;
}

export const usage = `npm run bench -- [--quick] [--only NAME] [--profile] [--node PATH] [--rounds N] [--size MIB]

  --quick      one short round, 64 MiB of image data; nothing is written to docs/
  --only NAME  only scenarios whose name contains NAME; nothing is written to docs/
  --profile    one scenario (--only, else v1-head) under node --cpu-prof, with a flame graph
  --node PATH  the Node that runs the gateway and the bare pipe (default: the one that runs the bench)
  --rounds N   at most so many rounds (default 3, --quick 1)
  --size MIB   image data per transfer (default 1024)
`;

const mebibyte = 1024 * 1024;

/** Reads the command line; throws with a sentence for what it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      profile: { type: 'boolean', default: false },
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string' },
      size: { type: 'string' },
    },
  });
  const { quick, only, profile, node } = values;
  const size = Number(values.size ?? (quick ? 64 : 1024));
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a number');
  if (!Number.isInteger(size) || size < 1) throw new Error('--size must be a number of MiB');
  return {
    quick,
    only,
    profile,
    node,
    rounds,
    warmSeconds: quick ? 1 : 2,
    seconds: quick ? 1 : 3,
    dataBytes: size * mebibyte,
    deadline: (quick ? 3 : 20) * 60_000,
  };
}
