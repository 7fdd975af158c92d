import { describe, expect, it } from 'vitest';
import { until } from '../setting.ts';
import { dataOf, disk, nothing, useNova } from './setting.ts';

const cloud = useNova();
const script = '#!/bin/sh\necho pässword\n';

describe('a build on Nova', () => {
  it('becomes an active image with what the server left on its disk, and leaves nothing', async () => {
    cloud.begin();
    const { builder } = cloud;
    const id = await builder.order({
      imageSpec: { osName: 'Debian', osVersion: '12', installScript: script },
    });
    const worker = await builder.startWorker({ backends: [cloud.backend()] });
    await until(
      () => builder.show(id),
      (image) => image['status'] === 'ACTIVE',
      'ACTIVE',
    );
    const data = await (await builder.ask(`/v2/images/${id}/file`)).text();
    expect(data).toBe(disk.toString());
    await until(cloud.left, (left) => left.snapshots.length === 0, 'nothing left');
    await worker.stop();
    expect(await cloud.left()).toEqual(nothing);
    expect(await builder.show(id)).toMatchObject({
      progress: 100,
      buildServer: expect.stringMatching(
        /^http:\/\/cloud\.example\/v2\.1\/servers\/[0-9a-f-]{36}$/,
      ),
      buildImage: `http://cloud.example/v2.1/images/${cloud.installer()}`,
      metadata: {},
    });
    expect(await builder.stored(id)).toMatchObject({ disk_format: 'qcow2', build_state: 'done' });
    expect(JSON.stringify(worker.log)).not.toMatch(/pässword|a-password/);
  });

  it('boots one server, marked, with the script as user data and without a network', async () => {
    cloud.begin();
    const { done } = cloud.build({ installScript: script });
    await (await done).release?.();
    expect(cloud.booted()).toEqual({
      name: 'polyglance-build-a-build',
      imageRef: cloud.installer(),
      flavorRef: 'small',
      networks: 'none',
      config_drive: true,
      user_data: Buffer.from(script).toString('base64'),
      metadata: { polyglance_build: 'a-build', polyglance_attempt: expect.any(String) },
    });
    const [boot] = cloud.nova().calls('POST', /\/servers$/);
    expect(boot?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.37',
      'x-auth-token': 'admin-token',
    });
    expect(cloud.nova().calls('POST')).toHaveLength(2);
  });

  it.each([
    ['auto', 'auto'],
    ['8c2ab6a5-ed8c-4f4d-9b0a-30a2d8a9a1f3', [{ uuid: '8c2ab6a5-ed8c-4f4d-9b0a-30a2d8a9a1f3' }]],
  ])(
    'has the network %s where that is configured, and no user data without a script',
    async (network, networks) => {
      cloud.begin();
      await (await cloud.build({}, { network }).done).release?.();
      expect(cloud.booted()).toMatchObject({ networks });
      expect(cloud.booted()).not.toHaveProperty('user_data');
    },
  );

  it('waits with the snapshot until the server is off and Nova has done with it', async () => {
    cloud.begin();
    const { done, told } = cloud.build();
    await (await done).release?.();
    expect(told.log.filter((line) => line.startsWith('the server'))).toEqual([
      expect.stringContaining('is BUILD'),
      expect.stringContaining('is ACTIVE'),
      expect.stringContaining('is SHUTOFF'),
    ]);
    expect(cloud.nova().calls('GET', /servers\/[0-9a-f-]{36}$/)).toHaveLength(5);
    expect(told.progress).toEqual([5, 10, 70, 90]);
  });

  it('lets go of the server as soon as its disk has been copied, of the copy when it is told', async () => {
    cloud.begin();
    const artifact = await cloud.build().done;
    expect(await cloud.left()).toMatchObject({ servers: [], snapshots: [{ status: 'active' }] });
    expect(await dataOf(artifact)).toBe(disk.toString());
    expect(await dataOf(artifact)).toBe(disk.toString());
    await artifact.release?.();
    expect(await cloud.left()).toEqual(nothing);
  });

  it.each(['raw', 'qcow2'])('keeps the format of the snapshot: %s', async (format) => {
    cloud.begin({ disk_format: format });
    const artifact = await cloud.build().done;
    expect(artifact.diskFormat).toBe(format);
    await artifact.release?.();
  });
});
