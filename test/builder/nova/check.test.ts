import { describe, expect, it } from 'vitest';
import { ComputeClient } from '../../../src/glance/compute.ts';
import { imageId } from '../../fixtures/fake-glance.ts';
import { useNova } from './setting.ts';

const cloud = useNova();

describe('a check', () => {
  it('finds Nova, the flavor and the images', async () => {
    expect(await cloud.backend().check()).toEqual({
      ready: true,
      findings: [
        'Nova speaks up to 2.93',
        'flavor m1.small: 2048 MiB of memory, 20 GiB of disk',
        'image for debian12: debian-installer is active',
      ],
      missing: [],
    });
  });

  it.each([
    ['no image is configured', { images: {} }, /^no image is configured$/],
    ['one is not there', { images: { x: imageId } }, /^image for x: .*No image found/],
    ['the flavor is not there', { flavor: 'huge' }, /^flavor huge: nothing here$/],
  ])('says that %s', async (_, options, line) => {
    const { ready, findings } = await cloud.backend(options).check();
    expect(ready).toBe(false);
    expect(findings.filter((each) => line.test(each))).toHaveLength(1);
  });

  it('says that an image has no data', async () => {
    const empty = await cloud.makeImage({ name: 'empty' }, null);
    const { ready, findings } = await cloud.backend({ images: { x: empty } }).check();
    expect([ready, findings.at(-1)]).toEqual([false, 'image for x: empty is queued']);
  });

  it.each([
    ['is too old', { version: { version: '2.36' } }, 'Nova speaks up to 2.36; 2.37 is needed'],
    ['knows no microversions', { version: { version: '' } }, 'Nova speaks up to ; 2.37 is needed'],
    [
      'is none',
      { hello: 'world' },
      'Nova does not answer: The Compute service gave an answer that could not be used.',
    ],
  ])('says that Nova %s', async (_, document, line) => {
    const compute = new ComputeClient(async () => ({
      status: 200,
      headers: {},
      body: JSON.stringify(document),
    }));
    const { ready, findings } = await cloud.backend({ compute }).check();
    expect([ready, findings[0]]).toEqual([false, line]);
  });
});
