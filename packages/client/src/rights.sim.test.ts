/** Members and rights as applications have them: roles, removals, teams; whole clients in a world. */
import { describe, expect, test } from 'vitest';
import type { Member, Space } from './index.ts';
import { HomeScene, Task, idOf, roles, titles } from './home.fixture.ts';
import { found } from './testing/client-scene.ts';

function memberOf(space: Space, member: string): Member | undefined {
  return space.members.get().find(({ id }) => id === member);
}

describe('roles', () => {
  test('a higher and a lower one reach everybody, and nobody is without in between', async () => {
    const town = new HomeScene(901);
    const { one, three, two, kim, jun } = await town.home('jun');
    expect(roles(one)).toEqual({ ada: 'owner', jun: 'admin', kim: 'writer' });
    expect(one.members.get().find(({ id }) => id === idOf(kim))?.letInBy).toBe(idOf(jun));
    const seen = new Set<string>();
    three.members.subscribe(() => seen.add(roles(three)['kim'] ?? 'nobody'));
    const member = idOf(kim);
    await town.world.during(one.rights.setRole({ member }, 'admin'));
    await town.pause();
    expect(roles(two)['kim']).toBe('admin');
    const down = await town.world.during(one.rights.setRole({ member }, 'reader'));
    expect(down).toEqual({ role: 'reader', stays: [] });
    await town.pause();
    for (const space of [one, two, three]) expect(roles(space)['kim']).toBe('reader');
    expect([...seen]).toEqual(['admin', 'reader']);
    expect(three.myRole.get()).toBe('reader');
    expect(() => three.db.add(Task, { title: 'No' })).toThrow(
      expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
    );
    await town.world.during(one.rights.setRole({ member }, 'writer'));
    await town.pause();
    three.db.add(Task, { title: 'Again' });
    await town.pause();
    expect(titles(two)).toEqual(['Again']);
  });

  test('what somebody wrote while his role was lowered is kept aside, and he sees that', async () => {
    const town = new HomeScene(902);
    const { one, three, kim } = await town.home('jun');
    kim.network.setOnline(false);
    three.db.add(Task, { title: 'Meanwhile' });
    await town.world.during(three.flush());
    await town.world.during(one.rights.setRole({ member: idOf(kim) }, 'reader'));
    kim.network.setOnline(true);
    await town.pause(20_000);
    expect([titles(one), titles(three)]).toEqual([[], []]);
    const aside = await town.world.during(three.history.setAside());
    expect(aside.map(({ author, changed }) => [author, changed.length])).toEqual([[idOf(kim), 1]]);
  });

  test('what somebody senior gave stays, and that is said', async () => {
    const town = new HomeScene(903);
    const { ada, jun, kim, one, two } = await town.home('jun');
    const member = idOf(kim);
    expect(await town.tries(two.rights.setRole({ member: idOf(ada) }, 'reader'))).toBe(
      'CLIENT_SENIOR_RIGHT',
    );
    expect(await town.tries(two.rights.setRole({ member }, 'admin'))).toBe('CLIENT_NOT_ALLOWED');
    await town.world.during(one.rights.setRole({ member: idOf(jun) }, 'writer'));
    await town.pause();
    expect(await town.tries(two.rights.setRole({ member }, 'reader'))).toBe('CLIENT_NOT_ALLOWED');
    // Kim is what Ada and Jun have made of her.
    expect(roles(one)).toEqual({ ada: 'owner', jun: 'writer', kim: 'writer' });
    await town.world.during(one.rights.setRole({ member }, 'admin'));
    await town.world.during(one.rights.setRole({ member: idOf(jun) }, 'admin'));
    await town.pause();
    const plan = await town.world.during(two.rights.planRemoval(member));
    expect(plan).toMatchObject({ isPossible: true, stays: { role: 'admin' } });
    expect(plan.stays?.from.map(({ displayName }) => displayName)).toEqual(['ada']);
    const left = await town.world.during(two.rights.remove(member));
    expect(left).toMatchObject({ role: 'admin', stays: [{ displayName: 'ada' }] });
    await town.pause();
    expect(roles(one)['kim']).toBe('admin');
    expect(await town.tries(two.rights.remove(member))).toBe('CLIENT_SENIOR_RIGHT');
  });

  test('the last owner stays one; of two, one may become something less', async () => {
    const town = new HomeScene(904);
    const { ada, jun, one, two } = await town.home('jun');
    const me = { member: idOf(ada) };
    expect(await town.tries(one.rights.setRole(me, 'writer'))).toBe('CLIENT_LAST_OWNER');
    await town.world.during(one.rights.setRole({ member: idOf(jun) }, 'owner'));
    await town.pause();
    expect(await town.tries(one.rights.setRole(me, 'writer'))).toBe('done');
    await town.pause();
    expect(roles(two)).toEqual({ ada: 'writer', jun: 'owner', kim: 'writer' });
    one.db.add(Task, { title: 'Still' });
    await town.pause();
    expect(titles(two)).toEqual(['Still']);
  });

  test('one that ends with an epoch is told with its reason', async () => {
    const town = new HomeScene(905);
    const { kim, one, three } = await town.home('jun');
    const member = idOf(kim);
    await town.world.during(one.rights.setRole({ member }, 'admin', { untilEpoch: 1 }));
    await town.pause();
    const { reasons } = await town.world.during(three.rights.whatCan(member));
    expect(reasons).toMatchObject([
      { role: 'admin', from: { displayName: 'ada' }, untilEpoch: 1, through: [] },
      { role: 'writer', from: { displayName: 'jun' } },
    ]);
    one.db.add(Task, { title: 'For an epoch' });
    await town.world.during(one.epochs.propose());
    await town.pause(60_000);
    expect(one.epochs.status.get().number).toBe(1);
    expect(roles(one)['kim']).toBe('writer');
    expect(roles(three)['kim']).toBe('writer');
  });

  test('as long as before, but ending: whoever has it is out then, knows it, and reads nothing new', async () => {
    const town = new HomeScene(906);
    const { kim, one, two, three } = await town.home('jun');
    const member = idOf(kim);
    await town.world.during(one.rights.setRole({ member }, 'writer', { untilEpoch: 1 }));
    await town.pause();
    expect(memberOf(three, member)).toMatchObject({ role: 'writer', untilEpoch: 1 });
    three.db.add(Task, { title: 'In time' });
    await town.pause();
    expect(three.rights.removed.get()).toBeUndefined();
    await town.world.during(one.epochs.propose());
    await town.pause(60_000);
    expect(roles(two)).toEqual({ ada: 'owner', jun: 'admin' });
    expect(three.rights.removed.get()).toEqual({ reason: 'ended' });
    expect(() => three.db.add(Task, { title: 'No' })).toThrow(
      expect.objectContaining({ code: 'SPACE_REMOVED' }),
    );
    one.db.add(Task, { title: 'Secret' });
    await town.pause();
    expect([titles(two), titles(three)]).toEqual([['In time', 'Secret'], ['In time']]);
  });

  test('that ends is given for good, and one for good is shortened and kept longer again', async () => {
    const town = new HomeScene(907);
    const { kim, one, three } = await town.home('jun');
    const member = idOf(kim);
    const gives = async (untilEpoch?: number): Promise<number | undefined> => {
      const options = untilEpoch === undefined ? {} : { untilEpoch };
      await town.world.during(one.rights.setRole({ member }, 'writer', options));
      await town.pause();
      return memberOf(three, member)?.untilEpoch;
    };
    expect([await gives(4), await gives(2), await gives(3)]).toEqual([4, 2, 3]);
    expect(await gives()).toBeUndefined();
    expect(roles(one)['kim']).toBe('writer');
    await town.world.during(one.rights.setRole({ member }, 'commenter', { untilEpoch: 1 }));
    await town.pause();
    expect(one.rights.removals.get(), 'a lower role is no removal').toEqual([]);
    await town.world.during(one.epochs.propose());
    await town.pause(60_000);
    expect(three.rights.removed.get()).toEqual({ reason: 'ended' });
  });
});

