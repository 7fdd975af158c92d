import { describe, expect, it } from 'vitest';
import { type ConfigProblem, type ConfigSources, loadConfig } from '../../src/config/load.ts';

function problemsOf(sources: Partial<ConfigSources>): readonly ConfigProblem[] {
  const loaded = loadConfig({ environment: {}, flags: {}, ...sources });
  return loaded.ok ? [] : loaded.problems;
}

const file = (settings: unknown) => ({ name: 'polyglance.yaml', settings });
const wheres = (problems: readonly ConfigProblem[]) => problems.map((problem) => problem.where);

describe('what is wrong with the configuration', () => {
  it('is told all at once, each with its place', () => {
    const problems = problemsOf({
      file: file({ port: 'x', colour: 'red' }),
      environment: { POLYGLANCE_GLANCE_URL: 'ftp://glance/' },
      flags: { 'drain-timeout': '0', flavour: 'sweet' },
    });
    expect(wheres(problems).sort()).toEqual(
      [
        'polyglance.yaml: port',
        'polyglance.yaml: colour',
        'POLYGLANCE_GLANCE_URL',
        '--drain-timeout',
        '--flavour',
      ].sort(),
    );
  });

  it('is told with the meaning of the setting', () => {
    const [problem] = problemsOf({ flags: { port: 'x' } });
    expect(problem?.message).toContain('the combined listener');
  });

  it('is blamed on the place that won', () => {
    const problems = problemsOf({
      file: file({ port: 1 }),
      environment: { POLYGLANCE_PORT: 'x' },
    });
    expect(wheres(problems)).toEqual(['POLYGLANCE_PORT']);
  });

  it('is a variable of a Worker that is of no use for the setting', () => {
    const environment = {
      POLYGLANCE_MAX_UPLOAD: true,
      POLYGLANCE_GLANCE_URL: { fetch: 'a binding' },
      POLYGLANCE_ADMIN_TOKEN: 12345,
    };
    const problems = problemsOf({ environment });
    expect(wheres(problems).sort()).toEqual(Object.keys(environment).sort());
    expect(JSON.stringify(problems)).not.toContain('12345');
  });

  it.each([
    ['glanceURL', 'glanceUrl'],
    ['glanceUri', 'glanceUrl'],
    ['importAllowedHost', 'importAllowedHosts'],
  ])('suggests for %s in a file %s', (wrong, right) => {
    const [problem] = problemsOf({ file: file({ [wrong]: 'x' }) });
    expect(problem).toEqual({
      where: `polyglance.yaml: ${wrong}`,
      message: `unknown setting; did you mean ${right}?`,
    });
  });

  // case is the likeliest slip of all: names are to be compared without it
  it('suggests for a name whose case is wrong', () => {
    const [problem] = problemsOf({ file: file({ adminport: 1 }) });
    expect(problem?.message).toBe('unknown setting; did you mean adminPort?');
  });

  it('suggests for a flag that is nearly right', () => {
    const [problem] = problemsOf({ flags: { 'glance-uri': 'http://a/' } });
    expect(problem).toEqual({
      where: '--glance-uri',
      message: 'unknown flag; did you mean glance-url?',
    });
  });

  it('suggests nothing for what is like nothing', () => {
    const [problem] = problemsOf({ file: file({ zzz: 1 }) });
    expect(problem?.message).toBe('unknown setting');
  });

  it('is told of an unknown variable too, which may be meant for another version', () => {
    const environment = { POLYGLANCE_GLANCE_URI: 'http://a/', POLYGLANCE_TOKEN: 't' };
    const loaded = loadConfig({ environment, flags: {} });
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [
        {
          where: 'POLYGLANCE_GLANCE_URI',
          message: 'unknown variable; did you mean POLYGLANCE_GLANCE_URL?',
        },
      ],
    });
  });

  it.each([[[]], ['text'], [7]])('is a file that holds %j', (settings) => {
    expect(problemsOf({ file: file(settings) })).toEqual([
      { where: 'polyglance.yaml', message: 'must be a mapping of settings' },
    ]);
  });

  it.each([
    ['port', '-1'],
    ['port', '65536'],
    ['port', '80.5'],
    ['adminPort', 'x'],
    ['host', ''],
    ['glanceUrl', 'glance:9292'],
    ['glanceUrl', 'ftp://glance/'],
    ['glanceUrl', 'file:///etc/passwd'],
    ['accessLog', 'text'],
    ['headerBytes', '100'],
    ['idleTimeout', '0'],
    ['importAllowedPorts', '80,x'],
    ['importAllowedPorts', '0'],
    ['importAllowedPorts', '70000'],
    ['identities', []],
  ])('is %s = %j', (key, value) => {
    const problems = problemsOf({ file: file({ [key]: value }) });
    if (key === 'identities') expect(problems).toEqual([]);
    else expect(wheres(problems)[0]).toMatch(`polyglance.yaml: ${key}`);
  });

  // a value that is no URL at all is a problem like any other, not an exception
  it.each(['nonsense', '/image', '', 'glance.example.com'])('is the URL %j', (value) => {
    const problems = problemsOf({ file: file({ publicUrl: value }) });
    expect(problems[0]?.message).toContain('must be an http or https URL');
  });

  // an empty key in YAML is null, and no port: it is to be told, not to become port 0
  it.each(['port', 'adminPort'])('is %s without a value in a file', (key) => {
    expect(wheres(problemsOf({ file: file({ [key]: null }) }))).toEqual([
      `polyglance.yaml: ${key}`,
    ]);
  });

  it.each([true, [], ''])('is the port %j', (port) => {
    expect(problemsOf({ file: file({ port }) })).toHaveLength(1);
  });

  it('is a list with something else in it, and says so with its place', () => {
    const problems = problemsOf({ file: file({ publicNames: [{ a: 1 }] }) });
    expect(wheres(problems)[0]).toMatch('polyglance.yaml: publicNames');
  });
});

describe('secrets', () => {
  const identity = {
    token: 'very-secret-token',
    userId: 'u',
    userName: 'n',
    password: 'very-secret-password',
    projectId: 'p',
    projectName: 'n',
    roles: ['member'],
  };

  it('never stand in a problem', () => {
    const { userId: _, ...partial } = identity;
    const problems = problemsOf({
      file: file({ identities: [partial, { ...identity, roles: 'very-secret-role' }] }),
    });
    expect(wheres(problems)).toEqual([
      'polyglance.yaml: identities.0.userId',
      'polyglance.yaml: identities.1.roles',
    ]);
    expect(JSON.stringify(problems)).not.toContain('very-secret');
  });

  it.each(['glanceUrl', 'keystoneUrl', 'computeUrl', 'publicUrl'])(
    'have no place in %s, and are not repeated',
    (key) => {
      const problems = problemsOf({ file: file({ [key]: 'http://user:very-secret@glance/' }) });
      expect(problems[0]?.message).toContain('must not hold credentials');
      expect(JSON.stringify(problems)).not.toContain('very-secret');
    },
  );

  it('of identities come from a file only', () => {
    const environment = { POLYGLANCE_IDENTITIES: '[]' };
    const loaded = loadConfig({ environment, flags: {} });
    expect(loaded.ok && loaded.config.identities).toBeUndefined();
    expect(wheres(problemsOf({ flags: { identities: '[]' } }))).toEqual(['--identities']);
  });
});
