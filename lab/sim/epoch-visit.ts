/** Taking over the kept snapshot of an epoch from a device that has dropped what was before it. */
import { deriveKey } from '@atoll/crypto';
import { decodeRequest, fetchEpoch } from '@atoll/echo';
import { ROOT_ZONE } from '@atoll/kernel';
import type { ReplicaNode } from './replica-node.ts';

/** False if there is nothing to take over. Closes the space of `to` and opens it again. */
export async function takeOver(to: ReplicaNode, from: ReplicaNode): Promise<boolean> {
  const offer = await from.space.epochs.archive.source();
  if (offer === undefined) return false;
  const { ring } = from.space.keys;
  const [generation] = from.space.authority.keys.generations(ROOT_ZONE);
  const zone = generation === undefined ? undefined : ring.zone(generation);
  await to.close();
  const { rng, store } = to.ports;
  await fetchEpoch({
    place: { rng, store, space: from.space.id, secret: to.person.haloSecret, ring },
    terms: offer.terms,
    key: deriveKey(zone?.content ?? new Uint8Array(32), 'state-root'),
    ask: async (request) => offer.source.packed(decodeRequest(request)),
    turn: () => Promise.resolve(),
  });
  await to.open({ mayContinue: true });
  return true;
}

/** Lets a device that has dropped history begin with its log alone: somebody else gives it the rest. */
export async function takeBack(node: ReplicaNode): Promise<void> {
  const { exchange } = node.space;
  await node.close();
  await exchange.beginAnew();
  await node.open({ mayContinue: false });
}
