import { describe, expect, it } from 'vitest';
import { commandSchema } from '../../src/config/builder-schema.ts';
import { meaningOf } from '../../src/config/kinds.ts';
import { type ConfigSources, loadConfig } from '../../src/config/load.ts';
import { type Config, environmentName, flagName, isFileOnly } from '../../src/config/schema.ts';

function load(sources: Partial<ConfigSources>): Config {
  const loaded = loadConfig({ environment: {}, flags: {}, ...sources });
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problems));
  return loaded.config;
}

const file = (settings: unknown) => ({ name: 'polyglance.yaml', settings });

describe('a setting', () => {
  it('is what the file says', () => {
    expect(load({ file: file({ port: 1 }) }).port).toBe(1);
  });

  it('is what the environment says, over the file', () => {
    const environment = { POLYGLANCE_PORT: '2' };
    expect(load({ file: file({ port: 1 }), environment }).port).toBe(2);
  });

  it('is what a flag says, over all', () => {
    const environment = { POLYGLANCE_PORT: '2' };
    expect(load({ file: file({ port: 1 }), environment, flags: { port: '3' } }).port).toBe(3);
  });

  it('may come from each place at once', () => {
    const config = load({
      file: file({ host: '0.0.0.0', port: 1, data: '/a' }),
      environment: { POLYGLANCE_PORT: '2', POLYGLANCE_DATA: '/b' },
      flags: { data: '/c' },
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 2, data: '/c' });
  });

  it('is as good as not there when its variable is empty', () => {
    const environment = { POLYGLANCE_PORT: '', POLYGLANCE_GLANCE_URL: '' };
    const config = load({ file: file({ port: 1 }), environment });
    expect(config.port).toBe(1);
    expect(config.glanceUrl).toBeUndefined();
  });

  it('is as good as not there when its variable is null, as workerd has it', () => {
    expect(load({ environment: { POLYGLANCE_PORT: null } }).port).toBe(8080);
  });

  it('may be a number, a boolean or a list in the variables of a Worker', () => {
    const environment = {
      POLYGLANCE_MAX_UPLOAD: 100,
      POLYGLANCE_READ_CACHE_TIME: 0,
      POLYGLANCE_BUILDERS: false,
      POLYGLANCE_IMPORT_ALLOWED_PORTS: [80, 8080],
    };
    expect(load({ environment })).toMatchObject({
      maxUpload: 100,
      readCacheTime: 0,
      builders: false,
      importAllowedPorts: [80, 8080],
    });
  });

  it('has nothing to do with other variables', () => {
    expect(load({ environment: { PORT: '1', HOST: 'x', GLANCE_URL: 'nonsense' } }).port).toBe(8080);
  });
});

describe('every setting', () => {
  it.each(Object.entries(commandSchema.shape))('%s has a meaning', (_, form) => {
    expect(meaningOf(form).says).toMatch(/\S{3}/);
  });

  it('has an environment name and a flag of its own', () => {
    const open = Object.keys(commandSchema.shape).filter((key) => !isFileOnly(key));
    expect(new Set(open.map(environmentName)).size).toBe(open.length);
    expect(new Set(open.map(flagName)).size).toBe(open.length);
    for (const key of open) {
      expect(environmentName(key)).toMatch(/^POLYGLANCE_[A-Z]+(?:_[A-Z]+)*$/);
      expect(flagName(key)).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    }
  });

  it('is named after its key', () => {
    expect(environmentName('importAllowedHosts')).toBe('POLYGLANCE_IMPORT_ALLOWED_HOSTS');
    expect(flagName('importAllowedHosts')).toBe('import-allowed-hosts');
  });
});

describe('without any setting', () => {
  it('the gateway serves the embedded Image service to this machine only', () => {
    const config = load({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      listen: {},
      data: './data',
      publicNames: [],
      trustedProxies: [],
      importAllowedHosts: [],
      importAllowedPorts: [80, 443],
      adminPort: 8081,
      accessLog: 'json',
      headerBytes: 262_144,
      connectTimeout: 5_000,
      firstByteTimeout: 60_000,
      idleTimeout: 120_000,
      headersTimeout: 20_000,
      drainTimeout: 60_000,
    });
    for (const key of [
      'glanceUrl',
      'keystoneUrl',
      'computeUrl',
      'publicUrl',
      'identities',
    ] as const) {
      expect(config[key]).toBeUndefined();
    }
  });
});

describe('a list', () => {
  const hosts = (text: unknown) =>
    load({ file: file({ importAllowedHosts: text }) }).importAllowedHosts;

  it.each([
    ['a,b', ['a', 'b']],
    [' a , b ', ['a', 'b']],
    ['[a, b]', ['a', 'b']],
    ['a', ['a']],
    ['a,,b,', ['a', 'b']],
    ['[]', []],
    ['', []],
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ])('%j is %j', (text, expected) => {
    expect(hosts(text)).toEqual(expected);
  });

  it('may be emptied from the environment with brackets; an empty variable is none', () => {
    const settings = { importAllowedHosts: ['a'], importAllowedPorts: '80' };
    const from = (text: string) => {
      const environment = {
        POLYGLANCE_IMPORT_ALLOWED_HOSTS: text,
        POLYGLANCE_IMPORT_ALLOWED_PORTS: text,
      };
      const config = load({ file: file(settings), environment });
      return [config.importAllowedHosts, config.importAllowedPorts];
    };
    expect(from('[]')).toEqual([[], []]);
    expect(from('')).toEqual([['a'], [80]]);
  });

  it.each(['80,8080', '[80, 8080]', ['80', '8080']])('of ports may be %j', (text) => {
    expect(load({ file: file({ importAllowedPorts: text }) }).importAllowedPorts).toEqual([
      80, 8080,
    ]);
  });

  // numbers are what YAML and JSON make of ports: they are to be taken as they are
  it('of ports may be numbers in a file', () => {
    const settings = { importAllowedPorts: [80, 8080] };
    expect(load({ file: file(settings) }).importAllowedPorts).toEqual([80, 8080]);
  });

  it('of ports may be one number in a file', () => {
    expect(load({ file: file({ importAllowedPorts: 8080 }) }).importAllowedPorts).toEqual([8080]);
  });
});

describe('extra listeners', () => {
  it.each([
    ['glance=9292', { glance: 9292 }],
    [' glance = 9292 , nova=8774 ', { glance: 9292, nova: 8774 }],
    ['', {}],
  ])('may be the text %j', (text, expected) => {
    expect(load({ flags: { listen: text } }).listen).toEqual(expected);
  });

  it('may be a mapping in a file', () => {
    expect(load({ file: file({ listen: { glance: 9292, nova: '8774' } }) }).listen).toEqual({
      glance: 9292,
      nova: 8774,
    });
  });

  it.each(['glance', 'glance=', '=9292', 'glance=x', 'glance=70000', 'glance:9292', 'a=1,b'])(
    'cannot be %j',
    (text) => {
      expect(loadConfig({ environment: {}, flags: { listen: text } }).ok).toBe(false);
    },
  );
});
