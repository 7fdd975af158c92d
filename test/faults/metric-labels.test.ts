import { expect, it } from 'vitest';
import { freePort } from '../cli/program.ts';
import { startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until } from './setting.ts';

it('ten thousand different paths, agents and methods leave the metrics as small as they were', async () => {
  const glance = await startFakeGlance();
  const gateway = await startTestGateway({ glanceUrl: glance.url, adminPort: await freePort() });
  const admin = gateway.gateway.addresses.get('admin') ?? '';
  const metrics = async () => (await fetch(`${admin}/metrics`)).text();
  const count = async () => {
    const lines = (await metrics()).match(/^polyglance_requests_total.* (\d+)$/gm) ?? [];
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const methods = ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'MKCOL'];
  const burst = async (from: number, to: number) => {
    const before = await count();
    const socket = new RawSocket(gateway.url);
    let text = '';
    for (let i = from; i < to; i += 1) {
      const path = [`/v1/x${i}`, `/v1/images/%2e%2e/${i}`, `/v1/images/a/b/c${i}`, `/v1/${i}/y`][
        i % 4
      ];
      text += `${methods[i % 6]} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nUser-Agent: agent-${i}\r\n\r\n`;
    }
    socket.socket.on('data', () => socket.rest.fill(0));
    socket.write(text);
    await until(async () => (await count()) === before + to - from, 15_000);
    socket.close();
  };
  await burst(0, 200);
  const names = (text: string) => text.replaceAll(/ \S+$/gm, '');
  const first = names(await metrics());
  await burst(200, 10_200);
  const last = names(await metrics());
  expect(last.length).toBe(first.length);
  expect(last).not.toMatch(/agent-|x1\d/);
  await gateway.stop();
  await glance.stop();
});
