/** Names that others chose, as applications get them: safe to show, and no two alike; whole clients in a world. */
import { describe, expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import { unmarkedName } from './shown-name.ts';
import { ClientScene } from './testing/client-scene.ts';

/** Somebody who calls himself so. */
async function called(
  scene: ClientScene,
  machine: string,
  displayName: string,
): Promise<AtollClient> {
  const client = await scene.open(machine);
  await scene.world.during(client.halo.createIdentity({ displayName }));
  return client;
}

function markOf(client: AtollClient): string {
  const id = client.halo.identity.get()?.id ?? '';
  return `${id.slice(0, 4)} ${id.slice(4, 8)} ${id.slice(8, 12)}`;
}

describe('names that others chose', () => {
  test('steer and hide nothing, and whoever looks like another one is told apart from him, for all', async () => {
    const scene = new ClientScene(4401);
    const ada = await called(scene, 'ada', 'Ada');
    const jun = await called(scene, 'jun', 'J\u202eun\u200b');
    const kim = await called(scene, 'kim', 'Kim\nis gone');
    const one = await scene.space(ada, 'Ho\u202eme\n');
    expect(one.name.get()).toBe('Home');
    const two = await scene.join(one, jun);
    const three = await scene.join(one, kim);
    await scene.pause();
    const names = (of = one): readonly string[] =>
      of.members
        .get()
        .map(({ displayName }) => displayName)
        .sort();
    for (const space of [one, two, three])
      expect(names(space)).toEqual(['Ada', 'Jun', 'Kim is gone']);
    expect(two.name.get()).toBe('Home');
    // He takes the name of another one, with a letter that looks the same.
    await scene.world.during(kim.halo.updateProfile({ displayName: '\u0410da' }));
    await scene.pause(60_000);
    const marked = [`Ada · ${markOf(ada)}`, 'Jun', `\u0410da · ${markOf(kim)}`];
    for (const space of [one, two, three]) expect(names(space)).toEqual(marked.sort());
    const rights = await scene.world.during(
      one.rights.planRemoval(kim.halo.identity.get()?.id ?? ''),
    );
    expect(rights.isPossible).toBe(true);
    await scene.world.during(kim.halo.updateProfile({ displayName: 'Kim' }));
    await scene.pause(60_000);
    expect(names()).toEqual(['Ada', 'Jun', 'Kim']);
  });

  test('who asks to be let in by the name of a member is told apart from him', async () => {
    const scene = new ClientScene(4402);
    const ada = await called(scene, 'ada', 'Ada');
    const kim = await called(scene, 'kim', 'ADA\u2066');
    const space = await scene.space(ada, 'Home');
    const invitation = await scene.world.during(space.invite({ way: 'ask' }));
    const guest = kim.spaces.join(invitation.code);
    expect(await scene.world.runUntil(() => guest.state.get().at === 'confirm', 60_000)).toBe(true);
    guest.accept('Let me in\u202e\n\n\n\u001b[2Jplease');
    const asks = space.requests.list;
    expect(await scene.world.runUntil(() => asks.get().length === 1, 60_000)).toBe(true);
    expect(asks.get()[0]).toMatchObject({
      displayName: `ADA · ${markOf(kim)}`,
      text: 'Let me in\n[2Jplease',
    });
  });

  test('teams that look the same are told apart, and each is still called what it was named', async () => {
    const scene = new ClientScene(4403);
    const ada = await called(scene, 'ada', 'Ada');
    const space = await scene.space(ada, 'Home');
    const { rights } = space;
    const crew = await scene.world.during(rights.createTeam('Crew'));
    const other = await scene.world.during(rights.createTeam('\u0421rew'));
    const names = (): readonly string[] => rights.teams.get().map(({ name }) => name);
    const figures = (id: string): string => (id.slice(0, 12).match(/.{4}/gu) ?? []).join(' ');
    expect([...names()].sort()).toEqual([
      `Crew · ${figures(crew.id)}`,
      `\u0421rew · ${figures(other.id)}`,
    ]);
    expect(names().map(unmarkedName).sort()).toEqual(['Crew', '\u0421rew']);
    expect(await scene.tries(rights.createTeam('crew'))).toBe('CLIENT_TEAM_NAME');
    await scene.world.during(rights.renameTeam(other.id, 'Cooks'));
    expect([...names()].sort()).toEqual(['Cooks', 'Crew']);
  });

  test('of the people one has kept those are told apart that look the same, wherever they were met', async () => {
    const scene = new ClientScene(4404);
    const ada = await called(scene, 'ada', 'Ada');
    const [jun, kim] = [await called(scene, 'jun', 'Jun'), await called(scene, 'kim', 'J\u03c5n')];
    for (const [name, other] of [
      ['Home', jun],
      ['Garden', kim],
    ] as const) {
      await scene.join(await scene.space(ada, name), other);
    }
    await scene.pause();
    const { contacts } = ada.halo;
    const idOf = (client: AtollClient): string => client.halo.identity.get()?.id ?? '';
    const shown = (): readonly string[] =>
      contacts.list.get().map(({ displayName }) => displayName);
    await scene.world.during(contacts.add(idOf(jun)));
    expect(shown()).toEqual(['Jun']);
    await scene.world.during(contacts.add(idOf(kim)));
    expect([...shown()].sort()).toEqual([`Jun · ${markOf(jun)}`, `J\u03c5n · ${markOf(kim)}`]);
    await scene.world.during(contacts.add(idOf(kim), { name: 'Kim' }));
    expect([...shown()].sort()).toEqual(['Jun', 'Kim']);
  });
});
