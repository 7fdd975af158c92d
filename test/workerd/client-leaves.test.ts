import { describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import { cannedImage, imageId, silence } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useWorker } from './setting.ts';

describe('a client that resets its connection with workerd', () => {
  const place = useWorker();

  /** Sends a request, and leaves as soon as Glance is asked something. */
  async function leave(method: string, target: string, body = ''): Promise<void> {
    const socket = new RawSocket(place.worker.url);
    const lines = `Host: a\r\nX-Auth-Token: token\r\nContent-Length: ${body.length}\r\n`;
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines}\r\n${body}`);
    await until(() => place.glance.seen.length > 0);
    socket.socket.resetAndDestroy();
  }
  const logged = (path: string) =>
    place.worker
      .output()
      .split('\n')
      .some((line) => line.includes(path) && line.includes('"status"'));

  it('leaves no change half done', async () => {
    const wanted = Array.from({ length: 100 }, (_, at) => ({ member_id: `member-${at}` }));
    const target = `/v1/images/${imageId}/members`;
    const added = () => place.glance.calls('POST', /\/members$/).length;
    await leave('PUT', target, JSON.stringify({ memberships: wanted }));
    await until(() => added() === wanted.length);
    await until(() => logged(target));
  });

  it('is asked nothing more for, and logged, when it was reading', async () => {
    let go = (): void => undefined;
    place.glance.on('GET', /^\/v2\/images\?/, ({ outgoing }) => {
      go = () => outgoing.end(JSON.stringify({ images: [cannedImage()], next: '/v2/images?x' }));
    });
    await leave('GET', '/v1/images/detail');
    await new Promise((resolve) => setTimeout(resolve, 100));
    go();
    await until(() => logged('/v1/images/detail'));
    expect(place.glance.calls('GET')).toHaveLength(1);
  });

  it('ends the download that it had asked for', async () => {
    const file = `/v2/images/${imageId}/file`;
    place.glance.on('GET', /\/file$/, silence);
    await leave('GET', file);
    await until(() => place.glance.calls('GET', /\/file$/)[0]?.broken === true);
    await until(() => logged(file));
  });
});
