import { describe, expect, it } from 'vitest';
import { WorkerExchange } from '../../src/platform/worker/exchange.ts';

describe("a client's address", () => {
  const peerOf = (cf?: object) => {
    const headers = { 'CF-Connecting-IP': '192.0.2.1' };
    const request = new Request('http://gateway.example/', { headers });
    return new WorkerExchange(cf ? Object.assign(request, { cf }) : request, () => undefined).peer;
  };

  it("is what Cloudflare's network says in its header", () => {
    expect(peerOf({ colo: 'FRA' })).toBe('192.0.2.1');
  });

  it.each([
    ['192.0.2.9:1234', '192.0.2.9'],
    ['[2001:db8::1]:1234', '2001:db8::1'],
    ['[::ffff:192.0.2.9]:1234', '192.0.2.9'],
  ])('is elsewhere that of the connection, %s', (clientIp, address) => {
    expect(peerOf({ clientIp })).toBe(address);
  });

  it('is unknown where the runtime says nothing, whatever the header says', () => {
    expect(peerOf({ clientPid: 1 })).toBe('');
    expect(peerOf()).toBe('');
  });
});
