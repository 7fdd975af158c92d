import { describe, expect, it } from 'vitest';
import { faults, upstreamStatuses } from '../../mappings/faults.ts';
import { faultNames } from '../../mappings/nova.ts';
import { type Fault, fault } from '../../src/core/fault.ts';
import { createNova } from '../../src/dialects/nova/index.ts';
import { answer, cannedImage, imageId, reset, silence } from '../fixtures/fake-glance.ts';
import { faultOf, useScripted } from './setting.ts';

const names = new Map<number, string>(faultNames.map(({ status, name }) => [status, name]));
const nameOf = (status: number) => names.get(status) ?? 'computeFault';

const nova = useScripted({ firstByteTimeout: 300 });

describe('what Glance answers', () => {
  const told = (status: number): number => {
    const kind =
      upstreamStatuses.find((row) => row.status === status)?.kind ??
      (status >= 500 ? 'upstream-unreachable' : 'bad-request');
    return faults.find((row) => row.kind === kind)?.status ?? 0;
  };

  it.each([400, 403, 404, 405, 409, 410, 413, 415, 418, 429, 500, 501, 502, 503, 504])(
    '%i becomes one fault with its code and a sentence',
    async (status) => {
      nova.glance.on('*', /./, answer(status, { message: 'because of reasons' }));
      const got = await nova.ask('GET /v2.1/images');
      expect(got.status).toBe(told(status));
      const [name, { code, message }] = faultOf(got);
      expect([name, code]).toEqual([nameOf(got.status), got.status]);
      // words of a server's own failure stay inside
      if (status >= 500) expect(message).not.toContain('reasons');
      else expect(message).toContain('reasons');
      expect(got.headers.get('content-type')).toBe('application/json; charset=UTF-8');
      expect(got.headers.get('x-openstack-nova-api-version')).toBe('2.1');
    },
  );

  it('a conflict of a DELETE is 409 conflictingRequest', async () => {
    nova.glance.on('DELETE', /./, answer(409, { message: 'The image is in use.' }));
    const got = await nova.ask(`DELETE /v2.1/images/${imageId}`);
    expect([got.status, got.json]).toEqual([
      409,
      { conflictingRequest: { code: 409, message: 'The image is in use.' } },
    ]);
  });

  it.each([413, 429])('%i is overLimit with the time to wait', async (status) => {
    nova.glance.on('*', /./, answer(status, { message: 'no' }, { 'Retry-After': '7' }));
    const got = await nova.ask('GET /v2.1/images');
    expect(got.json['overLimit']).toEqual({ code: status, message: 'no', retryAfter: 7 });
    expect(got.headers.get('retry-after')).toBe('7');
  });

  it('a body that is no answer is 502', async () => {
    for (const document of ['<html>', { images: 1 }, { images: [{}] }, []]) {
      nova.glance.on('*', /./, answer(200, document));
      const got = await nova.ask('GET /v2.1/images');
      expect([got.status, faultOf(got)[0]]).toEqual([502, 'computeFault']);
    }
    nova.glance.on('*', /./, answer(200, cannedImage({ name: 5 })));
    expect((await nova.ask(`GET /v2.1/images/${imageId}`)).status).toBe(502);
  });
});

describe('a Glance that does not answer', () => {
  it('is 504 when it is silent', async () => {
    nova.glance.on('*', /./, silence);
    const got = await nova.ask('GET /v2.1/images');
    expect([got.status, faultOf(got)[0]]).toEqual([504, 'computeFault']);
  });

  it('is 503 when it breaks off', async () => {
    nova.glance.on('*', /./, reset);
    const got = await nova.ask(`DELETE /v2.1/images/${imageId}`);
    expect([got.status, faultOf(got)[0]]).toEqual([503, 'serviceUnavailable']);
    expect(got.headers.get('retry-after')).toBe('5');
  });
});

describe('each kind of fault', () => {
  const { renderFault } = createNova();
  const exchange = { target: '/v2.1/images', method: 'GET', header: () => undefined };

  const rendered = (given: Fault) =>
    // only these parts of an exchange are looked at
    renderFault(given, exchange as unknown as Parameters<typeof renderFault>[1]);

  it.each(faults.filter(({ kind }) => kind !== 'unauthorized' && kind !== 'method-not-allowed'))(
    '$kind has one name and its code',
    ({ kind, status }) => {
      const { body, ...reply } = rendered(fault(kind, 'Why.'));
      expect(reply.status).toBe(status);
      expect(JSON.parse(String(body))).toEqual({
        [nameOf(status)]: { code: status, message: 'Why.' },
      });
    },
  );

  it('method-not-allowed is 404 as text', () => {
    expect(rendered(fault('method-not-allowed'))).toMatchObject({ status: 404 });
  });
});
