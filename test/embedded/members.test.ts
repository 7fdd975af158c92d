import { describe, expect, it } from 'vitest';
import { altProject, freshClient, sentenceOf } from './client.ts';

const alt = 'alt-token';

describe('members of an image', () => {
  it('are invited, answer and then see the image in lists', async () => {
    const client = freshClient();
    const { id } = await client.image({ name: 'shared' });
    const members = `/v2/images/${id}/members`;
    const invited = await client.ask('POST', members, { json: { member: altProject } });
    expect(invited.status).toBe(200);
    expect(invited.json).toMatchObject({
      member_id: altProject,
      image_id: id,
      status: 'pending',
      schema: '/v2/schemas/member',
    });
    expect((await client.ask('GET', `/v2/images/${id}`, { token: alt })).status).toBe(200);
    expect(await client.names('', alt)).toEqual([]);
    const json = { status: 'accepted' };
    const own = await client.ask('PUT', `${members}/${altProject}`, { json });
    expect(own.status).toBe(403);
    const answered = await client.ask('PUT', `${members}/${altProject}`, { token: alt, json });
    expect(answered.json.status).toBe('accepted');
    expect(await client.names('', alt)).toEqual(['shared']);
    expect((await client.ask('DELETE', `${members}/${altProject}`, { token: alt })).status).toBe(
      403,
    );
    expect((await client.ask('DELETE', `${members}/${altProject}`)).status).toBe(204);
    expect((await client.ask('GET', `/v2/images/${id}`, { token: alt })).status).toBe(404);
  });

  it('see their own row only', async () => {
    const client = freshClient();
    const { id } = await client.image();
    const members = `/v2/images/${id}/members`;
    for (const member of [altProject, 'other']) {
      await client.ask('POST', members, { json: { member } });
    }
    expect((await client.ask('GET', members)).json.members).toHaveLength(2);
    expect((await client.ask('GET', members, { token: alt })).json.members).toHaveLength(1);
    expect((await client.ask('GET', `${members}/other`, { token: alt })).status).toBe(404);
  });

  it.each(['private', 'community'])('are not for a %s image', async (visibility) => {
    const client = freshClient();
    const { id } = await client.image({ visibility });
    const members = `/v2/images/${id}/members`;
    const listed = await client.ask('GET', members);
    expect([listed.status, sentenceOf(listed)]).toEqual([
      403,
      `Not allowed to list members for image ${id}: Only shared images have members.`,
    ]);
    expect((await client.ask('GET', `${members}/x`)).status).toBe(404);
    expect((await client.ask('POST', members, { json: { member: 'x' } })).status).toBe(403);
  });

  it('are refused when malformed, doubled or too many', async () => {
    const client = freshClient({ limits: { members: 1 } });
    const { id } = await client.image();
    const ask = (json: unknown) => client.ask('POST', `/v2/images/${id}/members`, { json });
    expect(sentenceOf(await ask({}))).toBe('Member to be added not specified');
    expect(sentenceOf(await ask({ member: '' }))).toBe("Member can't be empty");
    expect((await ask([])).status).toBe(400);
    expect((await ask({ member: 'a' })).status).toBe(200);
    expect(sentenceOf(await ask({ member: 'b' }))).toBe(
      `Image member limit exceeded for image ${id}: The limit has been exceeded on the number of allowed image members for this image. Attempted: 2, Maximum: 1:`,
    );
    const wide = freshClient();
    const other = await wide.image();
    const twice = () =>
      wide.ask('POST', `/v2/images/${other.id}/members`, { json: { member: 'a' } });
    await twice();
    expect((await twice()).status).toBe(409);
  });
});
