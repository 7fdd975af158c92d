import type { Observation } from './observe.ts';

/** Upper bounds of a histogram's buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How values spread over the buckets. */
class Histogram {
  /** Values by the first bucket that holds them; the last is for those beyond every bound. */
  readonly #counts = new Array<number>(bounds.length + 1).fill(0);
  #sum = 0;

  observe(value: number): void {
    let bucket = 0;
    while (value > (bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** Samples of a metric under labels; each bucket counts the smaller ones too. */
  samples(name: string, labels: string): string[] {
    let total = 0;
    const buckets = this.#counts.map((count, at) => {
      total += count;
      return `${name}_bucket{le="${bounds[at] ?? '+Inf'}",${labels}} ${total}`;
    });
    return [...buckets, `${name}_sum{${labels}} ${this.#sum}`, `${name}_count{${labels}} ${total}`];
  }
}

/** What is counted for one operation of one dialect. */
class Row {
  readonly labels: string;
  readonly statuses = new Map<number, number>();
  readonly own = new Histogram();
  readonly upstream = new Histogram();
  calls = 0;
  bytes = 0;

  /** Names of dialects and routes hold nothing that a label would have to escape. */
  constructor(dialect: string, operation: string) {
    this.labels = `dialect="${dialect}",operation="${operation}"`;
  }
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  readonly help: string;
  readonly samples: (row: Row, name: string) => readonly string[];
}

const families: readonly Family[] = [
  {
    name: 'polyglance_requests_total',
    type: 'counter',
    help: 'Requests answered.',
    samples: ({ labels, statuses }, name) =>
      [...statuses].map(([status, count]) => `${name}{${labels},status="${status}"} ${count}`),
  },
  {
    name: 'polyglance_own_seconds',
    type: 'histogram',
    help: 'Time of a request spent in the gateway and with the client.',
    samples: ({ labels, own }, name) => own.samples(name, labels),
  },
  {
    name: 'polyglance_upstream_seconds',
    type: 'histogram',
    help: 'Time of a request spent waiting for the Image service.',
    samples: ({ labels, upstream }, name) => upstream.samples(name, labels),
  },
  {
    name: 'polyglance_upstream_calls_total',
    type: 'counter',
    help: 'Calls made to the Image service.',
    samples: ({ labels, calls }, name) => [`${name}{${labels}} ${calls}`],
  },
  {
    name: 'polyglance_sent_bytes_total',
    type: 'counter',
    help: 'Bytes of body sent to clients.',
    samples: ({ labels, bytes }, name) => [`${name}{${labels}} ${bytes}`],
  },
];

/** Counters by dialect × operation × status, time apart for the gateway and for Glance. Every label has few values. */
export interface Metrics {
  readonly observe: (seen: Observation) => void;
  /** Prometheus text format. */
  readonly text: () => string;
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export function createMetrics(): Metrics {
  const rows = new Map<string, Row>();
  const rowOf = (dialect: string, operation: string): Row => {
    const key = `${dialect} ${operation}`;
    const row = rows.get(key) ?? new Row(dialect, operation);
    if (row.statuses.size === 0) rows.set(key, row);
    return row;
  };
  return {
    observe: ({ dialect, operation, status, ms, context, sent: { bytes } }) => {
      const row = rowOf(dialect, operation);
      row.statuses.set(status, (row.statuses.get(status) ?? 0) + 1);
      row.own.observe(Math.max(0, ms - context.upstreamMs) / 1000);
      row.upstream.observe(context.upstreamMs / 1000);
      row.calls += context.upstreamCalls;
      row.bytes += bytes ?? 0;
    },
    text: () =>
      families
        .map(({ name, type, help, samples }) => {
          const lines = [...rows.values()].flatMap((row) => samples(row, name));
          return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
        })
        .join('\n'),
  };
}

/** Texts of several gateways as one: samples of the same name and labels are added up. */
export function sumMetrics(texts: readonly string[]): string {
  // samples follow the line that says what they are
  const samplesOf = new Map<string, Map<string, number>>();
  for (const text of texts) {
    let samples = new Map<string, number>();
    for (const line of text.split('\n')) {
      if (line.startsWith('#')) {
        samples = samplesOf.get(line) ?? new Map();
        samplesOf.set(line, samples);
      } else if (line !== '') {
        const blank = line.lastIndexOf(' ');
        const name = line.slice(0, blank);
        samples.set(name, (samples.get(name) ?? 0) + Number(line.slice(blank)));
      }
    }
  }
  const lines = [...samplesOf].flatMap(([heading, samples]) => [
    heading,
    ...[...samples].map(([name, value]) => `${name} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}
