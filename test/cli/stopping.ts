import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { rawRequest } from '../behaviour/raw-request.ts';
import { freshFolder, type Program, serve, stop } from './program.ts';

const headers = {
  'x-auth-token': 'demo-token',
  'content-type': 'application/octet-stream',
  'x-image-meta-disk_format': 'raw',
  'x-image-meta-container_format': 'bare',
};

/** Begins an upload whose first half is on its way. */
async function beginUpload(program: Program): Promise<ClientRequest> {
  const url = new URL(program.url);
  const upload = request({
    host: url.hostname,
    port: url.port,
    method: 'POST',
    path: '/v1/images',
    headers: { ...headers, 'content-length': 10 },
    agent: false,
  });
  upload.on('error', () => undefined);
  upload.write('12345');
  await once(upload, 'socket').then(([socket]) => socket.connecting && once(socket, 'connect'));
  // long enough for the first half to have arrived
  await new Promise((done) => setTimeout(done, 200));
  return upload;
}

async function finishUpload(upload: ClientRequest): Promise<{ status: number; id: string }> {
  const answered = once(upload, 'response');
  upload.end('67890');
  const [message] = (await answered) as [IncomingMessage];
  let text = '';
  for await (const chunk of message) text += chunk;
  return { status: message.statusCode ?? 0, id: JSON.parse(text).image.id };
}

const download = async (program: Program, id: string): Promise<string> => {
  const path = `/v1/images/${id}`;
  const { body } = await rawRequest(program.url, { method: 'GET', path, headers });
  return new TextDecoder().decode(body);
};

/** Whether a program that is asked to stop does so in time. */
async function stopsWithin(program: Program, ms: number): Promise<boolean> {
  const late = new Promise<'late'>((done) => setTimeout(done, ms, 'late'));
  return (await Promise.race([stop(program), late])) === 0;
}

export function stopping(): void {
  describe('SIGTERM', () => {
    it('lets a running transfer finish, takes no new one, and ends with 0', async () => {
      const data = await freshFolder();
      const program = await serve(['--data', data, '--stop-grace', '50']);
      const upload = await beginUpload(program);
      program.child.kill('SIGTERM');
      await new Promise((done) => setTimeout(done, 200));
      expect(program.child.exitCode).toBeNull();
      const late = createConnection(Number(new URL(program.url).port), '127.0.0.1');
      const [refused] = (await once(late, 'error')) as [NodeJS.ErrnoException];
      expect(refused.code).toBe('ECONNREFUSED');
      const { status, id } = await finishUpload(upload);
      expect(status).toBe(201);
      expect(await program.ended).toBe(0);

      const again = await serve(['--data', data]);
      expect(await download(again, id)).toBe('1234567890');
      expect(await stop(again)).toBe(0);
    });

    it('does not wait for connections that are kept open after a request', async () => {
      const program = await serve();
      const kept = new Agent({ keepAlive: true });
      const url = new URL(program.url);
      const asked = request({ host: url.hostname, port: url.port, path: '/', agent: kept }).end();
      const [message] = (await once(asked, 'response')) as [IncomingMessage];
      await once(message.resume(), 'end');
      expect(await stopsWithin(program, 3000)).toBe(true);
      kept.destroy();
    });

    // a connection on which nothing was ever asked is idle too: load balancers open them beforehand
    it('does not wait for connections on which nothing was asked', async () => {
      const program = await serve();
      const idle = createConnection(Number(new URL(program.url).port), '127.0.0.1');
      idle.on('error', () => undefined);
      await once(idle, 'connect');
      try {
        expect(await stopsWithin(program, 2000)).toBe(true);
      } finally {
        idle.destroy();
        program.child.kill('SIGKILL');
      }
    });

    it('ends a transfer that does not finish within the drain time', async () => {
      const program = await serve(['--drain-timeout', '300']);
      const upload = await beginUpload(program);
      const broken = new Promise((done) => upload.on('close', done));
      expect(await stop(program)).toBe(0);
      await broken;
    });

    it('ends at once with 1 when it comes a second time', async () => {
      const program = await serve();
      const upload = await beginUpload(program);
      program.child.kill('SIGTERM');
      await new Promise((done) => setTimeout(done, 100));
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe(1);
      upload.destroy();
    });
  });

  it('SIGINT ends with 0', async () => {
    const program = await serve();
    program.child.kill('SIGINT');
    expect(await program.ended).toBe(0);
  });

  describe('data', () => {
    it.each(['SIGTERM', 'SIGKILL'] as const)('survives %s and a restart', async (signal) => {
      const data = await freshFolder();
      const first = await serve(['--data', data]);
      const created = await rawRequest(first.url, {
        method: 'POST',
        path: '/v1/images',
        headers: { ...headers, 'x-image-meta-name': 'kept', 'x-image-meta-property-os': 'linux' },
        body: new TextEncoder().encode('kept data'),
      });
      const { image } = JSON.parse(new TextDecoder().decode(created.body));
      first.child.kill(signal);
      await first.ended;

      const second = await serve(['--data', data]);
      const list = await rawRequest(second.url, {
        method: 'GET',
        path: '/v1/images/detail',
        headers,
      });
      expect(JSON.parse(new TextDecoder().decode(list.body)).images).toEqual([image]);
      expect(await download(second, image.id)).toBe('kept data');
      expect(await stop(second)).toBe(0);
    });
  });
}
