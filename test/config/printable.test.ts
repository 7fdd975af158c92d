import { expect, it } from 'vitest';
import { loadConfig, printable } from '../../src/config/load.ts';
import { configKeys } from '../../src/config/schema.ts';

function shown(settings: Record<string, unknown>): Record<string, unknown> {
  const loaded = loadConfig({ file: { name: 'f', settings }, environment: {}, flags: {} });
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problems));
  return printable(loaded.config);
}

it('a secret is printed as ***', () => {
  const identity = {
    token: 'very-secret',
    userId: 'u',
    userName: 'n',
    password: 'very-secret',
    projectId: 'p',
    projectName: 'n',
    roles: [],
  };
  const printed = shown({ identities: [identity], adminToken: 'very-secret' });
  expect(printed).toMatchObject({ identities: '***', adminToken: '***' });
  expect(JSON.stringify(printed)).not.toContain('very-secret');
});

it('a secret that is not set is not printed as one', () => {
  expect(shown({})['identities']).toBeUndefined();
});

it('every setting is printed, the rest as it is', () => {
  const printed = shown({ port: 1, publicNames: 'a,b', listen: 'glance=2' });
  expect(Object.keys(printed)).toEqual(configKeys);
  expect(printed).toMatchObject({ port: 1, publicNames: ['a', 'b'], listen: { glance: 2 } });
});
