import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { preseedQuestions, preseedTasks } from '../../mappings/preseed.ts';
import { readScript } from '../../src/builder/backends/debian-rootfs/script.ts';

const scriptOf = (text: string): string => readScript(text).script ?? '';

/** Runs the shell's own reading of a script, its commands replaced by one that tells its arguments and input. */
function heard(script: string, commands: readonly string[]): string {
  const tell = (name: string): string =>
    `${name}() { printf '%s|' ${name} "$@"; if [ ! -t 0 ]; then cat; fi; echo; }`;
  const body = script.replace(/^#!.*\n/, '');
  const run = spawnSync('bash', ['-c', `${commands.map(tell).join('\n')}\n${body}`], {
    input: '',
    encoding: 'utf8',
  });
  return run.stdout;
}

describe('an installScript', () => {
  it('that begins with #! is run as it is', () => {
    const text = '#!/usr/bin/perl\nprint 1;\n';
    expect(readScript(text)).toEqual({ script: text, packages: [], variant: 'minbase' });
  });

  it.each(['', ' \n'])('that is empty (%j) asks for nothing', (text) => {
    expect(readScript(text)).toEqual({ packages: [], variant: 'minbase' });
  });
});

describe('a preseed', () => {
  it('that asks for what is there anyway needs no guest', () => {
    const text =
      '#_preseed_V1\n\nd-i partman-auto/method string regular\nd-i mirror/country string DE\n';
    expect(readScript(text)).toEqual({ packages: [], variant: 'minbase' });
  });

  it('names the host, the locale, the time zone', () => {
    const { script, packages } = readScript(
      [
        'd-i netcfg/get_hostname string web1',
        'd-i debian-installer/locale string de_DE.UTF-8',
        'd-i time/zone string Europe/Berlin',
      ].join('\n'),
    );
    expect(script).toContain('echo web1 > /etc/hostname');
    expect(script).toContain("echo 'de_DE.UTF-8 UTF-8' >> /etc/locale.gen");
    expect(script).toContain('ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime');
    expect(packages).toEqual(['locales', 'tzdata']);
  });

  it('sets the password of root whatever is in it', () => {
    const plain = scriptOf(`d-i passwd/root-password password it's $HOME \`x\` "q"`);
    expect(heard(plain, ['chpasswd'])).toBe(`chpasswd|root:it's $HOME \`x\` "q"\n\n`);
    const crypted = scriptOf('d-i passwd/root-password-crypted password $6$salt$hash');
    expect(heard(crypted, ['chpasswd'])).toBe('chpasswd|--encrypted|root:$6$salt$hash\n\n');
  });

  it('chooses packages and tasks', () => {
    const { packages, variant, script } = readScript(
      'd-i pkgsel/include string nginx, curl less\ntasksel tasksel/first multiselect standard, ssh-server\n',
    );
    expect(packages).toEqual(['nginx', 'curl', 'less']);
    expect(variant).toBe('standard');
    expect(script).toBeUndefined();
  });

  it.each(['g++', 'libstdc++6', 'libsigc++-2.0-0v5', 'python3.11', 'r'])(
    'may ask for the package %s',
    (name) => {
      expect(readScript(`d-i pkgsel/include string ${name}`).packages).toEqual([name]);
    },
  );

  it('answers questions of packages', () => {
    const text = scriptOf('nullmailer nullmailer/relayhost string a b; c');
    expect(heard(text, ['debconf-set-selections'])).toBe(
      'debconf-set-selections|nullmailer nullmailer/relayhost string a b; c\n\n',
    );
  });

  it('runs its late command last, over joined lines', () => {
    const text = scriptOf(
      'd-i preseed/late_command string in-target echo one; \\\n   echo two\nd-i netcfg/get_hostname string web1\n',
    );
    expect(text.indexOf('in-target echo one; echo two')).toBeGreaterThan(
      text.indexOf('/etc/hostname'),
    );
    expect(heard(text.replace(/.*(?:hostname|hosts|\/target)$/gm, ''), [])).toBe('one\ntwo\n');
  });

  it.each([
    ['d-i netcfg/get_ipaddress string 192.0.2.1', 'netcfg/get_ipaddress'],
    ['d-i preseed/early_command string reboot', 'preseed/early_command'],
    ['d-i passwd/make-user boolean true', 'passwd/make-user'],
    ['d-i netcfg/get_hostname string $(reboot)', 'netcfg/get_hostname'],
    ['d-i time/zone string ../../etc/shadow', 'time/zone'],
    ['d-i pkgsel/include string nginx --option', 'pkgsel/include'],
    ['d-i pkgsel/include string nginx apt-', 'pkgsel/include'],
    ['d-i pkgsel/include string nginx+', 'pkgsel/include'],
    ['tasksel tasksel/first multiselect gnome-desktop', 'tasksel/first'],
    ['tasksel tasksel/first multiselect constructor', 'tasksel/first'],
  ])('that says %j fails by that name', (text, question) => {
    expect(() => readScript(text)).toThrow(`cannot follow ${question} of this preseed`);
  });

  it('is none when a line is no answer', () => {
    expect(() => readScript('d-i time/zone string UTC\necho hello')).toThrow('neither');
  });
});

describe('the table of questions', () => {
  it('has no row that another hides', () => {
    const hidden = preseedQuestions.filter(({ question }, index) =>
      preseedQuestions
        .slice(0, index)
        .some(
          (earlier) =>
            earlier.question === question ||
            (earlier.question.endsWith('*') && question.startsWith(earlier.question.slice(0, -1))),
        ),
    );
    expect(hidden).toEqual([]);
  });

  it.each(Object.keys(preseedTasks))('takes the task %s', (task) => {
    expect(() => readScript(`tasksel tasksel/first multiselect ${task}`)).not.toThrow();
  });
});
