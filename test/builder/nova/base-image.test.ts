import { expect, it } from 'vitest';
import { baseImage } from '../../../src/builder/backends/nova/base-image.ts';

const images = {
  debian9: 'nine',
  debian11: 'eleven',
  debian12: 'twelve',
  'debian12-aarch64': 'twelve-arm',
  'debian-live13': 'other',
  fedora: 'any-fedora',
  fedora41: 'forty-one',
  'ubuntu22.04': 'jammy',
  'ubuntu9.10': 'karmic',
};

it.each([
  ['Debian', '12', undefined, 'twelve'],
  ['DEBIAN', '12', 'amd64', 'twelve'],
  ['debian', '12', 'X86_64', 'twelve'],
  ['debian', '12', 'arm64', 'twelve-arm'],
  ['debian', '11', 'aarch64', undefined],
  ['debian', '12', 'mips', undefined],
  ['debian', '13', undefined, undefined],
  ['debian', undefined, undefined, 'twelve'],
  ['debian', undefined, 'arm64', 'twelve-arm'],
  ['fedora', '41', undefined, 'forty-one'],
  ['fedora', '40', undefined, 'any-fedora'],
  ['fedora', undefined, undefined, 'forty-one'],
  ['ubuntu', undefined, undefined, 'jammy'],
  ['debian12', undefined, undefined, 'twelve'],
  ['deb', undefined, undefined, undefined],
  ['', undefined, undefined, undefined],
  ['toString', undefined, undefined, undefined],
  ['__proto__', undefined, undefined, undefined],
])('%s %s on %s is installed by %s', (osName, osVersion, osArch, image) => {
  const spec = { osName, ...(osVersion && { osVersion }), ...(osArch && { osArch }) };
  expect(baseImage(images, spec)).toBe(image);
});
