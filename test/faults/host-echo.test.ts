import { describe, expect, it } from 'vitest';
import { answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const evil = 'evil.example';
const lines = [
  `X-Forwarded-Host: ${evil}`,
  `X-Forwarded-Server: ${evil}`,
  'X-Forwarded-Proto: https',
  `Forwarded: host=${evil};proto=https`,
  `X-Original-Host: ${evil}`,
  `X-Host: ${evil}`,
  `Origin: http://${evil}`,
  `Referer: http://${evil}/`,
].join('\r\n');
const paths = [
  ...['/', '/versions', '/v1', '/v1.1', '/v1/', '/v1/images', '/v3/junk', '/image', '/image/v1'],
  ...[`/v1/images/${imageId}`, '/v1/junk', '/v2/', '/v2/images', `/v2/images/${imageId}`],
];
const hosts = [
  ...[evil, `${evil}:99999`, `user@${evil}`, `${evil}/path`, `a b ${evil}`, `[${evil}]`],
  ...[
    `${evil}"><script>`,
    `${evil}%00`,
    '[::1',
    '999.999.999.999',
    'a..b',
    ':80',
    '',
    'xn--',
    '[:::]',
    '-',
  ],
];

describe('a hostile Host', () => {
  const place = useFakeGlance();

  for (const host of hosts) {
    it(`"${host}" is never echoed, and what is refused has a body`, async () => {
      for (const path of paths) {
        for (const version of ['1.1', '1.0']) {
          const got = await rawAsk(
            place.url,
            `GET ${path} HTTP/${version}\r\nHost: ${host}\r\n${lines}\r\n\r\n`,
          );
          expect(`${got.head.toString('latin1')}${got.body}`).not.toContain(evil);
          expect([path, got.status]).toEqual([path, expect.toSatisfy((s: number) => s < 500)]);
          if (got.status === 400) {
            expect([path, got.body.toString()]).toEqual([
              path,
              expect.stringContaining('Bad Request'),
            ]);
          }
          const location = got.headers['location'];
          if (location) expect(location.startsWith(place.url)).toBe(true);
        }
      }
    });
  }

  it('a creation names the gateway by its own address', async () => {
    for (const [target, status] of [
      ['/v1/images', 201],
      ['/v2/images', 201],
    ] as const) {
      place.glance.on(
        'POST',
        /images$/,
        answer(201, cannedImage(), { Location: `http://${evil}/v2/images/x` }),
      );
      const got = await rawAsk(
        place.url,
        `POST ${target} HTTP/1.1\r\nHost: ${evil}\r\nContent-Length: 0\r\n${lines}\r\n\r\n`,
      );
      expect(got.status).toBe(status);
      expect(got.headers['location']?.startsWith(place.url)).toBe(true);
      expect(got.head.toString('latin1')).not.toContain(evil);
    }
  });

  for (const target of [
    ...[`http://${evil}/v1/images`, `HTTP://${evil}/v1/images`, `https://u:p@${evil}:1/v1/images`],
    ...[
      `http://${evil}`,
      `ftp://${evil}/v1/images`,
      `//${evil}/v1/images`,
      `http:${evil}/v1/images`,
    ],
    ...[`http://[::bad/v1/images`, `http://${evil}:99999/v1/images`, `http:///v1/images`, '*'],
  ]) {
    it(`the target ${target} is never believed`, async () => {
      for (const method of ['GET', 'OPTIONS']) {
        const got = await rawAsk(place.url, `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
        expect(got.status).toBeLessThan(500);
        expect(`${got.head.toString('latin1')}${got.body}`).not.toContain(evil);
        expect(got.body.length).toBeGreaterThan(0);
        for (const seen of place.glance.seen) expect(seen.target).not.toContain(evil);
      }
    });
  }

  it('an absolute target leads where its path says', async () => {
    const got = await rawAsk(
      place.url,
      `GET http://${evil}/v1/images/${imageId}/members HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(JSON.parse(got.body.toString())).toEqual({ members: [] });
  });
});
