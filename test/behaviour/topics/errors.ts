import { describe, expect, it } from 'vitest';
import { type Client, meta, nobody } from '../client.ts';

export function errors(v1: Client): void {
  const missing = (accept: string | undefined, method = 'GET') =>
    v1.ask(method, `/v1/images/${nobody}`, { headers: accept === undefined ? {} : { accept } });

  it.each(['*/*', 'text/html', 'application/json, text/html', 'text/html;q=0.1', 'TEXT/HTML'])(
    'are HTML pages for Accept: %s',
    async (accept) => {
      const reply = await missing(accept);
      expect(reply.status).toBe(404);
      expect(reply.headers['content-type']).toBe('text/html; charset=UTF-8');
      expect(reply.text).toMatch(/^<html>\s*<head>\s*<title>404 Not Found<\/title>/);
      expect(reply.text).toContain('<h1>404 Not Found</h1>');
      expect(reply.text).toMatch(/<br \/><br \/>/);
    },
  );

  it.each([
    'application/json',
    'application/*',
    'application/json;q=0.5, image/png',
    'text/html;q=0.4, application/json;q=0.5',
    '*/*, text/html;q=0',
  ])('are JSON for Accept: %s', async (accept) => {
    const reply = await missing(accept);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.json).toEqual({
      code: '404 Not Found',
      title: 'Not Found',
      message: expect.stringMatching(/\S/),
    });
  });

  it.each([undefined, 'image/png', 'application/octet-stream', 'text/plain'])(
    'are text for Accept: %s',
    async (accept) => {
      const reply = await missing(accept);
      expect(reply.headers['content-type']).toBe('text/plain; charset=UTF-8');
      expect(reply.text).toMatch(/^404 Not Found\n\n\S/);
    },
  );

  it('of HEAD have no body', async () => {
    const reply = await missing('*/*', 'HEAD');
    expect([reply.status, reply.text]).toEqual([404, '']);
  });

  it('never let a client write markup into a page', async () => {
    const evil = '<script>alert("x")</script>';
    const asked = (accept: string) => v1.post({ ...meta({ size: evil }), accept });
    const html = await asked('*/*');
    expect([html.status, html.headers['x-content-type-options']]).toEqual([400, 'nosniff']);
    expect(html.text).not.toContain('<script>');
    expect(html.text).toContain('&lt;script&gt;');
    const text = await asked('text/plain');
    expect([text.status, text.headers['x-content-type-options']]).toEqual([400, 'nosniff']);
    // in JSON nothing is markup, and WebOb did not escape it either
    const json = await asked('application/json');
    expect(json.status).toBe(400);
    expect(json.headers['content-type']).toMatch(/^application\/json/);
    expect(json.json.message).toContain(evil);
  });

  it('never show the pages of Glance inside a page', async () => {
    const reply = await v1.get(`/v1/images/${nobody}`, { headers: { accept: 'text/html' } });
    expect(reply.text.match(/<html>/g)).toHaveLength(1);
    expect(reply.text.match(/<h1>/g)).toHaveLength(1);
  });

  it('have a request id like every answer', async () => {
    const reply = await missing('*/*');
    expect(reply.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it.each(['', 'nonsense-token'])('for the token "%s" are 401 with a challenge', async (token) => {
    const reply = await v1.get('/v1/images', { as: null, headers: { 'x-auth-token': token } });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(/^Keystone uri=/);
  });

  it('never repeat a token', async () => {
    const headers = { 'x-auth-token': 'a-token-like-no-other' };
    const reply = await v1.get('/v1/images', { as: null, headers });
    expect(JSON.stringify([reply.headers, reply.text])).not.toContain('no-other');
  });
}

export function methods(v1: Client): void {
  const cases: readonly [method: string, path: string, allowed: readonly string[]][] = [
    ['PUT', '/v1/images', ['GET', 'POST']],
    ['DELETE', '/v1/images', ['GET', 'POST']],
    ['HEAD', '/v1/images', ['GET', 'POST']],
    ['PATCH', '/v1/images', ['GET', 'POST']],
    ['POST', '/v1/images/detail', ['GET']],
    ['PUT', '/v1/images/detail', ['GET']],
    ['DELETE', '/v1/images/detail', ['GET']],
    ['HEAD', '/v1/images/detail', ['GET']],
    ['POST', `/v1/images/${nobody}`, ['GET', 'HEAD', 'PUT', 'DELETE']],
    ['PATCH', `/v1/images/${nobody}`, ['GET', 'HEAD', 'PUT', 'DELETE']],
    ['POST', `/v1/images/${nobody}/members`, ['GET', 'PUT']],
    ['DELETE', `/v1/images/${nobody}/members`, ['GET', 'PUT']],
    ['GET', `/v1/images/${nobody}/members/x`, ['PUT', 'DELETE']],
    ['POST', `/v1/images/${nobody}/members/x`, ['PUT', 'DELETE']],
    ['PUT', '/v1/shared-images/x', ['GET']],
    ['POST', '/v1/', ['GET']],
  ];

  it.each(cases)('%s %s is not allowed', async (method, path, allowed) => {
    const reply = await v1.ask(method, path);
    expect(reply.status).toBe(405);
    expect(reply.headers['allow']?.split(/\s*,\s*/).sort()).toEqual([...allowed].sort());
    if (method !== 'HEAD') expect(reply.text).toContain('405 Method Not Allowed');
  });

  describe('a path that v1 has not is 404', () => {
    it.each([
      '/v1/images/',
      '/v1/images/detail/',
      `/v1/images/${nobody}/`,
      `/v1/images/${nobody}/file`,
      `/v1/images/${nobody}/members/`,
      `/v1/images/${nobody}/members/x/y`,
      '/v1/images.json',
      '/v1/image',
      '/v1/imagesx',
      '/v1/shared-images',
      '/v1/shared-images/',
      '/v1/tasks',
      '/v1/schemas/image',
    ])('%s', async (path) => {
      expect((await v1.get(path)).status).toBe(404);
    });
  });

  describe('a path that would be another one once decoded is 404', () => {
    const dots = [
      '/v1/images/../../v2/images',
      '/v1/images/%2e%2e/%2e%2e/v2/images',
      '/v1/./images',
      '/v1/images/.',
    ];
    it.each([
      ...(v1.target.seesDots ? dots : []),
      '/v1/images/..%2f..%2fv2%2fimages',
      `/v1/images/${nobody}%2fmembers`,
      '/v1/images/%5c..%5cdetail',
      '/v1/images/a%00b',
    ])('%s', async (path) => {
      const reply = await v1.get(path);
      expect(reply.status).toBe(404);
      expect(reply.json).not.toHaveProperty('images');
    });
  });
}
