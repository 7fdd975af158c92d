import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from '../behaviour/raw-request.ts';
import { answer, type FakeGlance, imageId, startFakeGlance } from '../fixtures/fake-glance.ts';
import { freePort, type Program, run, serve, stop, until } from './program.ts';

const text = async (base: string, path: string): Promise<string> => {
  const headers = { 'x-auth-token': 'token' };
  const { body } = await rawRequest(base, { method: 'GET', path, headers });
  return new TextDecoder().decode(body);
};

function workersOf({ child }: Program): number[] {
  const path = `/proc/${child.pid}/task/${child.pid}/children`;
  return readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

export function workers(): void {
  describe('several workers', () => {
    let glance: FakeGlance;
    let program: Program;
    let admin: string;
    beforeAll(async () => {
      glance = await startFakeGlance();
      const port = String(await freePort());
      const more = ['--workers', '2', '--admin-port', port, '--stop-grace', '50'];
      program = await serve(['--glance-url', glance.url, ...more]);
      admin = program.address('admin');
    });
    afterAll(async () => {
      await stop(program);
      await glance.stop();
    });

    it('serve on the same port', async () => {
      expect(workersOf(program)).toHaveLength(2);
      for (let i = 0; i < 4; i += 1) {
        expect(await text(program.url, '/v1/images')).toContain(imageId);
      }
    });

    it('are counted as one', async () => {
      const metrics = await text(admin, '/metrics');
      expect(metrics).toContain(
        'polyglance_requests_total{dialect="glance-v1",operation="list",status="200"} 4\n',
      );
      expect(metrics.match(/# TYPE polyglance_requests_total/g)).toHaveLength(1);
    });

    it('are ready as long as one of them is', async () => {
      let ready = '';
      await until(() => {
        void text(admin, '/readyz').then((body) => {
          ready = body;
        });
        return ready === 'ready\n';
      }, 'readiness');
    });

    it('are replaced when they end, the others serving meanwhile', async () => {
      const [victim = 0, other = 0] = workersOf(program);
      process.kill(victim, 'SIGKILL');
      await until(() => !workersOf(program).includes(victim), 'the end of a worker');
      expect(await text(program.url, '/v1/images')).toContain(imageId);
      await until(() => workersOf(program).length === 2, 'a new worker');
      expect(workersOf(program)).toContain(other);
      expect(program.stderr).toContain(`worker ${victim} ended: SIGKILL`);
    });

    it('finish what they are doing when the first process is asked to stop', async () => {
      let go = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      glance.on('GET', /^\/v2\/images\?/, async (exchange) => {
        await gate;
        return answer(200, { images: [] })(exchange);
      });
      const before = glance.seen.length;
      const running = text(program.url, '/v1/images');
      await until(() => glance.seen.length > before, 'the request');
      const ended = stop(program);
      await new Promise((done) => setTimeout(done, 200));
      go();
      expect(await running).toBe('{"images":[]}');
      expect(await ended).toBe(0);
    });
  });

  describe('workers that cannot be', () => {
    it.each([
      ['in front of the embedded Image service', []],
      ['with a read cache', ['--glance-url', 'http://127.0.0.1:9', '--read-cache-time', '1000']],
    ])('are refused %s', async (_, args) => {
      const { code, stderr } = await run(['serve', '--workers', '2', ...args]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^--workers: /);
    });

    it('end the program when the port is taken', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as AddressInfo;
      const glance = ['--glance-url', 'http://127.0.0.1:9', '--admin-port', '0'];
      const { code, stderr } = await run([
        'serve',
        '--workers',
        '2',
        '--port',
        `${port}`,
        ...glance,
      ]);
      taken.close();
      expect(code).toBe(1);
      expect(stderr).toContain('cannot start: ');
      expect(stderr).toContain('EADDRINUSE');
    });
  });
}
