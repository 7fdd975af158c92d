import { describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import { imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { useWorker } from './setting.ts';

describe('the line of a download in the log of workerd', () => {
  const place = useWorker();
  const lines = () =>
    place.worker
      .output()
      .split('\n')
      .filter((line) => line.includes('/file'));
  const download = async () => {
    const before = lines().length;
    const line = `GET /v2/images/${imageId}/file HTTP/1.1\r\n`;
    await rawAsk(place.worker.url, `${line}Host: a\r\nX-Auth-Token: token\r\n\r\n`);
    await until(() => lines().length > before);
    return JSON.parse(lines().at(-1) ?? '') as Record<string, unknown>;
  };

  it('has the bytes that were told', async () => {
    place.glance.on('GET', /\/file$/, sendBytes(100_000));
    expect(await download()).toMatchObject({ status: 200, bytes: 100_000 });
  });

  it('leaves out how many there were in chunks', async () => {
    place.glance.on('GET', /\/file$/, ({ outgoing }) => {
      outgoing.write('some');
      outgoing.end('thing');
    });
    expect(await download()).not.toHaveProperty('bytes');
  });

  it('says that it broke off', async () => {
    place.glance.on('GET', /\/file$/, sendBytes(100_000, {}, 50_000));
    const line = await download();
    expect(line).toMatchObject({ status: 200, complete: false });
    expect(line).not.toHaveProperty('bytes');
  });
});
