/** Names that others chose, as applications get them: safe to show, and no two alike; whole clients in a world. */
import { describe, expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
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
});
