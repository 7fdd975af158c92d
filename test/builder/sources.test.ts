import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { BuildFailure } from '../../src/builder/backend.ts';
import { judgeMirror, judgeSource, sourceFilter } from '../../src/builder/sources.ts';

const nothingPublic: LookupFunction = (_name, _options, callback) =>
  callback(new Error('no public address'), []);
const everythingPublic: LookupFunction = (_name, _options, callback) =>
  callback(null, [{ address: '8.8.8.8', family: 4 }]);

const mirrors = sourceFilter(['http://mirror.internal/debian', 'https://10.0.0.5:8443/os/']);

describe('a source, where mirrors are named', () => {
  it.each([
    'http://mirror.internal/debian',
    'http://mirror.internal:80/debian/dists/',
    'HTTP://MIRROR.internal/debian/a/../b',
    'https://10.0.0.5:8443/os/x86_64',
  ])('%s is used, whatever its address', async (text) => {
    const sources = { filter: mirrors, publicLookup: nothingPublic };
    expect((await judgeSource(text, sources)).href).toBe(new URL(text).href);
  });

  it.each([
    'http://mirror.internal/debian-secret/',
    'http://mirror.internal/debian/../secret',
    'http://mirror.internal/debian/%2e%2e/secret',
    'http://mirror.internal:8080/debian/',
    'https://mirror.internal/debian/',
    'http://user:secret@mirror.internal/debian/',
    'http://mirror.internal@evil.example/debian/',
    'http://deb.debian.org/debian/',
    'https://10.0.0.5:8443/',
    'file:///etc/passwd',
    'http:mirror.internal/debian/',
    'http://mirror.internal\\debian/',
    'http://mirror.internal/debian/\nx',
    '',
  ])('%j is refused', async (text) => {
    const sources = { filter: mirrors, publicLookup: everythingPublic };
    await expect(judgeSource(text, sources)).rejects.toThrow(BuildFailure);
  });
});

describe('a source, where none is named', () => {
  const filter = sourceFilter([]);

  it('is used when its name has a public address', async () => {
    const url = await judgeSource('https://mirror.example/iso?x=1', {
      filter,
      publicLookup: everythingPublic,
    });
    expect(url.href).toBe('https://mirror.example/iso?x=1');
  });

  it.each([
    ['a name without a public address', 'http://localhost/', nothingPublic],
    ['a private address', 'http://10.0.0.1/', everythingPublic],
    ['the metadata service', 'http://169.254.169.254/latest', everythingPublic],
    ['another port', 'http://mirror.example:22/', everythingPublic],
    ['a user and a password', 'http://u:p@mirror.example/', everythingPublic],
    ['a file', 'file:///etc/passwd', everythingPublic],
  ])('is refused for %s', async (_why, text, publicLookup) => {
    await expect(judgeSource(text, { filter, publicLookup })).rejects.toThrow(
      new BuildFailure('The installSource cannot be used.'),
    );
  });
});

describe('a mirror', () => {
  const sources = { filter: sourceFilter([]), publicLookup: everythingPublic };

  it('is a source', async () => {
    const text = 'https://mirror.example/debian';
    expect((await judgeMirror(text, sources)).href).toBe(text);
    await expect(judgeMirror('http://10.0.0.1/?x', sources)).rejects.toThrow(
      new BuildFailure('The installSource cannot be used.'),
    );
  });

  it.each(['?token=secret', '?', '#x', '/?a#b'])('is refused with %s', async (end) => {
    await expect(judgeMirror(`http://mirror.example/debian${end}`, sources)).rejects.toThrow(
      new BuildFailure('A mirror in installSource may have neither a query nor a fragment.'),
    );
  });
});
