import { describe, expect, it } from 'vitest';
import { faults, upstreamStatuses } from '../../mappings/faults.ts';
import type { Exchange } from '../../src/core/exchange.ts';
import { fault, kindOfUpstreamStatus } from '../../src/core/fault.ts';
import { dialects } from '../../src/dialects/index.ts';
import { faultOf } from '../../src/glance/answer.ts';

const asking = (accept: string | undefined): Exchange =>
  ({
    method: 'GET',
    target: '/',
    origin: 'http://127.0.0.1:8080',
    header: (name: string) => (name === 'accept' ? accept : undefined),
  }) as Exchange;

const forms = [undefined, '*/*', 'text/html', 'application/json', 'image/png'];

describe.each(dialects)('$name', (dialect) => {
  it.each(faults)('renders $kind in its own form', ({ kind }) => {
    for (const accept of [undefined, '*/*']) {
      const reply = dialect.renderFault(fault(kind), asking(accept));
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.body).toBeTypeOf('string');
    }
  });
});

describe.each(dialects.filter((each) => each.name.startsWith('glance-')))('$name', (dialect) => {
  it.each(faults)('says in $kind what happened, when that is known', ({ kind }) => {
    const reply = dialect.renderFault(fault(kind, 'Just so.'), asking('text/plain'));
    expect(reply.body).toEqual(expect.stringContaining('Just so.'));
  });

  it.each(faults)('puts "$status $title" above $kind', ({ kind, status, title }) => {
    for (const accept of forms) {
      const reply = dialect.renderFault(fault(kind), asking(accept));
      expect(reply.status).toBe(status);
      expect(reply.body).toEqual(expect.stringContaining(`${status} ${title}`));
    }
  });
});

describe('the table of faults', () => {
  it('has each kind once, and a sentence for all', () => {
    expect(new Set(faults.map((row) => row.kind)).size).toBe(faults.length);
    for (const { sentence } of faults) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe('an error status of Glance', () => {
  it('is in the table once', () => {
    expect(new Set(upstreamStatuses.map((row) => row.status)).size).toBe(upstreamStatuses.length);
  });

  it.each(upstreamStatuses)('$status means $kind', ({ status, kind }) => {
    expect(kindOfUpstreamStatus(status)).toBe(kind);
  });

  it('always means something, and never blames the wrong side', () => {
    const statusOf = new Map<string, number>(faults.map((row) => [row.kind, row.status]));
    for (let status = 400; status < 600; status += 1) {
      const own = statusOf.get(kindOfUpstreamStatus(status)) ?? 0;
      expect(own, `${status}`).toBeGreaterThanOrEqual(status < 500 ? 400 : 500);
      expect(own, `${status}`).toBeLessThan(status < 500 ? 500 : 600);
    }
  });

  it.each([500, 502, 503, 504])('of %i keeps its words to itself', async (status) => {
    const body = JSON.stringify({ message: 'db01.internal: password authentication failed' });
    const found = await faultOf({ status, headers: {}, body });
    expect(found.message).not.toContain('db01');
  });

  it('of 4xx has its sentence without markup', async () => {
    const message = 'Image &lt;b&gt; &amp; co<br /><br />\n\n\n';
    const found = await faultOf({ status: 409, headers: {}, body: JSON.stringify({ message }) });
    expect(found.message).toBe('Image <b> & co');
  });

  it('says when to come again, where Glance says so', async () => {
    const found = await faultOf({ status: 429, headers: { 'retry-after': '7' }, body: null });
    expect(found.detail.retryAfter).toBe(7);
  });
});
