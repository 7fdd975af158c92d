import { describe, expect, it } from 'vitest';
import { givesUsers } from '../../src/builder/machine/subordinate-users.ts';

describe('/etc/subuid', () => {
  const text = 'root:100000:65536\npolyglance:200000:65536\n1234:300000:65536\nempty:400000:0\n';

  it.each([
    ['by the name', ['7', 'polyglance'], true],
    ['by the number', ['1234'], true],
    ['not to one who is not named', ['7', 'poly'], false],
    ['not where there are none of them', ['7', 'empty'], false],
  ])('gives users %s', (_how, names, gives) => {
    expect(givesUsers(text, names)).toBe(gives);
  });

  it('may be empty', () => {
    expect(givesUsers('', ['7', ''])).toBe(false);
  });
});
