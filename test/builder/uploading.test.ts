import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Artifact, BuildFailure } from '../../src/builder/backend.ts';
import { Cancelled } from '../../src/builder/cancelled.ts';
import { Trouble } from '../../src/builder/trouble.ts';
import { createUpload } from '../../src/builder/upload.ts';
import { type UpstreamAnswer, UpstreamFailure } from '../../src/core/upstream.ts';
import { GlanceClient } from '../../src/glance/client.ts';
import { imageDocument } from '../mappings/images.ts';

type Answer =
  | number
  | 'unreachable'
  | 'silence'
  | { readonly status: string; readonly state?: string };

/** Uploads to a Glance that gives these answers to uploads and to looks at the image; the last of each for ever. */
async function upload(
  uploads: readonly Answer[],
  looks: readonly Answer[],
  whole = 60_000,
  stopped = false,
) {
  const stop = new AbortController();
  const counts = { uploads: 0, looks: 0, opened: 0 };
  const give = (answer: Answer | undefined): UpstreamAnswer => {
    if (answer === undefined || answer === 'unreachable' || answer === 'silence') {
      throw new UpstreamFailure('unreachable', 'nobody there');
    }
    if (typeof answer === 'number') return { status: answer, headers: {}, body: null };
    const { status, state = 'building' } = answer;
    const body = JSON.stringify({ ...imageDocument({ status }), build_state: state });
    return { status: 200, headers: {}, body };
  };
  const glance = new GlanceClient(async ({ method, signal }) => {
    const [kind, answers] =
      method === 'PUT' ? (['uploads', uploads] as const) : (['looks', looks] as const);
    counts[kind] += 1;
    if (stopped) stop.abort(new Cancelled('stopping'));
    const answer = answers[Math.min(counts[kind], answers.length) - 1];
    if (answer === 'silence') await once(signal as AbortSignal, 'abort');
    return give(answer);
  });
  const artifact: Artifact = {
    diskFormat: 'qcow2',
    open: async () => {
      counts.opened += 1;
      return { body: Readable.from([Buffer.from('data')]), length: 4 };
    },
  };
  const outcome = await createUpload(glance, { pause: 1, whole, stall: 20 })(
    'id',
    artifact,
    stop.signal,
  ).catch((error: unknown) => error);
  return { outcome, ...counts };
}

const queued = { status: 'queued' };
const saving = { status: 'saving' };
const active = { status: 'active' };

describe('the upload of a finished image', () => {
  it('is over when Glance has taken it', async () => {
    expect(await upload([204], [])).toEqual({
      outcome: undefined,
      uploads: 1,
      looks: 0,
      opened: 1,
    });
  });

  it('is tried again for as long as Glance may come back, each time from the start', async () => {
    const refusals = Array<Answer>(6).fill('unreachable');
    const done = await upload([...refusals, 204], [503, queued]);
    expect(done).toMatchObject({ outcome: undefined, uploads: 7, opened: 7 });
  });

  it('is tried again when Glance takes no more, and says nothing', async () => {
    const done = await upload(['silence', 204], [queued]);
    expect(done).toEqual({ outcome: undefined, uploads: 2, looks: 1, opened: 2 });
  });

  it('waits while Glance still stores what an earlier try sent', async () => {
    const done = await upload([409, 204], [saving, 'unreachable', saving, queued]);
    expect(done).toEqual({ outcome: undefined, uploads: 2, looks: 4, opened: 2 });
  });

  it('is done where only the answer was lost', async () => {
    const done = await upload(['unreachable', 409], [saving, active]);
    expect(done).toEqual({ outcome: undefined, uploads: 1, looks: 2, opened: 1 });
  });

  it.each([
    ['the image is gone', [404], []],
    ['it was deleted in the middle', [410], []],
    ['it is gone when it is looked at', [503], [404]],
    ['somebody has ended the build', [409], [{ status: 'queued', state: 'error' }]],
    ['it was deactivated', [409], [{ status: 'deactivated' }]],
  ] as const)('is over when %s', async (_, uploads, looks) => {
    expect((await upload(uploads, looks)).outcome).toEqual(new Cancelled('over'));
  });

  it.each([
    ['was stored, is done', active, undefined],
    ['was not stored, is given back', queued, new Cancelled('stopping')],
  ] as const)('that was stopped in the very end and %s', async (_, look, outcome) => {
    const done = await upload(['unreachable'], [look], 60_000, true);
    expect(done).toMatchObject({ outcome, uploads: 1 });
  });

  it.each([400, 403, 413])('fails the build where Glance answers %d', async (status) => {
    expect((await upload([status], [])).outcome).toBeInstanceOf(BuildFailure);
  });

  it.each([
    ['refuses', [500], [queued]],
    ['stores something', [409], [saving]],
    ['is away', ['unreachable'], ['unreachable']],
  ] as const)(
    'leaves the build to another attempt when Glance %s for too long',
    async (_, uploads, looks) => {
      expect((await upload(uploads, looks, 20)).outcome).toBeInstanceOf(Trouble);
    },
  );
});
