/** Commenters: let in as such, made so and made something else; what they may write, on every replica. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const Comment = defineType('Comment', { text: s.string() });

function idOf(client: AtollClient): string {
  return client.halo.identity.get()?.id ?? '';
}

function comments(space: Space): string[] {
  return space.db
    .query(Comment)
    .run()
    .map(({ text }) => text)
    .sort();
}

class Talk extends ClientScene {
  async talk(options: Parameters<Space['invite']>[0] = { role: 'commenter' }) {
    const ada = await this.person('ada');
    const jun = await this.person('jun');
    const one = await this.space(ada, 'Home');
    one.db.add(Task, { title: 'Ferry' });
    const two = await this.join(one, jun, options);
    await this.pause();
    return { ada, jun, one, two };
  }
}

function refusal(doing: () => unknown): string {
  try {
    doing();
  } catch (failure) {
    return (failure as { readonly code?: string }).code ?? 'no code';
  }
  return 'done';
}

test('who is invited to comment writes comments, changes his own, and nothing else', async () => {
  const talk = new Talk(941);
  const { one, two, jun } = await talk.talk();
  expect([two.myRole.get(), one.members.get().find(({ id }) => id === idOf(jun))?.role]).toEqual([
    'commenter',
    'commenter',
  ]);
  const own = two.db.add(Comment, { text: 'Fine' });
  const adas = one.db.add(Comment, { text: 'Is it?' });
  await talk.pause();
  own.text = 'Very fine';
  expect(refusal(() => two.db.add(Task, { title: 'No' }))).toBe('SPACE_NO_RIGHT');
  const [task] = two.db.query(Task).run();
  expect(
    refusal(() => {
      if (task !== undefined) task.title = 'Bridge';
    }),
  ).toBe('SPACE_NO_RIGHT');
  const theirs = two.db.get(adas.id);
  expect(
    refusal(() => {
      if (theirs !== undefined) two.db.delete(theirs);
    }),
  ).toBe('SPACE_NO_RIGHT');
  await talk.pause();
  expect(comments(one)).toEqual(['Is it?', 'Very fine']);
  expect(comments(two)).toEqual(comments(one));
  const rights = await talk.world.during(one.rights.whatCan(idOf(jun)));
  expect(rights).toMatchObject({ role: 'commenter', reads: true, comments: true, writes: false });
  expect(rights.reasons.map(({ role }) => role)).toEqual(['commenter']);
});

test('a commenter becomes a writer, a commenter again and a reader, and is never without', async () => {
  const talk = new Talk(942);
  const { one, two, jun } = await talk.talk();
  const member = idOf(jun);
  const seen = new Set<string>();
  one.members.subscribe(() =>
    seen.add(one.members.get().find(({ id }) => id === member)?.role ?? '-'),
  );
  for (const role of ['writer', 'commenter', 'reader', 'commenter'] as const) {
    const change = await talk.world.during(one.rights.setRole({ member }, role));
    expect(change).toEqual({ role, stays: [] });
    await talk.pause();
    expect(two.myRole.get()).toBe(role);
    const written = refusal(() => two.db.add(Task, { title: role }));
    const said = refusal(() => two.db.add(Comment, { text: role }));
    expect([written === 'done', said === 'done']).toEqual([role === 'writer', role !== 'reader']);
    await talk.pause();
  }
  expect([...seen]).toEqual(['writer', 'commenter', 'reader']);
  expect(comments(one)).toEqual(['commenter', 'commenter', 'writer']);
});

test('an invitation that a space knows lets in commenters, as a link that is passed on', async () => {
  const talk = new Talk(943);
  const { one, two } = await talk.talk({ role: 'commenter', delegated: true });
  expect(two.myRole.get()).toBe('commenter');
  expect(
    one.members
      .get()
      .map(({ role }) => role)
      .sort(),
  ).toEqual(['commenter', 'owner']);
  two.db.add(Comment, { text: 'Here' });
  await talk.pause();
  expect(comments(one)).toEqual(['Here']);
});

test('a team of commenters comments', async () => {
  const talk = new Talk(944);
  const { one, two, jun } = await talk.talk({ role: 'reader' });
  const team = await talk.world.during(one.rights.createTeam('Readers circle'));
  await talk.world.during(one.rights.setRole({ team: team.id }, 'commenter'));
  await talk.world.during(one.rights.addToTeam(team.id, { member: idOf(jun) }));
  await talk.pause();
  expect(two.myRole.get()).toBe('commenter');
  expect(one.rights.teams.get().map(({ role }) => role)).toEqual(['commenter']);
  two.db.add(Comment, { text: 'Together' });
  await talk.pause();
  expect(comments(one)).toEqual(['Together']);
  await talk.world.during(one.rights.clearRole(team.id));
  await talk.pause();
  expect(two.myRole.get()).toBe('reader');
});
