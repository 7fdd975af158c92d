import { expect, it } from 'vitest';
import { addressWithHost } from '../../src/platform/worker/host.ts';

const base = 'http://nova.internal:8774/compute';
const host = 'images.example:8080';

it("a bound service is asked under the client's Host, with its own scheme and path", () => {
  const asked = addressWithHost(base, { host, accept: '*/*' }, true);
  expect(asked).toEqual({
    base: 'http://images.example:8080/compute',
    headers: { accept: '*/*' },
  });
});

it("a service that is not bound is told the client's Host as a proxy would", () => {
  const headers = { 'x-forwarded-host': host, accept: '*/*' };
  expect(addressWithHost(base, { host, accept: '*/*' }, false)).toEqual({ base, headers });
});

it('what a proxy in front has said of the Host stays', () => {
  const headers = { 'x-forwarded-host': 'public.example' };
  expect(addressWithHost(base, { host, ...headers }, false)).toEqual({ base, headers });
});

it('a service that is not to see a Host is asked at its own address', () => {
  expect(addressWithHost(base, { accept: '*/*' }, true)).toEqual({
    base,
    headers: { accept: '*/*' },
  });
});
