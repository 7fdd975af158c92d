import { describe, expect, it } from 'vitest';
import { type Fault, isFault } from '../../src/core/fault.ts';
import {
  admitSource,
  defaultImportFilter,
  type ImportFilter,
  isPublicAddress,
} from '../../src/core/import-filter.ts';

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.1.1',
    '192.169.1.1',
    '198.17.0.1',
    '223.255.255.254',
    '2606:4700::1111',
    '2a00:1450:4001:81b::200e',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    '2001:0:1::1',
    '2001::1',
    '2002:7f00:1::',
    '',
    'localhost',
    'example.com',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

const judge = (url: string, filter: ImportFilter): boolean => !isFault(admitSource(url, filter));

describe('a source without any rule of its own', () => {
  it.each([
    'http://example.com/image.raw',
    'https://example.com/image.raw',
    'https://example.com:443/image.raw',
    'http://user:secret@example.com/image.raw',
    'http://8.8.8.8/image.raw',
    'http://[2606:4700::1111]/image.raw',
  ])('%s may be opened', (url) => {
    expect(judge(url, defaultImportFilter)).toBe(true);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.com/image.raw',
    'swift+config://example.com/image.raw',
    'gopher://example.com/',
    'javascript:alert(1)',
    'http://',
    'example.com/image.raw',
    '/image.raw',
    '',
    'http://example.com:22/',
    'https://example.com:80443/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://[::]/',
  ])('%j may not', (url) => {
    expect(judge(url, defaultImportFilter)).toBe(false);
  });

  it('may use port 443 with either scheme, as Glance allows ports, not pairs', () => {
    expect(judge('http://example.com:443/', defaultImportFilter)).toBe(true);
  });
});

describe('a source where hosts are named', () => {
  const filter = { schemes: ['http'], hosts: ['127.0.0.1', 'mirror.test', '::1'], ports: [8080] };

  it.each(['http://127.0.0.1:8080/', 'http://mirror.test:8080/a', 'http://MIRROR.test:8080/a'])(
    '%s may be opened',
    (url) => {
      expect(judge(url, filter)).toBe(true);
    },
  );

  it.each([
    'http://127.0.0.2:8080/',
    'http://mirror.test/',
    'https://mirror.test:8080/',
    'http://mirror.test.evil.test:8080/',
    'http://evil.test:8080/#mirror.test',
    'http://mirror.test:8080@evil.test:8080/',
    'http://evil.test:8080/?mirror.test',
  ])('%s may not', (url) => {
    expect(judge(url, filter)).toBe(false);
  });

  // a URL writes an IPv6 address in brackets, the list without them
  it('an IPv6 address may be named', () => {
    expect(judge('http://[::1]:8080/', filter)).toBe(true);
  });

  // host names have no case; URLs have them in lower case
  it('a name may be written in capitals', () => {
    expect(judge('http://mirror.test:8080/', { ...filter, hosts: ['Mirror.Test'] })).toBe(true);
  });
});

describe('a source where no port is named', () => {
  it('may use any', () => {
    expect(judge('http://example.com:12345/', { ...defaultImportFilter, ports: [] })).toBe(true);
  });
});

describe('a refusal', () => {
  it('is the same for every reason and never repeats the URL', () => {
    const refused = ['file:///etc/passwd', 'http://127.0.0.1/', 'http://example.com:22/'].map(
      (url) => admitSource(url, defaultImportFilter) as Fault,
    );
    expect(new Set(refused.map((each) => `${each.kind} ${each.message}`)).size).toBe(1);
    expect(refused[0]?.message).not.toMatch(/passwd|127|example/);
  });
});
