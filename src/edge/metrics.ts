import { Counter, Histogram, Registry } from 'prom-client';
import type { Observation } from './observe.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counters by dialect × operation × status, time apart for the gateway and for Glance. Every label has few values. */
export function createMetrics(): {
  readonly observe: (seen: Observation) => void;
  /** Prometheus text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
} {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'polyglance_requests_total',
    help: 'Requests answered.',
    labelNames: ['dialect', 'operation', 'status'] as const,
    registers,
  });
  const own = new Histogram({
    name: 'polyglance_own_seconds',
    help: 'Time of a request spent in the gateway and with the client.',
    labelNames: ['dialect', 'operation'] as const,
    buckets: seconds,
    registers,
  });
  const upstream = new Histogram({
    name: 'polyglance_upstream_seconds',
    help: 'Time of a request spent waiting for the Image service.',
    labelNames: ['dialect', 'operation'] as const,
    buckets: seconds,
    registers,
  });
  const calls = new Counter({
    name: 'polyglance_upstream_calls_total',
    help: 'Calls made to the Image service.',
    labelNames: ['dialect', 'operation'] as const,
    registers,
  });
  const sent = new Counter({
    name: 'polyglance_sent_bytes_total',
    help: 'Bytes of body sent to clients.',
    labelNames: ['dialect', 'operation'] as const,
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observe: ({ dialect, operation, status, ms, context, sent: { bytes } }) => {
      requests.inc({ dialect, operation, status });
      own.observe({ dialect, operation }, Math.max(0, ms - context.upstreamMs) / 1000);
      upstream.observe({ dialect, operation }, context.upstreamMs / 1000);
      calls.inc({ dialect, operation }, context.upstreamCalls);
      sent.inc({ dialect, operation }, bytes);
    },
  };
}
