import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until } from './setting.ts';

const json = 'application/json';
const image = '3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11';
/** More than any document may have. */
const blocks = 60;
const block = `10000\r\n${'['.repeat(65_536)}\r\n`;

describe('a body in chunks that is longer than a document may be', () => {
  const place = useGateway({ accessLog: 'json' });
  const lines: string[] = [];
  let told: ReturnType<typeof vi.spyOn>;
  beforeAll(() => {
    told = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      lines.push(String(chunk));
      return true;
    });
  });
  afterAll(() => told.mockRestore());

  it.each([
    ['POST', '/v2.1/images', json, 413],
    ['PUT', `/v2.1/images/${image}/metadata`, json, 413],
    ['PUT', `/v2/images/${image}/members`, json, 405],
    ['PUT', `/v1/images/${image}/members`, json, 413],
    ['POST', '/v2/images', json, 413],
    ['PATCH', `/v2/images/${image}`, 'application/openstack-images-v2.1-json-patch', 413],
    ['POST', '/api/images', 'application/x-www-form-urlencoded', 413],
  ] as const)(
    '%s %s is refused, logged, and followed by other requests',
    async (method, path, kind, status) => {
      lines.length = 0;
      const socket = new RawSocket(place().url);
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: demo-token\r\nContent-Type: ${kind}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      for (let i = 0; i < blocks; i += 1) socket.write(block);
      await socket.flushed('0\r\n\r\n');
      expect((await socket.next()).status).toBe(status);
      socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await socket.next()).status).toBe(200);
      socket.close();
      await until(() => lines.length === 2);
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ method, path, status, peer: '127.0.0.1' }),
        expect.objectContaining({ path: '/versions', status: 200 }),
      ]);
    },
  );
});
