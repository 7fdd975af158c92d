import type { LoadScenario, Scenario, TransferScenario } from './scenarios.ts';
import type { ServerKind } from './servers.ts';

/** One measurement under load. */
export interface LoadSample {
  /** Requests a second. */
  readonly rate: number;
  /** Processor microseconds a request. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p99: number;
  /** MiB. */
  readonly peak: number;
}

/** One transfer. */
export interface TransferSample {
  /** Megabytes (10^6) a second. */
  readonly rate: number;
  /** Processor seconds a GiB. */
  readonly cpu: number;
  /** MiB. */
  readonly peak: number;
}

export type Sample = LoadSample | TransferSample;

/** The medians of one scenario by server. */
export interface Row<Of extends Scenario, As extends Sample> {
  readonly scenario: Of;
  readonly servers: Readonly<Partial<Record<ServerKind, As>>>;
}

export type LoadRow = Row<LoadScenario, LoadSample>;
export type TransferRow = Row<TransferScenario, TransferSample>;

/** Everything that a run has found. */
export interface Results {
  /** Rounds that there was time for. */
  readonly rounds: number;
  readonly load: readonly LoadRow[];
  readonly transfer: readonly TransferRow[];
  /** Milliseconds from the start of the process to its first answer. */
  readonly startUp: number;
}

/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Medians of several measurements, each figure by itself; for peaks the highest counts. */
export function summary<As extends Sample>(samples: readonly As[]): As {
  const [first] = samples;
  if (!first) throw new TypeError('no samples');
  const figures = Object.keys(first).map((key) => {
    const values = samples.map((sample) => sample[key as keyof As] as number);
    return [key, key === 'peak' ? Math.max(...values) : median(values)];
  });
  return Object.fromEntries(figures) as As;
}
