import { describe, expect, it } from 'vitest';
import { answer, cannedImage, type Script } from '../fixtures/fake-glance.ts';
import { type RawAnswer, rawAsk } from '../fixtures/raw-socket.ts';
import { useWorker } from './setting.ts';

const mostCalls = 10;

/** A page of Glance, with another one after it. */
const page = (number: number): Script => {
  const id = `11111111-2222-4333-8444-${String(number).padStart(12, '0')}`;
  return answer(200, { images: [cannedImage({ id })], next: '/v2/images?x' });
};
const lastPage = answer(200, { images: [cannedImage()] });

describe("a list of Nova's, of several pages, through workerd", () => {
  const place = useWorker(() => ({ POLYGLANCE_CALL_LIMIT: String(mostCalls) }));
  const list = (...pages: readonly Script[]): Promise<RawAnswer> => {
    const left = [...pages];
    place.glance.on('GET', /^\/v2\/images\?/, (exchange) => left.shift()?.(exchange));
    const lines = 'Host: a\r\nX-Auth-Token: token\r\n';
    return rawAsk(place.worker.url, `GET /v2.1/images/detail HTTP/1.1\r\n${lines}\r\n`);
  };

  it('is whole, and tells its length', async () => {
    const { status, headers, body } = await list(page(1), page(2), lastPage);
    expect(status).toBe(200);
    expect(JSON.parse(body.toString()).images).toHaveLength(3);
    expect(Number(headers['content-length'])).toBe(body.length);
  });

  it('is an error where a page cannot be had', async () => {
    const { status, body } = await list(page(1), answer(503));
    expect(status).toBe(503);
    expect(JSON.parse(body.toString())).toHaveProperty('serviceUnavailable');
  });

  it('is refused where it takes more calls than a request may cost', async () => {
    const { status, body } = await list(
      ...Array.from({ length: mostCalls + 1 }, (_, at) => page(at)),
    );
    expect(status).toBe(413);
    expect(body.toString()).toContain('Ask for less at once.');
  });
});
