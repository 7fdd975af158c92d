import { describe, expect, it } from 'vitest';
import { type Client, hello, meta, octets, props, rawFormats } from '../client.ts';

export function createWithData(v1: Client): void {
  it('answers with the active image', async () => {
    const reply = await v1.post(
      { ...octets, ...meta({ ...rawFormats, name: 'with data' }), ...props({ os: 'linux' }) },
      { body: hello.text },
    );
    expect(reply.status).toBe(201);
    expect(reply.json.image).toMatchObject({
      name: 'with data',
      status: 'active',
      size: 5,
      checksum: hello.md5,
      disk_format: 'raw',
      container_format: 'bare',
      properties: { os: 'linux' },
    });
    expect(reply.headers['etag']).toBe(hello.md5);
    expect(reply.headers['location']).toBe(`${v1.target.base()}/v1/images/${reply.json.image.id}`);
  });

  it('needs no name', async () => {
    expect((await v1.create(hello.text)).name).toBeNull();
  });

  it('takes chunks', async () => {
    const image = await v1.create(['he', 'll', 'o']);
    expect(image).toMatchObject({ status: 'active', size: 5, checksum: hello.md5 });
  });

  it('takes chunks that turn out empty for an empty image', async () => {
    expect(await v1.create([])).toMatchObject({ status: 'active', size: 0 });
  });

  it('gives the same bytes back, whatever they are', async () => {
    const bytes = new Uint8Array(70_000).map((_, index) => (index * 7919) % 256);
    const { fetch, tokens } = v1.target;
    const token = { 'x-auth-token': tokens.demo };
    const created = await fetch({
      method: 'POST',
      path: '/v1/images',
      headers: { ...token, ...octets, ...meta(rawFormats) },
      body: bytes,
    });
    const { id } = JSON.parse(new TextDecoder().decode(created.body)).image;
    const read = await fetch({ method: 'GET', path: `/v1/images/${id}`, headers: token });
    expect(new Uint8Array(read.body)).toEqual(bytes);
  });

  it('is checked against the size and the checksum that were given', async () => {
    const image = await v1.create(hello.text, { size: 5, checksum: hello.md5 });
    expect(image.status).toBe('active');
    const chunked = await v1.create(['hel', 'lo'], { size: 5, checksum: hello.md5.toUpperCase() });
    expect(chunked.status).toBe('active');
  });

  it('takes a media type with parameters, in any case', async () => {
    const reply = await v1.post(
      { ...meta(rawFormats), 'content-type': 'Application/Octet-Stream; charset=binary' },
      { body: hello.text },
    );
    expect(reply.status).toBe(201);
  });

  it('completes Amazon formats', async () => {
    const reply = await v1.post(
      { ...octets, ...meta({ disk_format: 'aki' }) },
      { body: hello.text },
    );
    expect(reply.json.image).toMatchObject({ status: 'active', container_format: 'aki' });
  });

  describe('leaves nothing when it is refused for', () => {
    const mark = { 'property-mark': 'refused' };
    const cases: readonly [string, Record<string, string>, string | string[]][] = [
      ['no media type', meta(rawFormats), hello.text],
      ['another media type', { ...meta(rawFormats), 'content-type': 'text/plain' }, hello.text],
      ['no formats', octets, hello.text],
      ['no disk format', { ...octets, ...meta({ container_format: 'bare' }) }, hello.text],
      ['no container format', { ...octets, ...meta({ disk_format: 'raw' }) }, hello.text],
      ['an unknown format', { ...octets, ...meta({ ...rawFormats, disk_format: 'x' }) }, 'data'],
      ['a size too small', { ...octets, ...meta({ ...rawFormats, size: 4 }) }, hello.text],
      ['a size too large', { ...octets, ...meta({ ...rawFormats, size: 6 }) }, hello.text],
      [
        'chunks that are too few',
        { ...octets, ...meta({ ...rawFormats, size: 6 }) },
        ['he', 'llo'],
      ],
      [
        'chunks that are too many',
        { ...octets, ...meta({ ...rawFormats, size: 4 }) },
        ['he', 'llo'],
      ],
      [
        'a wrong checksum',
        { ...octets, ...meta({ ...rawFormats, checksum: '0'.repeat(32) }) },
        hello.text,
      ],
      [
        'a wrong checksum of chunks',
        { ...octets, ...meta({ ...rawFormats, checksum: '0'.repeat(32) }) },
        ['hel', 'lo'],
      ],
      ['an unknown field', { ...octets, ...meta({ ...rawFormats, colour: 'red' }) }, hello.text],
    ];

    it.each(cases)('%s', async (_, headers, body) => {
      const reply = await v1.post({ ...headers, ...meta(mark) }, { body });
      expect(reply.status).toBe(400);
      expect(await v1.names('property-mark=refused')).toEqual([]);
      expect(await v1.names('property-mark=refused', 'admin')).toEqual([]);
    });
  });

  it('is refused with a taken id before any byte is stored', async () => {
    const { id } = await v1.create(hello.text);
    const reply = await v1.post({ ...octets, ...meta({ ...rawFormats, id }) }, { body: 'other' });
    expect(reply.status).toBe(409);
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  it('needs a token', async () => {
    const reply = await v1.post({ ...octets, ...meta(rawFormats) }, { body: hello.text, as: null });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(/^Keystone uri=/);
  });
}
