/** What the honest do in closed zones: begin them, let others in and put them out, change keys, write. */
import { credentialIdOf, revokeAccess, zoneKey, zonePath, type GrantSubject } from '@atoll/halo';
import type { CredentialId, ZoneId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import type { AuthorityWorld } from './authority-world.ts';
import { GROUPS, signGrant, type Actor } from './crew.ts';
import type { Draft } from './deeds.ts';
import { beginning, zoneKeys } from './zone-sayings.ts';

/** Zones of somebody honest. */
const OWN_MAX = 2;

/** Fills a block. */
export async function honestInZones(
  world: AuthorityWorld,
  rng: SimRng,
  by: { readonly actor: Actor; readonly first: CredentialId; readonly draft: Draft },
): Promise<void> {
  const { actor, draft } = by;
  const { authority } = actor.replica;
  const { identity } = actor.who;
  const own = world.ownZones.filter((one) => one.by === actor);
  const key = authority.keys.readingKey(identity)?.key;
  if (own.length === 0 || (own.length < OWN_MAX && rng.chance(0.15))) {
    if (key === undefined) return;
    const reader = { identity, key };
    const isOpen = rng.chance(0.3);
    const made = beginning(world, rng, { founder: identity, parent: by.first, reader, isOpen });
    draft.statements.push(...made.statements);
    world.ownZones.push({ zone: made.zone, credential: made.credential, by: actor });
    return;
  }
  const { credential, zone } = rng.pick(own);
  const turn = rng.int(10);
  if (turn < 3) await changeReaders(world, rng, { actor, draft, zone });
  else if (turn === 3) rotate(world, rng, { actor, draft, zone });
  else {
    const other = rng.pick(world.zones);
    const right = authority.credentialFor(identity, 'write', zoneKey(other));
    const isElsewhere = right !== undefined && rng.chance(0.4);
    draft.zone = isElsewhere ? other : zone;
    draft.data = [isElsewhere ? right : credential];
  }
}

interface Deed {
  readonly actor: Actor;
  readonly draft: Draft;
  readonly zone: ZoneId;
}

async function changeReaders(
  world: AuthorityWorld,
  rng: SimRng,
  { actor, draft, zone }: Deed,
): Promise<void> {
  const { space } = world;
  const [device] = actor.devices;
  const right = actor.replica.authority.credentialFor(actor.who.identity, 'control', zoneKey(zone));
  if (right === undefined || device === undefined) return;
  const path = zonePath(zone);
  const others = world.actors.filter((other) => other !== actor);
  const subject: GrantSubject = rng.chance(0.2)
    ? { to: 'group', group: rng.pick(GROUPS) }
    : { to: 'identity', identity: rng.pick(others).who.identity };
  if (rng.chance(0.4)) {
    draft.statements.push(revokeAccess({ space, subject, path, parent: right }));
    return;
  }
  const level = rng.pick(['read', 'write'] as const);
  const grant = await signGrant({
    ...{ rng, space, by: actor, device, subject, level },
    ...{ path, right: [right] },
  });
  world.credentials.push(credentialIdOf(grant));
  draft.statements.push(grant);
}

function rotate(world: AuthorityWorld, rng: SimRng, { actor, draft, zone }: Deed): void {
  const { keys } = actor.replica.authority;
  const { rotation } = zoneKeys(world, rng, { zone, readers: keys.readers(zone) });
  const previous = keys
    .latest(zone)
    .slice(0, 8)
    .toSorted()
    .map((generation) => ({ generation, sealed: new Uint8Array(40) }));
  draft.statements.push({ ...rotation, previous });
}
