import { expect, it } from 'vitest';
import { createMetrics } from '../../src/edge/metrics.ts';
import type { Observation } from '../../src/edge/observe.ts';

function seen(status: number, ms: number, upstreamMs: number): Observation {
  const context = { upstreamMs, upstreamCalls: 2 };
  const sent = { bytes: 7, complete: true };
  return { dialect: 'nova', operation: 'list', status, ms, context, sent } as Observation;
}

const buckets = (name: string, counts: readonly number[]): string =>
  [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, '+Inf']
    .map((le, at) => `${name}_bucket{le="${le}",dialect="nova",operation="list"} ${counts[at]}\n`)
    .join('');

it('metrics are in the text format of Prometheus, each bucket with the smaller ones', () => {
  const metrics = createMetrics();
  metrics.observe(seen(200, 12, 10));
  metrics.observe(seen(200, 2.5, 0));
  metrics.observe(seen(404, 40_000, 0.5));
  expect(metrics.text()).toBe(
    `# HELP polyglance_requests_total Requests answered.
# TYPE polyglance_requests_total counter
polyglance_requests_total{dialect="nova",operation="list",status="200"} 2
polyglance_requests_total{dialect="nova",operation="list",status="404"} 1

# HELP polyglance_own_seconds Time of a request spent in the gateway and with the client.
# TYPE polyglance_own_seconds histogram
${buckets('polyglance_own_seconds', [0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3])}\
polyglance_own_seconds_sum{dialect="nova",operation="list"} 40.004
polyglance_own_seconds_count{dialect="nova",operation="list"} 3

# HELP polyglance_upstream_seconds Time of a request spent waiting for the Image service.
# TYPE polyglance_upstream_seconds histogram
${buckets('polyglance_upstream_seconds', [2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3])}\
polyglance_upstream_seconds_sum{dialect="nova",operation="list"} 0.0105
polyglance_upstream_seconds_count{dialect="nova",operation="list"} 3

# HELP polyglance_upstream_calls_total Calls made to the Image service.
# TYPE polyglance_upstream_calls_total counter
polyglance_upstream_calls_total{dialect="nova",operation="list"} 6

# HELP polyglance_sent_bytes_total Bytes of body sent to clients.
# TYPE polyglance_sent_bytes_total counter
polyglance_sent_bytes_total{dialect="nova",operation="list"} 21
`,
  );
});

it('metrics count no bytes where a platform does not tell them', () => {
  const metrics = createMetrics();
  metrics.observe(seen(200, 1, 0));
  metrics.observe({ ...seen(200, 1, 0), sent: { bytes: undefined, complete: false } });
  expect(metrics.text()).toMatch(/^polyglance_sent_bytes_total\{.*\} 7$/m);
});

it('metrics of nothing tell what they would count', () => {
  const lines = createMetrics()
    .text()
    .split('\n')
    .filter((line) => line !== '');
  expect(lines).toHaveLength(10);
  expect(lines.every((line) => line.startsWith('# '))).toBe(true);
});
