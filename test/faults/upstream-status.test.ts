import { describe, expect, it } from 'vitest';
import { answer, imageId } from '../fixtures/fake-glance.ts';
import { operationNames, requestOf, useFakeGlance } from './setting.ts';

/** What v1 says to each status of Glance. */
const mapped: Readonly<Record<number, number>> = {
  300: 502,
  301: 502,
  302: 502,
  307: 502,
  400: 400,
  401: 401,
  402: 400,
  403: 403,
  404: 404,
  405: 400,
  406: 400,
  409: 409,
  410: 412,
  413: 413,
  415: 400,
  429: 429,
  499: 400,
  500: 503,
  501: 501,
  502: 502,
  503: 503,
  504: 504,
  599: 503,
};
/** Members of an image that is not shared, and a member that is one already: v1 knew neither as an error. */
const forgiven: Readonly<Record<string, number>> = { 'add member 409': 204 };

describe('every status of Glance in every v1 operation', () => {
  const place = useFakeGlance();
  const inside = 'swift+https://user:pass@inside/';

  for (const name of operationNames) {
    it(name, async () => {
      for (const [text, status] of Object.entries(mapped)) {
        place.glance.reset();
        const from = Number(text);
        const more = from < 400 ? { Location: 'http://127.0.0.1:1/inside' } : {};
        place.glance.on(
          '*',
          /^\/v2/,
          answer(from, { message: `words <b>of</b> Glance ${from < 500 ? '' : inside}` }, more),
        );
        const got = await place.ask(...requestOf(name));
        const body = await got.text();
        const due = forgiven[`${name} ${text}`] ?? status;
        expect([name, from, got.status]).toEqual([name, from, due]);
        expect(body).not.toContain('inside');
        expect(body).not.toContain('<b>');
        expect(got.headers.get('location')).toBeNull();
        expect(got.headers.get('x-openstack-request-id')).toMatch(/^req-/);
        expect(place.glance.calls('POST', /images$/).length).toBeLessThanOrEqual(2);
      }
    });
  }

  it('passes 4xx and 5xx of v2 on as they are', async () => {
    for (const text of Object.keys(mapped)) {
      const from = Number(text);
      if (from < 400) continue;
      for (const target of ['/v2/images', `/v2/images/${imageId}/file`]) {
        place.glance.on('GET', /^\/v2/, answer(from, { message: 'as it is' }));
        const got = await place.ask(target);
        expect(got.status).toBe(from);
        expect(await got.text()).toBe('{"message":"as it is"}');
      }
    }
  });

  it('keeps WWW-Authenticate and Retry-After', async () => {
    const challenge = 'Keystone uri="http://identity"';
    place.glance.on('GET', /^\/v2/, answer(401, {}, { 'WWW-Authenticate': challenge }));
    const refused = await place.ask('/v1/images');
    expect(refused.headers.get('www-authenticate')).toBe(challenge);
    for (const status of [429, 413, 503]) {
      place.glance.on('GET', /^\/v2/, answer(status, {}, { 'Retry-After': '17' }));
      const later = await place.ask('/v1/images');
      expect(later.headers.get('retry-after')).toBe('17');
    }
  });
});
