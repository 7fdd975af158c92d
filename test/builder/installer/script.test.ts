import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { knownInstallers } from '../../../src/builder/backends/installer/installers.ts';
import {
  kernelCommand,
  type ScriptParts,
  scriptFiles,
  speaks,
} from '../../../src/builder/backends/installer/script.ts';

const [fedora, debian] = ['fedora', 'debian'].map((name) =>
  knownInstallers({ fedora40: '/f' }).find(({ family }) => family.family === name),
);
if (!fedora || !debian) throw new Error('no installers');

const parts = (text: string, isDefault = false): ScriptParts => ({
  text,
  isDefault,
  packages: new URL('http://mirror.example:8080/debian/'),
});

/** The last answer to a question, which is the one that counts. */
const answer = (preseed: string | undefined, question: string): string | undefined =>
  preseed
    ?.split('\n')
    .findLast((line) => line.startsWith(`d-i ${question} `))
    ?.replace(/^\S+ \S+ \S+ ?/, '');

describe('a preseed', () => {
  it("answers what its author leaves open, and keeps the author's answers", () => {
    const [file] = scriptFiles(debian, parts('d-i netcfg/get_hostname string web\r\n'));
    expect(file?.name).toBe('preseed.cfg');
    expect(answer(file?.text, 'netcfg/get_hostname')).toBe('web');
    expect(answer(file?.text, 'netcfg/get_domain')).toBe('localdomain');
    expect(answer(file?.text, 'mirror/http/hostname')).toBe('mirror.example:8080');
    expect(answer(file?.text, 'mirror/http/directory')).toBe('/debian');
  });

  it('has no way out but the proxy, and an end', () => {
    const said =
      'd-i mirror/http/proxy string http://evil/\nd-i debian-installer/exit/poweroff boolean false';
    const [file] = scriptFiles(debian, parts(said));
    expect(answer(file?.text, 'mirror/http/proxy')).toBe('http://10.0.2.100:3128');
    expect(answer(file?.text, 'debian-installer/exit/poweroff')).toBe('true');
  });

  it('does not go on in what follows it', () => {
    const [file] = scriptFiles(debian, parts('d-i preseed/late_command string true \\'));
    expect(file?.text).toContain('string true \\\n\nd-i ');
  });

  it("locks root's account where nobody has given a password", () => {
    const libosinfo =
      'd-i passwd/root-password password 123\nd-i passwd/root-password-again password 123\nd-i time/zone select UTC\n';
    const [file] = scriptFiles(debian, parts(libosinfo, true));
    expect(file?.text).not.toContain('123');
    expect(answer(file?.text, 'passwd/root-password-crypted')).toBe('!');
    expect(answer(file?.text, 'time/zone')).toBe('UTC');
    expect(answer(file?.text, 'pkgsel/include')).toContain('cloud-init');
  });

  it('comes with what takes keys, the machine id and the proxy out of the system', () => {
    const finish = scriptFiles(debian, parts('x'))[1];
    expect(finish).toMatchObject({
      name: expect.stringContaining('finish-install.d/'),
      mode: 0o755,
    });
    expect(finish?.text).toContain('rm -f /target/etc/ssh/ssh_host_*');
    expect(finish?.text).toContain(': > /target/etc/machine-id');
    expect(finish?.text).toContain('/10.0.2.100/d');
    expect(() => execFileSync('sh', ['-n'], { input: finish?.text })).not.toThrow();
  });
});

describe('a kickstart', () => {
  it('keeps what its author says, and gets a source and an end', () => {
    const [file] = scriptFiles(fedora, parts('rootpw secret\nautopart\nreboot\n'));
    expect(file?.name).toBe('ks.cfg');
    expect(file?.text).toMatch(/^rootpw secret\nautopart\nreboot\n/);
    expect(file?.text).toContain('\nurl --url="http://mirror.example:8080/debian/"\n');
    expect(file?.text).toMatch(/\npoweroff\n/);
  });

  it('that names its source keeps it', () => {
    const [file] = scriptFiles(fedora, parts('url --url=http://other/\n'));
    expect(file?.text.match(/^url/gm)).toHaveLength(1);
  });

  it("of libosinfo's loses the disc, the password and the restart", () => {
    const [file] = scriptFiles(fedora, parts("cdrom\nrootpw 'abc'\nautopart\nreboot\n", true));
    expect(file?.text).not.toMatch(/^(?:cdrom|reboot)$|abc/m);
    expect(file?.text).toContain('rootpw --lock');
  });
});

describe('a script', () => {
  it.each([
    ['d-i time/zone string UTC', true, false],
    ['# comment\n\td-i  time/zone  string UTC', true, false],
    ['url --url=http://x/\n', false, true],
    ['%packages\n@core\n%end', false, true],
    ['#!/bin/sh\nd-i time/zone string UTC', false, false],
    ['#cloud-config\npackages: [a]\n', false, false],
    ['', false, false],
  ])('%j is a preseed: %s, a kickstart: %s', (text, isPreseed, isKickstart) => {
    expect([speaks(debian, text), speaks(fedora, text)]).toEqual([isPreseed, isKickstart]);
  });
});

it('boots an installer without a word of the client', () => {
  for (const installer of [debian, fedora]) {
    expect(kernelCommand(installer)).toMatch(/^[\w.=/:,; -]+$/);
    expect(kernelCommand(installer)).toContain('console=ttyS0');
  }
});
