import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';

export function visibility(v1: Client): void {
  beforeAll(async () => {
    await v1.reserve({ name: 'demo' });
    await v1.reserve({ name: 'admin' }, 'admin');
    await v1.reserve({ name: 'alt' }, 'alt');
    await v1.reserve({ name: 'public', is_public: 'True' }, 'admin');
  });

  const found = async (query: string, as: 'demo' | 'admin') => (await v1.names(query, as)).sort();

  describe('in the list of a plain user', () => {
    it.each(['', 'is_public=true', 'is_public=False', 'is_public=None', 'is_public=1'])(
      '"%s" means nothing',
      async (query) => {
        expect(await found(query, 'demo')).toEqual(['demo', 'public']);
      },
    );
  });

  describe.runIf(v1.target.knowsRoles)('in the list of an admin', () => {
    it.each(['True', 'true', '1'])(
      'is_public=%s gives what a plain user would see',
      async (word) => {
        expect(await found(`is_public=${word}`, 'admin')).toEqual(['admin', 'public']);
      },
    );

    it.each(['False', 'false', '0'])('is_public=%s gives all that is not public', async (word) => {
      expect(await found(`is_public=${word}`, 'admin')).toEqual(['admin', 'alt', 'demo']);
    });

    it.each(['None', 'none'])('is_public=%s gives everything', async (word) => {
      expect(await found(`is_public=${word}`, 'admin')).toEqual(['admin', 'alt', 'demo', 'public']);
    });

    // an admin who does not ask sees, as v1 had it, what a plain user of that project sees
    it('no is_public is the same as true', async () => {
      expect(await found('', 'admin')).toEqual(['admin', 'public']);
    });

    it('is_public=None gives community images of others too', async () => {
      const { id } = await v1.v2Create({ name: 'community', visibility: 'community' }, 'alt');
      const names = await found('is_public=None', 'admin');
      await v1.remove(id, { as: 'alt' });
      expect(names).toContain('community');
    });
  });

  describe.runIf(!v1.target.knowsRoles)('where roles are unknown', () => {
    it.each(['True', 'False', 'None'])('is_public=%s means nothing', async (word) => {
      expect(await found(`is_public=${word}`, 'admin')).toEqual(await found('', 'admin'));
    });
  });
}
