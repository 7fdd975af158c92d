import { describe, expect, it } from 'vitest';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { slowest, useFakeGlance } from './setting.ts';

const many = 300;

describe('many clients that never finish their headers', () => {
  const place = useFakeGlance({ headersTimeout: 500 });

  it('slow headers: others are served, then the slow ones end with 408', async () => {
    const slow = Array.from({ length: many }, () => {
      return new RawSocket(place.url).write('GET /v1/images HTTP/1.1\r\nHost: a\r\nX-A');
    });
    const trickle = setInterval(() => {
      for (const each of slow) if (!each.ended) each.write('b');
    }, 200);
    expect(await slowest(place.ask)).toBeLessThan(3000);
    await Promise.all(slow.map((each) => each.closed));
    clearInterval(trickle);
    for (const each of slow.slice(0, 5)) expect(each.rest.toString()).toMatch(/^HTTP\/1.1 408 /);
  }, 15_000);
});
