import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { basic, server, useDeltacloud } from './setting.ts';
import { parseXml } from './xml.ts';

const cloud = useDeltacloud();

const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'get', 'TRACE');
const segment = fc.constantFrom(
  'api',
  'images',
  'index',
  'deltacloud',
  server,
  '',
  '.',
  '..',
  ';',
  ';a=b',
  'api;driver=openstack',
  'images;instance_id=x',
  '%2e%2e',
  '%2F',
  '%00',
  '%',
  '%ff',
  '<x>',
  "'",
  '&amp;',
  '__proto__',
  'x'.repeat(3000),
);
const path = fc.oneof(
  fc.constantFrom('/api', '/api/', '/api/images', `/api/images/${server}`),
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
  fc.array(segment, { maxLength: 3 }).map((parts) => `/api/${parts.join('/')}`),
);
const pair = fc
  .tuple(
    fc.constantFrom(
      'id',
      'owner_id',
      'architecture',
      'format',
      'instance_id',
      'name',
      '_method',
      '',
    ),
    fc.constantFrom(
      '',
      'x',
      '..',
      '%00',
      '%ff',
      'xml',
      'json',
      'html',
      'demo',
      'self',
      'delete',
      '&',
      '=',
    ),
  )
  .map(([name, value]) => `${name}=${value}`);
const query = fc
  .array(pair, { maxLength: 4 })
  .map((all) => (all.length ? `?${all.join('&')}` : ''));
const header = fc.constantFrom(
  `Authorization: ${basic('demo+demo:secret')}`,
  'Authorization: Basic',
  'Authorization: Basic ====',
  'X-Auth-Token: demo-token',
  'X-Auth-Token: \u00ff\u00fe',
  'Accept: application/xml',
  'Accept: application/json',
  'Accept: text/html',
  'Accept: ;q=,,*/*;q=x',
  'X-Deltacloud-Driver: \u00e9',
  'X-Deltacloud-Provider: http://127.0.0.1:1/',
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Type: multipart/form-data; boundary=',
  'Content-Type: multipart/form-data; boundary=x',
  'Content-Type: text/xml',
  'Expect: 100-continue',
);
const headers = fc.uniqueArray(header, {
  maxLength: 5,
  selector: (line) => line.slice(0, line.indexOf(':')),
});
const body = fc.constantFrom('', 'instance_id=x', '--x--', '--x\r\n\r\n', '%', '<a/>', '{}');

it('is no server error, and well-formed, whatever is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      methods,
      path,
      query,
      headers,
      body,
      async (method, at, asked, lines, sent) => {
        const length = sent === '' ? [] : [`Content-Length: ${sent.length}`];
        const head = [
          `${method} ${at}${asked} HTTP/1.1`,
          `Host: ${new URL(cloud.url).host}`,
          'Connection: close',
          ...lines,
          ...length,
        ];
        const request = `${head.join('\r\n')}\r\n\r\n${sent}`;
        const bare = method === 'HEAD';
        let got = await rawAsk(cloud.url, request, { bare });
        if (got.status === 100)
          got = await rawAsk(cloud.url, request.replace(/Expect: .*\r\n/, ''), { bare });
        expect(got.status).toBeLessThan(500);
        const text = got.body.toString();
        expect(text).not.toMatch(/undefined|\[object|node:internal/);
        if (got.headers['x-deltacloud-driver'] === undefined || text === '') return;
        if (got.headers['content-type'] === 'application/xml') parseXml(text);
        if (got.headers['content-type'] === 'application/json') JSON.parse(text);
      },
    ),
    { numRuns: 600 },
  );
}, 60_000);
