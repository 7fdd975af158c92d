import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import { type FakeGlance, imageId, sendBytes, startFakeGlance } from '../fixtures/fake-glance.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { type RunningWorkerd, startWorker } from '../fixtures/workerd.ts';

describe('the line of a download in the log of workerd', () => {
  let glance: FakeGlance;
  let worker: RunningWorkerd;
  beforeAll(async () => {
    glance = await startFakeGlance();
    worker = await startWorker('src/entry/worker.ts', { POLYGLANCE_GLANCE_URL: glance.url });
  });
  afterEach(() => glance.reset());
  afterAll(async () => {
    await worker.stop();
    await glance.stop();
  });
  const lines = () =>
    worker
      .output()
      .split('\n')
      .filter((line) => line.includes('/file'));
  const download = async () => {
    const before = lines().length;
    const line = `GET /v2/images/${imageId}/file HTTP/1.1\r\n`;
    await rawAsk(worker.url, `${line}Host: a\r\nX-Auth-Token: token\r\n\r\n`);
    await until(() => lines().length > before);
    return JSON.parse(lines().at(-1) ?? '') as Record<string, unknown>;
  };

  it('has the bytes that were told', async () => {
    glance.on('GET', /\/file$/, sendBytes(100_000));
    expect(await download()).toMatchObject({ status: 200, bytes: 100_000 });
  });

  it('leaves out how many there were in chunks', async () => {
    glance.on('GET', /\/file$/, ({ outgoing }) => {
      outgoing.write('some');
      outgoing.end('thing');
    });
    expect(await download()).not.toHaveProperty('bytes');
  });

  it('says that it broke off', async () => {
    glance.on('GET', /\/file$/, sendBytes(100_000, {}, 50_000));
    const line = await download();
    expect(line).toMatchObject({ status: 200, complete: false });
    expect(line).not.toHaveProperty('bytes');
  });
});
