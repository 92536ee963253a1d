/** A space of this profile as the mesh is told of it. */
import type { Space } from '@atoll/echo';
import type { MeshSpace } from '@atoll/mesh';
import type { Engine } from './engine.ts';
import type { SpacePlace } from './space-place.ts';
import type { SpaceSecrets } from './space-secrets.ts';

/** Answers what members ask about keys, and about kept epochs. @throws StoreError. */
async function answered(space: Space, question: Uint8Array): Promise<Uint8Array | undefined> {
  return (await space.keyCare.repair.answer(question)) ?? space.exchange.answer(question);
}

/** Derived secrets, never the keys. Where it is followed, as somebody whom nobody knows. */
export function meshSpace(
  engine: Pick<Engine, 'followedAs' | 'onRefused'>,
  place: SpacePlace,
  secrets: SpaceSecrets,
): MeshSpace {
  const followed = engine.followedAs(place.id);
  const onRefused = (why: Uint8Array): void => engine.onRefused?.(why);
  return {
    ...(followed === undefined ? {} : { alias: followed.alias }),
    takesFrom: (remote) => place.takesFrom(remote),
    id: place.id,
    replica: place.replica,
    chunks: place.served,
    state: { answer: async (question) => answered(await place.open(), question) },
    ...secrets.derived,
    // Who reads by a link has nothing to do with this identity there.
    ...(followed === undefined ? { onRefused } : {}),
    whyNot: (remote) => place.whyNot(remote),
    mayHave: (remote) => place.mayHave(remote),
    introduce: () => place.introduce(),
    checkIntroduction: (remote, bytes) => place.checkIntroduction(remote, bytes),
  };
}