describe('a removal', () => {
  test('is known to who was removed, who keeps what he has', async () => {
    const town = new HomeScene(911);
    const { kim, jun, one, two, three } = await town.home('jun');
    three.db.add(Task, { title: 'Before' });
    await town.pause();
    const member = idOf(kim);
    const plan = await town.world.during(one.rights.planRemoval(member));
    expect(plan).toEqual({ letIn: [], teams: [], isPossible: true });
    await town.world.during(one.rights.remove(member));
    one.db.add(Task, { title: 'Secret' });
    await town.pause();
    expect(three.rights.removed.get()?.by?.displayName).toBe('ada');
    expect(three.myRole.get()).toBe('reader');
    expect(titles(three)).toEqual(['Before']);
    expect(() => three.db.add(Task, { title: 'No' })).toThrow(
      expect.objectContaining({ code: 'SPACE_REMOVED' }),
    );
    expect(Object.keys(roles(two))).toEqual(['ada', 'jun']);
    const [removal] = two.rights.removals.get();
    expect(removal).toMatchObject({ kind: 'removed', role: 'writer', mayRestore: false });
    expect(removal?.who.map(({ displayName }) => displayName)).toEqual(['kim']);
    expect(await town.tries(two.rights.restore(removal?.id ?? ''))).toBe('CLIENT_NOT_ALLOWED');
    expect(idOf(jun)).not.toBe('');
  });

  test('is taken back, and all goes on, for who was removed too', async () => {
    const town = new HomeScene(915);
    const { kim, one, two, three } = await town.home('jun');
    three.db.add(Task, { title: 'Before' });
    await town.pause();
    await town.world.during(one.rights.remove(idOf(kim)));
    one.db.add(Task, { title: 'Secret' });
    await town.pause();
    expect([titles(three), three.rights.removed.get()?.by?.displayName]).toEqual([
      ['Before'],
      'ada',
    ]);
    const [removal] = one.rights.removals.get();
    await town.world.during(one.rights.restore(removal?.id ?? ''));
    await town.pause(30_000);
    expect(three.rights.removed.get()).toBeUndefined();
    expect(titles(three)).toEqual(['Before', 'Secret']);
    three.db.add(Task, { title: 'Back' });
    await town.pause();
    expect(titles(two)).toEqual(['Back', 'Before', 'Secret']);
    expect(two.rights.removals.get()).toEqual([]);
  });

  test('keeps whom he let in, or not, as it is said; what he had from others stays', async () => {
    const town = new HomeScene(912);
    const { jun, one, two } = await town.home('jun');
    const leo = await town.person('leo');
    const four = await town.join(two, leo, { role: 'reader' });
    await town.pause();
    await town.world.during(one.rights.setRole({ member: idOf(leo) }, 'writer'));
    await town.pause();
    const member = idOf(jun);
    const plan = await town.world.during(one.rights.planRemoval(member));
    expect(plan.letIn.map(({ displayName }) => displayName).sort()).toEqual(['kim', 'leo']);
    await town.world.during(one.rights.remove(member, { letIn: 'remove' }));
    await town.pause();
    expect(roles(one)).toEqual({ ada: 'owner', leo: 'writer' });
    expect(four.myRole.get()).toBe('writer');
    expect(two.rights.removed.get()?.by?.displayName).toBe('ada');
    const [removal] = one.rights.removals.get();
    expect(removal?.who.map(({ displayName }) => displayName)[0]).toBe('jun');
    await town.world.during(one.rights.restore(removal?.id ?? ''));
    await town.pause(30_000);
    expect(roles(one)).toEqual({ ada: 'owner', jun: 'admin', kim: 'writer', leo: 'writer' });
  });

  test('of what others have seen needs a second owner', async () => {
    const town = new HomeScene(913);
    const { jun, kim, one, two, three } = await town.home('jun');
    await town.world.during(one.rights.setRole({ member: idOf(jun) }, 'owner'));
    three.db.add(Task, { title: 'Harm' });
    await town.pause();
    expect(await town.tries(two.rights.remove(idOf(kim), { purge: true }))).toBe('done');
    await town.pause();
    expect(titles(one)).toEqual(['Harm']);
    const [asked] = one.rights.removals.get();
    expect(asked).toMatchObject({ purge: 'asked', mayAgree: true });
    await town.world.during(one.rights.agree(asked?.id ?? ''));
    await town.pause();
    expect([titles(one), titles(two)]).toEqual([[], []]);
    expect(two.rights.removals.get()[0]).toMatchObject({ purge: 'agreed' });
  });

  test('reaches the other devices of who was removed', async () => {
    const town = new HomeScene(914);
    const { kim, one } = await town.home('jun');
    const phone = await town.open('kim-phone');
    await town.joinDevice(kim, phone);
    await town.pause();
    const there = found(phone, one.id);
    await town.world.during(there.open());
    phone.network.setOnline(false);
    there.db.add(Task, { title: 'Unsent' });
    await town.world.during(there.flush());
    await town.world.during(one.rights.remove(idOf(kim)));
    phone.network.setOnline(true);
    await town.pause(30_000);
    expect(there.rights.removed.get()?.by?.displayName).toBe('ada');
    expect(titles(there)).toEqual([]);
    const aside = await town.world.during(there.history.setAside());
    expect(aside).toHaveLength(1);
  });
});

