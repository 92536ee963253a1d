/** A space of this profile as the mesh is told of it. */
import type { Space } from '@atoll/echo';
import type { MeshSpace } from '@atoll/mesh';
import type { FollowedSpace } from './public/followed-space.ts';
import type { SpacePlace } from './space-place.ts';
import type { SpaceSecrets } from './space-secrets.ts';

/** Answers what members ask about keys, and about kept epochs. @throws StoreError. */
async function answered(space: Space, question: Uint8Array): Promise<Uint8Array | undefined> {
  return (await space.keyCare.repair.answer(question)) ?? space.exchange.answer(question);
}

/** Derived secrets, never the keys. Where it is followed, as somebody whom nobody knows. */
export function meshSpace(
  place: SpacePlace,
  secrets: SpaceSecrets,
  followed: FollowedSpace | undefined,
): MeshSpace {
  return {
    ...(followed === undefined ? {} : { alias: followed.alias }),
    takesFrom: (remote) => place.takesFrom(remote),
    id: place.id,
    replica: place.replica,
    chunks: place.served,
    state: { answer: async (question) => answered(await place.open(), question) },
    ...secrets.derived,
    mayHave: (remote) => place.mayHave(remote),
    introduce: () => place.introduce(),
    checkIntroduction: (remote, bytes) => place.checkIntroduction(remote, bytes),
  };
}
