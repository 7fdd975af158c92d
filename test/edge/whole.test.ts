import { describe, expect, it } from 'vitest';
import { fault } from '../../src/core/fault.ts';
import { UpstreamFailure } from '../../src/core/upstream.ts';
import { whole } from '../../src/edge/whole.ts';

const mebibyte = new Uint8Array(1024 * 1024);

async function* stream(mebibytes: number, error?: Error): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < mebibytes; i += 1) yield mebibyte;
  if (error) throw error;
}
const asked = (...of: Parameters<typeof stream>) =>
  whole({ status: 200, headers: [], body: stream(...of) });

describe('a reply that is collected before it begins', () => {
  it('has the length of what it holds', async () => {
    expect(await asked(2)).toMatchObject({ headers: [['Content-Length', '2097152']] });
  });

  it('is refused when it is more than may be held', async () => {
    expect(await asked(49)).toMatchObject({ kind: 'too-large' });
  });

  it('is the fault that it has broken off with', async () => {
    const cause = fault('rate-limited');
    expect(await asked(1, new UpstreamFailure('broken', 'a page', { cause }))).toBe(cause);
    expect(await asked(1, new UpstreamFailure('timeout', 'a page'))).toMatchObject({
      kind: 'upstream-timeout',
    });
    await expect(asked(1, new TypeError('ours'))).rejects.toThrow('ours');
  });
});
