import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { rawRequest } from '../behaviour/raw-request.ts';
import { freePort, type Program, run, serve, stop, until } from './program.ts';

const demoProject = '0d000000000000000000000000000002';
const token = { 'x-auth-token': 'demo-token' };
const get = (base: string, path: string, headers: Readonly<Record<string, string>> = token) =>
  rawRequest(base, { method: 'GET', path, headers });
const textOf = (answer: { readonly body: Uint8Array }): string =>
  new TextDecoder().decode(answer.body);

export function serving(): void {
  describe('the banner', () => {
    it('says on standard error what is served, where, and how to try it', async () => {
      const program = await serve(['--listen', 'glance=0']);
      const { stderr } = program;
      expect(stderr).toContain(`polyglance ${manifest.version}`);
      expect(program.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(program.address('glance')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(stderr).toContain('the embedded Image service');
      expect(stderr).toContain('demo-token');
      expect(stderr).toContain(`${program.url}/v1/images`);
      expect(program.stdout).toBe('');
      expect(await stop(program)).toBe(0);
    });

    it('tells nothing of demo identities in front of another Image service', async () => {
      const program = await serve(['--glance-url', 'http://127.0.0.1:9']);
      expect(program.stderr).toContain('in front of http://127.0.0.1:9');
      expect(program.stderr).not.toContain('token');
      expect(await stop(program)).toBe(0);
    });
  });

  describe('the access log', () => {
    let program: Program;
    beforeAll(async () => {
      program = await serve();
    });
    afterAll(() => stop(program));
    const next = async <T>(work: () => Promise<T>): Promise<[T, Record<string, unknown>]> => {
      const before = program.log().length;
      const answer = await work();
      await until(() => program.log().length > before, 'a line');
      return [answer, program.log()[before] ?? {}];
    };

    it('has one line of JSON for each request', async () => {
      const before = program.log().length;
      for (const path of ['/v1/images', '/v2/images', '/', '/v1/nothing']) {
        await get(program.url, path);
      }
      await until(() => program.log().length >= before + 4, 'four lines');
      expect(program.log().slice(before)).toMatchObject([
        { dialect: 'glance-v1', operation: 'list', status: 200 },
        { dialect: 'glance-v2', operation: expect.stringMatching(/^[a-z-]+$/), status: 200 },
        { dialect: 'glance-v2', operation: 'versions', status: 300 },
        { dialect: 'glance-v1', status: 404 },
      ]);
    });

    it('says who asked what, what came of it and how long it took', async () => {
      const headers = { ...token, 'user-agent': 'python-glanceclient' };
      const [answer, line] = await next(() => get(program.url, '/v1/images/detail', headers));
      expect(line).toEqual({
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'info',
        event: 'request',
        dialect: 'glance-v1',
        operation: 'list-detail',
        method: 'GET',
        path: '/v1/images/detail',
        status: 200,
        project: demoProject,
        bytes: answer.body.length,
        own_ms: expect.any(Number),
        upstream_ms: expect.any(Number),
        upstream_calls: 1,
        request_id: answer.headers['x-openstack-request-id'],
        user_agent: 'python-glanceclient',
        peer: '127.0.0.1',
      });
      expect(Number(line['own_ms'])).toBeGreaterThanOrEqual(0);
    });

    it('never has a token, a query or a property', async () => {
      const secrets = {
        'x-auth-token': 'secret-token',
        'x-image-meta-property-key': 'secret-value',
      };
      await next(() => get(program.url, '/v1/images?name=secret-name', secrets));
      await next(() => get(program.url, '/v2/images?name=secret-name', secrets));
      expect(program.stdout).not.toContain('secret');
      expect(program.stdout).not.toContain('demo-token');
      expect(program.stderr.replaceAll(/demo-token|Token: /g, '')).not.toContain('secret-');
    });

    it('keeps what a client sends within its line', async () => {
      const path = `/v1/images/${'a'.repeat(5000)}`;
      const headers = { ...token, 'user-agent': `"\\{}${'b'.repeat(5000)}` };
      const [, line] = await next(() => get(program.url, path, headers));
      expect(String(line['path']).length).toBeLessThanOrEqual(200);
      expect(String(line['user_agent']).length).toBeLessThanOrEqual(200);
    });

    it('is silent when it is off', async () => {
      const quiet = await serve(['--access-log', 'off']);
      await get(quiet.url, '/v1/images');
      expect(await stop(quiet)).toBe(0);
      expect(quiet.stdout).toBe('');
    });
  });

  describe('the admin listener', () => {
    let program: Program;
    let admin = '';
    beforeAll(async () => {
      const port = await freePort();
      admin = `http://127.0.0.1:${port}`;
      program = await serve(['--admin-port', String(port)]);
    });
    afterAll(() => stop(program));

    it('says that the gateway lives, and that it is ready', async () => {
      const health = await get(admin, '/healthz', {});
      expect([health.status, textOf(health)]).toEqual([200, 'ok\n']);
      const ready = await get(admin, '/readyz', {});
      expect([ready.status, textOf(ready)]).toEqual([200, 'ready\n']);
    });

    it('counts what the gateway answered', async () => {
      await get(program.url, '/v1/images');
      await get(program.url, '/v1/images/junk');
      const answer = await get(admin, '/metrics', {});
      expect(answer.headers['content-type']).toMatch(/^text\/plain; version=/);
      const text = textOf(answer);
      expect(text).toMatch(
        /^polyglance_requests_total\{dialect="glance-v1",operation="list",status="200"\} 1$/m,
      );
      expect(text).toMatch(
        /^polyglance_requests_total\{dialect="glance-v1",operation="download",status="404"\} 1$/m,
      );
      for (const name of [
        'own_seconds',
        'upstream_seconds',
        'upstream_calls_total',
        'sent_bytes_total',
      ]) {
        expect(text).toContain(`polyglance_${name}`);
      }
      expect(text).not.toContain('junk');
    });

    it('serves no images, and the others serve nothing of it', async () => {
      expect((await get(admin, '/v1/images')).status).toBe(404);
      for (const path of ['/healthz', '/readyz', '/metrics']) {
        expect((await get(program.url, path)).status).toBe(300);
      }
    });

    it('says that the gateway is not ready while the Image service is not to be had', async () => {
      const port = await freePort();
      const alone = await serve([
        '--admin-port',
        String(port),
        '--glance-url',
        'http://127.0.0.1:9',
      ]);
      const base = `http://127.0.0.1:${port}`;
      expect((await get(base, '/readyz', {})).status).toBe(503);
      expect((await get(base, '/healthz', {})).status).toBe(200);
      const answer = await get(alone.url, '/v1/images');
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(await stop(alone)).toBe(0);
    });
  });

  it('extra listeners serve their dialect', async () => {
    const port = await freePort();
    const program = await serve(['--listen', `glance=${port}`]);
    expect(program.address('glance')).toBe(`http://127.0.0.1:${port}`);
    expect((await get(`http://127.0.0.1:${port}`, '/v1/images')).status).toBe(200);
    expect(await stop(program)).toBe(0);
  });

  describe('a port that is taken', () => {
    it.each(['port', 'admin-port', 'listen'])(
      'ends --%s with 1 and one clear line',
      async (flag) => {
        const taken = createServer().listen(0, '127.0.0.1');
        await once(taken, 'listening');
        const { port } = taken.address() as AddressInfo;
        const value = flag === 'listen' ? `glance=${port}` : String(port);
        const rest = ['--port', '0', '--admin-port', '0'].join(' ').split(' ');
        const args =
          flag === 'listen' ? rest : rest.filter((_, i) => rest[i - (i % 2)] !== `--${flag}`);
        const { code, stdout, stderr } = await run(['serve', ...args, `--${flag}`, value]);
        taken.close();
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect(stderr).toMatch(/^cannot start: /);
        expect(stderr).toContain(String(port));
      },
    );
  });
}
