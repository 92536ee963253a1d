/** Rights that count only while somebody else has something, as applications give and explain them; whole clients. */
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { HomeScene, idOf } from '../home.fixture.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./part-acts.ts');
await import('./rights-acts.ts');
await import('./team-acts.ts');

const Page = defineType('org.example.Page', { title: s.string() });

describe('a right that depends on that of somebody else', () => {
  test('is a role that ends with his, and that nothing he is given later brings back', async () => {
    const town = new HomeScene(3201);
    const { jun, kim, one, three } = await town.home('ada');
    const [guide, guest] = [{ member: idOf(jun) }, { member: idOf(kim) }];
    await town.world.during(one.rights.setRole(guest, 'reader'));
    const onlyWhile = { who: guide, role: 'writer' } as const;
    await town.world.during(one.rights.setRole(guest, 'writer', { onlyWhile }));
    await town.pause();
    expect(three.myRole.get()).toBe('writer');
    const { reasons } = await town.world.during(one.rights.whatCan(idOf(kim)));
    expect(reasons.find(({ role }) => role === 'writer')?.onlyWhile).toEqual({
      ...{ kind: 'member', id: idOf(jun), displayName: 'jun', role: 'writer' },
    });
    await town.world.during(one.rights.setRole(guide, 'reader'));
    await town.pause();
    expect(three.myRole.get()).toBe('reader');
    // What is given later is junior to what depends on it: the condition says which right is meant.
    await town.world.during(one.rights.setRole(guide, 'writer'));
    await town.pause();
    expect(three.myRole.get()).toBe('reader');
    await town.world.during(one.rights.setRole(guest, 'writer', { onlyWhile }));
    await town.pause();
    expect(three.myRole.get()).toBe('writer');
  });

  test('is one over a thing, by a right over another one; a removal that is taken back brings it back', async () => {
    const town = new HomeScene(3202);
    const { jun, kim, one, three, two } = await town.home('ada');
    const [leader, guest] = [{ member: idOf(jun) }, { member: idOf(kim) }];
    const plan = one.db.add(Page, { title: 'Plan' }).id;
    const notes = one.db.add(Page, { title: 'Notes' }).id;
    await town.world.during(one.rights.setRole(guest, 'reader'));
    await town.world.during(one.rights.give({ object: plan }, leader, 'writer'));
    const onlyWhile = { who: leader, role: 'writer', place: { object: plan } } as const;
    const given = one.rights.give({ object: notes }, guest, 'writer', { onlyWhile });
    expect(await town.world.during(given)).toEqual({ role: 'writer', stays: [] });
    await town.pause();
    expect(three.rights.mayChange(notes)).toBe(true);
    expect(two.rights.parts.get().find(({ object }) => object === notes)?.onlyWhile).toEqual({
      ...{ kind: 'member', id: idOf(jun), displayName: 'jun', role: 'writer', object: plan },
    });
    await town.world.during(one.rights.remove(idOf(jun)));
    await town.pause();
    expect([three.rights.mayChange(notes), three.myRole.get()]).toEqual([false, 'reader']);
    const [removal] = one.rights.removals.get();
    await town.world.during(one.rights.restore(removal?.id ?? ''));
    await town.pause();
    expect(three.rights.mayChange(notes)).toBe(true);
  });

  test('is refused where nothing that is there now could meet it', async () => {
    const town = new HomeScene(3203);
    const { ada, jun, kim, one, two } = await town.home('ada');
    const [guide, guest] = [{ member: idOf(jun) }, { member: idOf(kim) }];
    await town.world.during(one.rights.setRole(guest, 'reader'));
    const never = { onlyWhile: { who: guide, role: 'owner' } } as const;
    expect(await town.tries(one.rights.setRole(guest, 'writer', never))).toBe('CLIENT_CONDITION');
    const nobody = { onlyWhile: { who: { member: '00' }, role: 'reader' } } as const;
    expect(await town.tries(one.rights.setRole(guest, 'writer', nobody))).toBe(
      'CLIENT_UNKNOWN_MEMBER',
    );
    // Jun is above what he gives himself, and below nothing that Ada has.
    await town.world.during(one.rights.setRole(guide, 'admin'));
    await town.pause();
    const owner = { onlyWhile: { who: { member: idOf(ada) }, role: 'owner' } } as const;
    expect(await town.tries(two.rights.setRole(guest, 'writer', owner))).toBe('done');
    expect(one.rights.parts.get()).toEqual([]);
  });

  test('keeps its condition when a lower role is given', async () => {
    const town = new HomeScene(3204);
    const { jun, kim, one, three } = await town.home('ada');
    const [guide, guest] = [{ member: idOf(jun) }, { member: idOf(kim) }];
    const page = one.db.add(Page, { title: 'Plan' }).id;
    const onlyWhile = { who: guide, role: 'writer' } as const;
    await town.world.during(one.rights.give({ object: page }, guest, 'writer', { onlyWhile }));
    await town.world.during(one.rights.setRole(guest, 'reader'));
    await town.pause();
    expect(three.rights.parts.get()[0]?.onlyWhile).toMatchObject({ displayName: 'jun' });
    await town.world.during(one.rights.setRole(guide, 'reader'));
    await town.pause();
    expect([three.rights.mayChange(page), three.rights.parts.get()]).toEqual([false, []]);
    expect(three.myRole.get()).toBe('reader');
  });
});

test('a role until an epoch stands instead of the same for good, and what is less stays', async () => {
  const town = new HomeScene(3205);
  const { kim, one } = await town.home('ada');
  const guest = { member: idOf(kim) };
  const roles = async (): Promise<unknown> => {
    const { reasons } = await town.world.during(one.rights.whatCan(idOf(kim)));
    return reasons.map(({ role, untilEpoch }) => [role, untilEpoch ?? 'for good']).sort();
  };
  await town.world.during(one.rights.setRole(guest, 'reader'));
  await town.world.during(one.rights.setRole(guest, 'writer'));
  expect(await roles()).toEqual([
    ['reader', 'for good'],
    ['writer', 'for good'],
  ]);
  await town.world.during(one.rights.setRole(guest, 'writer', { untilEpoch: 2 }));
  expect(await roles()).toEqual([
    ['reader', 'for good'],
    ['writer', 2],
  ]);
  const again = town.world.during(one.rights.setRole(guest, 'writer'));
  expect(await again).toEqual({ role: 'writer', stays: [] });
  expect(await roles()).toContainEqual(['writer', 'for good']);
});