describe('teams', () => {
  test('give what they have to everybody in them, through teams too, and take it with them', async () => {
    const town = new HomeScene(921);
    const { jun, kim, one, two, three } = await town.home('jun');
    const crew = await town.world.during(one.rights.createTeam('Crew'));
    const all = await town.world.during(one.rights.createTeam('Everybody'));
    await town.world.during(one.rights.addToTeam(all.id, { team: crew.id }));
    await town.world.during(one.rights.addToTeam(crew.id, { member: idOf(kim) }));
    await town.world.during(one.rights.setRole({ team: all.id }, 'admin'));
    await town.pause();
    expect(roles(three)['kim']).toBe('admin');
    expect(two.rights.teams.get()).toMatchObject([
      { name: 'Crew', members: [{ displayName: 'kim', kind: 'member' }] },
      { name: 'Everybody', role: 'admin', members: [{ displayName: 'Crew', kind: 'team' }] },
    ]);
    const why = await town.world.during(one.rights.whatCan(idOf(kim)));
    expect(why.reasons[0]?.through.map(({ name }) => name)).toEqual(['Everybody', 'Crew']);
    // As an admin through a team she lets others in, and says through what.
    const leo = await town.person('leo');
    await town.join(three, leo, { role: 'writer' });
    await town.pause();
    expect(roles(one)['leo']).toBe('writer');
    const circle = one.rights.addToTeam(crew.id, { team: all.id });
    expect(await town.tries(circle)).toBe('CLIENT_TEAM_CIRCLE');
    expect(await town.tries(one.rights.createTeam(' crew '))).toBe('CLIENT_TEAM_NAME');
    await town.world.during(one.rights.removeFromTeam(crew.id, { member: idOf(kim) }));
    await town.pause();
    expect(roles(two)['kim']).toBe('writer');
    await town.world.during(one.rights.endTeam(all.id));
    await town.pause();
    expect(two.rights.teams.get().map(({ name }) => name)).toEqual(['Crew']);
    expect(idOf(jun)).not.toBe('');
  });
});
