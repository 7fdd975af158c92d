import { describe, expect, it } from 'vitest';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

/** Things that are no image id, raw as they stand in the request line. */
const forms = [
  ...['.', '..', '...', '%2e', '%2e%2e', '%2E.', '.%2e', '..;', '..;a=b', '%252e%252e'],
  ...[
    '..%2f..%2fv2%2ftasks',
    '..%2F..%2fv2',
    '%2f',
    '%2F%2f',
    'a%2fb',
    '..%252f..%252fv2%252ftasks',
  ],
  ...[
    '..\\..\\v2',
    '%5c..%5c',
    '..%5cv2',
    '..%c0%af..',
    '%c0%ae%c0%ae',
    '%e0%80%ae',
    '%uff0e',
    '%u002e',
  ],
  ...['%00', 'a%00b', '%0d%0ax:y', '%0a', '%09', '%20', '%', '%g1', '%ff', '%ed%a0%80'],
  ...['a;b', ';', ':', '@', '*', '~', '-', '%3f', 'a%3fvisibility=all', '%23', 'a%26b', '%7f'],
  ...[
    "'or'1'='1",
    '%22',
    '%3cscript%3e',
    '__proto__',
    'detail%2f..',
    '%E2%80%A8',
    '%F0%9F%98%80',
    '0',
  ],
  'x'.repeat(10_000),
  '%41'.repeat(3000),
];
const routes: readonly (readonly [string, (id: string) => string])[] = [
  ['GET', (id) => `/v1/images/${id}`],
  ['HEAD', (id) => `/v1/images/${id}`],
  ['PUT', (id) => `/v1/images/${id}`],
  ['DELETE', (id) => `/v1/images/${id}`],
  ['GET', (id) => `/v1/images/${id}/members`],
  ['PUT', (id) => `/v1/images/${id}/members/m`],
  ['DELETE', (id) => `/v1/images/i/members/${id}`],
  ['PUT', (id) => `/v1/images/i/members/${id}`],
  ['GET', (id) => `/v1/shared-images/${id}`],
  ['GET', (id) => `/image/v1/images/${id}`],
  ['GET', (id) => `/v2/images/${id}`],
  ['GET', (id) => `/v2/images/${id}/file`],
  ['DELETE', (id) => `/v2/images/${id}`],
];
/** Paths that the gateway itself composes; an id is exactly one segment of them. */
const composed = /^\/v2\/images(\/[^/?#]+(\/(file|members(\/[^/?#]+)?))?|\?[a-z_]+=[^/#]*)?$/;

describe('ids that try to be another path', () => {
  const place = useFakeGlance();
  for (const [method, path] of routes) {
    it(`${method} ${path('ID')}`, async () => {
      let socket = new RawSocket(place.url);
      for (const form of forms) {
        place.glance.reset();
        const bare = method === 'HEAD';
        if (socket.ended) socket = new RawSocket(place.url);
        const line = `${method} ${path(form)} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n`;
        const got = await socket.write(`${line}Content-Length: 0\r\n\r\n`).next({ bare });
        const short = form.slice(0, 40);
        expect([short, got.status]).not.toEqual([short, expect.toSatisfy((s: number) => s >= 500)]);
        for (const { target } of place.glance.seen) {
          expect([short, target.slice(0, 200)]).toEqual([
            short,
            expect.stringMatching(/^\/v2\/images/),
          ]);
          const decoded = decodeURIComponent(
            target.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/%[89a-f][0-9a-f]/gi, 'x'),
          );
          const isOurs = path('').includes('/v1/');
          if (isOurs) expect(target).toMatch(composed);
          expect(decoded.split('?')[0]).not.toMatch(/\/\.{1,2}(\/|$)/);
        }
        if (got.status >= 400 && !bare) {
          expect(got.headers['content-type']).toMatch(/^(text\/plain|application\/json)/);
          expect(got.body.length).toBeGreaterThan(0);
        }
      }
      socket.close();
    });
  }
});
