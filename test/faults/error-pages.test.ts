import { describe, expect, it } from 'vitest';
import { answer } from '../fixtures/fake-glance.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const script = '<script>alert(1)</script>';
const escaped = encodeURIComponent(script);

describe('error pages never carry markup of a client', () => {
  const place = useFakeGlance();
  // right: JSON names what the client sent, unescaped, so it must not be sniffed either; now only pages say so
  it('JSON says nosniff too', async () => {
    const got = await place.ask(`/v1/images?marker=${escaped}`, {
      headers: { accept: 'application/json' },
    });
    expect(got.status).toBe(400);
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
  });

  const cases: Record<string, [string, string]> = {
    'a path': [`GET /v1/${escaped}`, ''],
    'a raw path': [`GET /v1/${script}`, ''],
    'an id': [`GET /v1/images/${escaped}`, ''],
    'a header name': ['POST /v1/images', `x-image-meta-${'script'}: 1`],
    'a number': ['POST /v1/images', `x-image-meta-min_ram: ${script}`],
    'a store': ['POST /v1/images', `x-image-meta-store: ${script}`],
    'a format': ['POST /v1/images', `x-image-meta-disk_format: ${script}`],
    'a marker': [`GET /v1/images?marker=${escaped}`, ''],
    'a sort key': [`GET /v1/images?sort_key=${escaped}`, ''],
    'a name': ['POST /v1/images', `x-image-meta-name: ${script}${'x'.repeat(300)}`],
  };

  for (const [name, [line, header]] of Object.entries(cases)) {
    for (const accept of ['text/html', '*/*', 'application/json', 'text/plain', '']) {
      it(`${name}, Accept: ${accept || 'none'}`, async () => {
        place.glance.on('*', /^\/v2/, answer(400, { message: `about ${script}` }));
        const got = await rawAsk(
          place.url,
          `${line} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n${accept && `Accept: ${accept}\r\n`}${header && `${header}\r\n`}\r\n`,
        );
        expect(got.status).toBeGreaterThanOrEqual(400);
        const type = got.headers['content-type'] ?? '';
        // only a page can be taken for a page
        if (type.startsWith('text/html')) expect(got.body.toString()).not.toContain('<script');
        else expect(type).toMatch(/^(text\/plain|application\/json)/);
        if (!type.startsWith('application/json')) {
          expect(got.headers['x-content-type-options']).toBe('nosniff');
        }
      });
    }
  }
});
