import { describe, expect, it } from 'vitest';
import { answer } from '../fixtures/fake-glance.ts';
import { nobody, projects, useNova, useScripted } from './setting.ts';

const roots = ['/v2.1', `/v2.1/${projects.demo}`, `/v2/${projects.demo}`, '/compute/v2'];
const lines = [
  'GET /images',
  'GET /images/detail',
  'GET /images?limit=0',
  'GET /images?limit=x',
  'GET /images?minRam=nonsense',
  `GET /images/${nobody}`,
  `DELETE /images/${nobody}`,
  `GET /images/${nobody}/metadata`,
  `GET /images/${nobody}/metadata/k`,
  `POST /images/${nobody}/metadata`,
  `PUT /images/${nobody}/metadata`,
  `PUT /images/${nobody}/metadata/k`,
  `DELETE /images/${nobody}/metadata/k`,
];
const refusal = {
  error: {
    code: 401,
    title: 'Unauthorized',
    message: 'The request you have made requires authentication.',
  },
};

describe('with the embedded Image service', () => {
  const nova = useNova();

  for (const root of roots) {
    it.each(lines)(`${root}: %s without a token, or with a wrong one, is 401`, async (line) => {
      for (const token of [null, 'no-such-token', '']) {
        const [method, path] = line.split(' ');
        const got = await nova.ask(`${method} ${root}${path}`, { token });
        expect(got.status).toBe(401);
        expect(got.json).toEqual(refusal);
        expect(got.headers.get('content-type')).toMatch(/^application\/json/);
        expect(got.headers.get('x-openstack-nova-api-version')).toBeNull();
        expect(got.headers.get('vary')).toBeNull();
        expect(got.headers.get('x-compute-request-id')).toMatch(/^req-/);
        expect(got.headers.get('x-openstack-request-id')).toMatch(/^req-/);
      }
    });
  }

  it('says so before anything else that is wrong', async () => {
    for (const token of [null, 'no-such-token']) {
      const got = await nova.ask('POST /v2.1/abc/images/x/metadata', {
        token,
        headers: { 'content-type': 'application/xml', 'x-openstack-nova-api-version': '2.999' },
        text: '{',
      });
      expect(got.status).toBe(401);
    }
  });
});

describe('with a Glance behind that judges tokens', () => {
  const nova = useScripted();
  const challenge = 'Keystone uri="http://keystone.example:5000"';

  it('takes its refusal, and names its Identity service', async () => {
    nova.glance.on('*', /^\/v2/, answer(401, 'no', { 'WWW-Authenticate': challenge }));
    for (const line of ['GET /v2.1/images', `GET /v2.1/${projects.demo}/images/x`]) {
      const got = await nova.ask(line, { token: 'wrong' });
      expect(got.status).toBe(401);
      expect(got.json).toEqual(refusal);
      expect(got.headers.get('www-authenticate')).toBe(challenge);
    }
  });

  it('refuses a request without a token on its own, asking nobody', async () => {
    const got = await nova.ask('GET /v2.1/images', { token: null });
    expect(got.status).toBe(401);
    expect(got.json).toEqual(refusal);
    expect(nova.glance.seen).toHaveLength(0);
  });
});

describe('the challenge of a 401', () => {
  const nova = useNova();

  // right: a 401 says how to do better (RFC 9110 §15.5.2); now it says so only where Glance or the settings give it
  it('is there for a missing and for a wrong token', async () => {
    for (const token of [null, 'no-such-token']) {
      const got = await nova.ask('GET /v2.1/images', { token });
      expect(got.headers.get('www-authenticate')).toMatch(/^Keystone uri="/);
    }
  });
});
