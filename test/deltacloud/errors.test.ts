import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorClasses } from '../../mappings/deltacloud.ts';
import { faults } from '../../mappings/faults.ts';
import type { Exchange } from '../../src/core/exchange.ts';
import { fault } from '../../src/core/fault.ts';
import { renderFault } from '../../src/dialects/deltacloud/render-fault.ts';
import {
  anImage,
  answer,
  cannedImage,
  type FakeGlance,
  imageId,
  rawAnswer,
  reset,
  silence,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { type ScriptedKeystone, startScriptedKeystone } from '../fixtures/scripted-keystone.ts';
import { type Answer, askAt, nobody, useDeltacloud } from './setting.ts';
import { child, parseXml } from './xml.ts';

const nameOf = (status: number) =>
  errorClasses.find((row) => row.status === status)?.name ?? 'BackendError';

/** Reads an error document as the clients do, and holds it to what each of them needs. */
function readError(text: string): { status: number; message: string; url: string } {
  // libdeltacloud looks at the first bytes
  expect(text.startsWith('<error ')).toBe(true);
  const error = parseXml(text);
  const { status = '', url = '' } = error.attributes;
  expect(child(error, 'code').text).toBe(status);
  expect(child(error, 'backend').attributes).toEqual({ driver: 'openstack', provider: 'default' });
  // the old gem takes lines 2 to 11 of it
  const backtrace = child(error, 'backtrace').text;
  expect(backtrace.split('\n').length).toBeGreaterThan(1);
  expect(backtrace.trim()).toBe('');
  child(error, 'request');
  return { status: Number(status), message: child(error, 'message').text, url };
}

const exchangeFor = (format: string, target = '/api/images'): Exchange =>
  ({ target: `${target}?format=${format}`, header: () => undefined }) as unknown as Exchange;

const documents = faults.filter(
  ({ kind }) => kind !== 'method-not-allowed' && kind !== 'not-acceptable',
);

describe.each(documents)('a fault of kind $kind', ({ kind, status, title, sentence }) => {
  const hostile = `a <b> & "c" 'd' ]]> \u0000\u000b\uD800 \r\n ${sentence}`;

  it('is a document in XML', () => {
    const reply = renderFault(fault(kind, hostile), exchangeFor('xml', `/api/images/a&b'`));
    expect(reply.status).toBe(status);
    const read = readError(String(reply.body));
    expect(read).toMatchObject({ status, url: "/api/images/a&b'" });
    expect(read.message).toBe(`a <b> & "c" 'd' ]]>  \n ${sentence}`);
  });

  it('is three fields in JSON', () => {
    const reply = renderFault(fault(kind), exchangeFor('json'));
    expect(JSON.parse(String(reply.body))).toEqual({
      code: status,
      message: sentence,
      error: `Deltacloud::Exceptions::${nameOf(status)}`,
    });
    expect(reply.headers).toContainEqual(['Content-Type', 'application/json']);
  });

  it('is an escaped page in HTML', () => {
    const reply = renderFault(fault(kind, '<script>alert(1)</script>'), exchangeFor('html'));
    expect(reply.status).toBe(status);
    expect(reply.body).toContain(`<h1>${status} ${title}</h1>`);
    expect(reply.body).toContain('&lt;script&gt;');
    expect(reply.body).not.toContain('<script>');
    expect(reply.headers).toContainEqual(['X-Content-Type-Options', 'nosniff']);
  });

  it('names the driver', () => {
    for (const format of ['xml', 'json', 'html', 'png']) {
      const { headers } = renderFault(fault(kind), exchangeFor(format));
      expect(headers).toContainEqual(['X-Deltacloud-Driver', 'openstack']);
      expect(headers).toContainEqual(['Server', 'Apache-Deltacloud/1.1.3']);
    }
  });
});

it('tells when to come again', () => {
  for (const kind of ['rate-limited', 'upstream-unreachable', 'too-large'] as const) {
    const { headers } = renderFault(fault(kind, undefined, { retryAfter: 7 }), exchangeFor('xml'));
    expect(headers).toContainEqual(['Retry-After', '7']);
  }
});

it('passes no challenge of another scheme on', () => {
  const { headers } = renderFault(
    fault('unauthorized', undefined, { authenticate: 'Keystone uri="http://inside"' }),
    exchangeFor('xml'),
  );
  expect(headers.map(([name]) => name.toLowerCase())).not.toContain('www-authenticate');
});

describe('an error of the gateway itself', () => {
  const cloud = useDeltacloud();
  it('tells the path without query and matrix parameters', async () => {
    const got = await cloud.ask(`GET /api;a=b/images/${nobody};c=d?format=xml&e=f`);
    expect(readError(got.text)).toMatchObject({ status: 404, url: `/api/images/${nobody}` });
  });

  it.each(['%3Cscript%3E', "'onload='x", '&amp;', '%27', '"'])(
    'escapes the path %s',
    async (id) => {
      const got = await cloud.ask(`GET /api/images/${id}?format=xml`);
      expect(readError(got.text).status).toBe(404);
    },
  );

  it.each([
    ['a header twice', ['Authorization: Basic YTpi', 'Authorization: Basic YTpi']],
    ['two tokens', ['X-Auth-Token: a', 'X-Auth-Token: b']],
  ])('for %s is a document', async (_, headers) => {
    const got = await cloud.raw('GET /api/images', headers);
    expect([got.status, readError(got.body.toString()).status]).toEqual([400, 400]);
  });
});

interface Behind {
  readonly glance: FakeGlance;
  readonly keystone: ScriptedKeystone;
  readonly gateway: TestGateway;
}
let behind: Behind | undefined;
const world = (): Behind => {
  if (!behind) throw new Error('not started');
  return behind;
};
beforeAll(async () => {
  const [glance, keystone] = await Promise.all([startFakeGlance(), startScriptedKeystone()]);
  const gateway = await startTestGateway({
    glanceUrl: glance.url,
    keystoneUrl: keystone.url,
    firstByteTimeout: 300,
  });
  behind = { glance, keystone, gateway };
});
afterEach(() => world().glance.reset());
afterAll(async () => {
  await behind?.gateway.stop();
  await behind?.glance.stop();
  await behind?.keystone.stop();
});

const words = 'Words of <Glance> & ]]> more';
const failures = [
  [400, answer(400, { message: words }), 400, words],
  [401, answer(401, { message: words }), 401, words],
  [403, answer(403, { message: words }), 403, words],
  [404, answer(404, { message: words }), 404, words],
  [409, answer(409, { message: words }), 409, words],
  [410, answer(410, { message: words }), 412, words],
  [413, answer(413, { message: words }), 413, words],
  [418, answer(418, { message: words }), 400, words],
  [429, answer(429, { message: words }), 429, words],
  [500, answer(500, { message: words }), 503, undefined],
  [501, answer(501, { message: words }), 501, undefined],
  [503, answer(503, words), 503, undefined],
  ['a redirect', answer(302, undefined, { Location: 'http://169.254.169.254/' }), 502, undefined],
  ['HTML', answer(200, '<html>'), 502, undefined],
  ['a list', answer(200, []), 502, undefined],
  ['null', answer(200, 'null'), 502, undefined],
  ['garbage', rawAnswer('garbage\r\n\r\n'), 502, undefined],
  ['a reset', reset, 503, undefined],
  ['silence', silence, 504, undefined],
] as const;

const asked: Readonly<Record<string, string>> = {
  list: 'GET /api/images',
  'list of one': `GET /api/images?id=${imageId}`,
  show: `GET /api/images/${imageId}`,
  delete: `DELETE /api/images/${imageId}`,
};

describe.each(failures)('when Glance answers with %s', (_, script, status, said) => {
  const ask = async (line: string, format: string): Promise<Answer> => {
    const { glance, gateway } = world();
    glance.on('*', /^\/v2\//, script);
    return askAt(gateway.url, `${line}${line.includes('?') ? '&' : '?'}format=${format}`, {
      login: 'demo+demo:right',
    });
  };

  it.each(Object.entries(asked))('%s tells in every format', async (operation, line) => {
    // waiting is the same in every format
    for (const format of status === 504 ? ['xml'] : ['xml', 'json', 'html']) {
      const got = await ask(line, format);
      if (operation === 'delete' && status === 502 && got.status === 204) return;
      // an id that is not there is an empty list; a list that is not there is an error
      if (line.includes('?id=') && status === 404) {
        expect(got.status).toBe(200);
        continue;
      }
      expect([format, got.status]).toEqual([format, status]);
      expect(got.text).not.toMatch(/undefined|169\.254|node:|\.ts/);
      expect(got.headers.get('www-authenticate')).toBeNull();
      if (format === 'json') {
        expect(got.json).toMatchObject({
          code: status,
          error: `Deltacloud::Exceptions::${nameOf(status)}`,
        });
        if (said !== undefined) expect(got.json.message).toBe('Words of & ]]> more');
        else expect(got.json.message).not.toContain('Words');
      }
      if (format === 'xml') expect(readError(got.text).status).toBe(status);
    }
  });
});

// a list that is not there is no empty list: the address of Glance is wrong
it('tells that Glance knows no images at all', async () => {
  const { glance, gateway } = world();
  glance.on('GET', /^\/v2\/images\?/, answer(404, { message: 'no such path' }));
  const got = await askAt(gateway.url, 'GET /api/images', { login: 'demo+demo:right' });
  expect(got.status).toBe(404);
});

describe('a broken page in the middle of a list', () => {
  it('makes an error of the whole list', async () => {
    const { glance, gateway } = world();
    glance.on('GET', /^\/v2\/images\?/, answer(200, { images: [{ id: 7 }] }));
    const got = await askAt(gateway.url, 'GET /api/images?format=xml', {
      login: 'demo+demo:right',
    });
    expect([got.status, readError(got.text).status]).toEqual([502, 502]);
  });

  it('cannot lead the caller round and round', async () => {
    const { glance, gateway } = world();
    glance.on(
      'GET',
      /^\/v2\/images\?/,
      answer(200, { images: [cannedImage()], next: '/v2/images' }),
    );
    const got = await askAt(gateway.url, 'GET /api/images', { login: 'demo+demo:right' });
    expect(got.status).toBe(502);
    expect(glance.calls('GET').length).toBeLessThan(5);
  });
});

it('asks Glance for one image only as often as needed', async () => {
  const { glance, gateway } = world();
  await askAt(gateway.url, `GET /api/images/${imageId}`, { login: 'demo+demo:right' });
  expect(glance.calls('GET', anImage)).toHaveLength(1);
  expect(glance.seen[0]?.headers['x-auth-token']).toBe('token-demo');
  expect(glance.seen[0]?.headers).not.toHaveProperty('authorization');
});
