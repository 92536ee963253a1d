/** Taking over the kept snapshot of an epoch from a device that has dropped what was before it. */
import { fetchKept } from '../../packages/echo/src/space/testing/fetch-kept.ts';
import type { ReplicaNode } from './replica-node.ts';

/** False if there is nothing to take over. Closes the space of `to` and opens it again. */
export async function takeOver(to: ReplicaNode, from: ReplicaNode): Promise<boolean> {
  if ((await from.space.epochs.archive.source()) === undefined) return false;
  await to.close();
  await fetchKept(from.space, to.person, to.ports);
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
