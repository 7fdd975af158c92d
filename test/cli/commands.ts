import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandSchema } from '../../src/config/builder-schema.ts';
import { environmentName, flagName, isFileOnly } from '../../src/config/schema.ts';
import { place, run } from './program.ts';

async function fileWith(name: string, text: string): Promise<string> {
  const path = join(place.folder, name);
  await writeFile(path, text);
  return path;
}

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

export function commands(): void {
  it.each(['--help', '-h', 'serve --help'])('%s tells every setting', async (line) => {
    const { code, stdout, stderr } = await run(words(line));
    expect([code, stderr]).toEqual([0, '']);
    for (const key of Object.keys(commandSchema.shape).filter((each) => !isFileOnly(each))) {
      expect(stdout).toContain(` --${flagName(key)} `);
      expect(stdout).toContain(` ${environmentName(key)} `);
    }
  });

  it('--version says the version and nothing else', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it.each(['', 'dance', '--port 1'])('"%s" is wrong usage', async (line) => {
    const { code, stdout, stderr } = await run(words(line));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage:');
  });

  describe('check', () => {
    it('prints the configuration that would be used', async () => {
      const { code, stdout, stderr } = await run(['check', '--port', '1234'], {
        POLYGLANCE_GLANCE_URL: 'http://glance.test:9292',
      });
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({
        port: 1234,
        adminPort: 8081,
        glanceUrl: 'http://glance.test:9292',
      });
    });

    it('reads YAML and JSON files, named by flag or variable', async () => {
      const yaml = await fileWith('a.yaml', 'port: 4321\npublicNames: [a, b]\n');
      const json = await fileWith('a.json', '{"port": 4321, "publicNames": ["a", "b"]}');
      for (const found of [
        await run(['check', '--config', yaml]),
        await run(['check', '--config', json]),
        await run(['check'], { POLYGLANCE_CONFIG: yaml }),
      ]) {
        expect(found.code).toBe(0);
        expect(JSON.parse(found.stdout)).toMatchObject({ port: 4321, publicNames: ['a', 'b'] });
      }
      const over = await run(['check', '--config', yaml, '--port', '5'], { POLYGLANCE_PORT: '6' });
      expect(JSON.parse(over.stdout).port).toBe(5);
    });

    it('takes an empty file for no settings', async () => {
      const path = await fileWith('empty.yaml', '{}\n');
      expect((await run(['check', '--config', path])).code).toBe(0);
    });

    // a file in which every line is a comment says nothing, and is not wrong
    it('takes a file of comments for no settings', async () => {
      const path = await fileWith('comments.yaml', '# port: 1\n');
      expect((await run(['check', '--config', path])).code).toBe(0);
    });

    it('prints secrets as ***', async () => {
      const path = await fileWith(
        'identities.yaml',
        'identities:\n  - {token: very-secret, userId: u, userName: n, password: very-secret, projectId: p, projectName: n, roles: []}\n',
      );
      const { code, stdout } = await run(['check', '--config', path]);
      expect(code).toBe(0);
      expect(stdout).not.toContain('very-secret');
      expect(JSON.parse(stdout).identities).toBe('***');
    });

    it('tells everything that is wrong, a line each, and ends with 2', async () => {
      const path = await fileWith('wrong.yaml', 'prot: 1\naccessLog: loud\n');
      const { code, stdout, stderr } = await run(
        ['check', '--config', path, '--drain-timeout', 'soon', '--glance-uri', 'http://a/'],
        { POLYGLANCE_GLANCE_URL: 'ftp://a/' },
      );
      expect([code, stdout]).toEqual([2, '']);
      const lines = linesOf(stderr);
      expect(lines).toHaveLength(5);
      expect(stderr).toMatch(/^.*wrong\.yaml: prot: unknown setting/m);
      expect(stderr).toMatch(/^.*wrong\.yaml: accessLog: /m);
      expect(stderr).toMatch(/^--drain-timeout: /m);
      expect(stderr).toMatch(/^--glance-uri: unknown flag; did you mean glance-url\?$/m);
      expect(stderr).toMatch(/^POLYGLANCE_GLANCE_URL: must be an http or https URL/m);
    });

    it.each(['serve', 'check'])(
      'or %s without the file that is named ends with 2',
      async (command) => {
        const { code, stderr } = await run([command, '--config', '/nowhere/polyglance.yaml']);
        expect(code).toBe(2);
        expect(linesOf(stderr)).toHaveLength(1);
        expect(stderr).toContain('/nowhere/polyglance.yaml');
      },
    );

    it('tells a file that is no YAML', async () => {
      const path = await fileWith('broken.yaml', 'port: [1\n  :');
      const { code, stderr } = await run(['check', '--config', path]);
      expect(code).toBe(2);
      expect(stderr).toContain('broken.yaml');
      expect(stderr).not.toMatch(/\n\s+at /);
    });

    it('tells a listener of no dialect', async () => {
      const { code, stderr } = await run(['check', '--listen', 'cinder=8776']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/no dialect cinder; there are .*glance/);
    });

    // the flag was wrong, not the variable: the place that won is to be named
    it('tells where a listener of no dialect was named', async () => {
      const { stderr } = await run(['check', '--listen', 'cinder=8776']);
      expect(stderr).toMatch(/^--listen: /);
    });

    // what is no URL at all is a problem like any other: one line, exit code 2, no stack
    it('tells a URL that is none', async () => {
      const { code, stderr } = await run(['check'], { POLYGLANCE_GLANCE_URL: 'nonsense' });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^POLYGLANCE_GLANCE_URL: must be an http or https URL/);
    });
  });
}
