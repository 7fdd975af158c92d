import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, meta, nobody, octets, rawFormats } from '../behaviour/client.ts';
import { nodeTarget } from '../behaviour/node-target.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { workerTarget } from '../workerd/worker-target.ts';

const most = 10;
const direct = 'https://direct.example:9292';
const tooMuch = ['012345', '678901'];

const onNode = { maxUpload: most, directUrl: direct };
const onWorkerd = { POLYGLANCE_MAX_UPLOAD: String(most), POLYGLANCE_DIRECT_URL: direct };

describe.each([
  ['Node, the embedded Image service behind', () => nodeTarget('embedded', onNode), ''],
  ['Node, a remote Image service behind', () => nodeTarget('remote', onNode), ''],
  // `wrangler dev` hands a request on only when all of it is there
  ['workerd', () => workerTarget(onWorkerd), tooMuch.join('')],
] as const)('a limit on uploads on %s', (_, makeTarget, sent) => {
  const target = makeTarget();
  const client = new Client(target);
  beforeAll(() => target.start());
  afterAll(() => target.stop());

  const reserved = async (): Promise<string> => (await client.reserve(rawFormats)).id;
  const refused = [413, expect.stringContaining(direct)];

  it.each([
    ['v1', 'POST /v1/images', 'text/html', /^<html>.*413 Request Entity Too Large/s],
    ['v2', `PUT /v2/images/${nobody}/file`, 'text/html', /^<html>.*413 Request Entity Too Large/s],
    ['Nova', `PUT /v2.1/images/${nobody}/metadata`, '*/*', /^\{"overLimit":\{"code":413/],
    ['Deltacloud', 'POST /api/images', 'application/xml', /^<error.* status='413'/s],
  ])(
    'is told in the form of %s before a byte is read, with the address for more',
    async (_, line, accept, form) => {
      const socket = new RawSocket(target.base());
      const head = `${line} HTTP/1.1\r\nHost: a\r\nAccept: ${accept}\r\nX-Auth-Token: demo-token`;
      socket.write(`${head}\r\nContent-Length: ${tooMuch.join('').length}\r\n\r\n${sent}`);
      const { status, body } = await socket.next();
      socket.close();
      expect([status, body.toString()]).toEqual(refused);
      expect(body.toString()).toMatch(form);
    },
  );

  it('holds v1 uploads in chunks to it, and the new image goes', async () => {
    const headers = { ...octets, ...meta({ ...rawFormats, name: 'too much' }) };
    const reply = await client.post(headers, { body: tooMuch });
    expect([reply.status, reply.text]).toEqual(refused);
    expect(await client.names('name=too%20much')).toEqual([]);
  });

  it('leaves a reserved image queued', async () => {
    const id = await reserved();
    const reply = await client.put(id, octets, { body: tooMuch });
    expect([reply.status, reply.text]).toEqual(refused);
    expect((await client.v2Show(id))['status']).toBe('queued');
  });

  it('holds v2 uploads in chunks to it', async () => {
    const id = await reserved();
    const path = `/v2/images/${id}/file`;
    const reply = await client.ask('PUT', path, { headers: octets, body: tooMuch });
    expect([reply.status, reply.text]).toEqual(refused);
    expect((await client.v2Show(id))['status']).toBe('queued');
  });

  it.each([
    ['with a length', '0123456789'],
    ['in chunks', ['01234', '56789']],
  ])('lets pass what just fits, %s', async (_, body) => {
    const first = await client.put(await reserved(), octets, { body });
    expect([first.status, first.json.image.size]).toEqual([200, most]);
    const path = `/v2/images/${await reserved()}/file`;
    expect((await client.ask('PUT', path, { headers: octets, body })).status).toBe(204);
  });
});
