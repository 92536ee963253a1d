/** Taking over the kept snapshot of an epoch from a device that has dropped what was before it. */
import { fetchKept } from '../../packages/echo/src/space/testing/fetch-kept.ts';
import type { ReplicaNode } from './replica-node.ts';
import { SimFailure } from './sim-failure.ts';

/** False if there is nothing to take over. Closes the space of `to` and opens it again. */
export async function takeOver(to: ReplicaNode, from: ReplicaNode): Promise<boolean> {
  if ((await from.space.epochs.archive.source()) === undefined) return false;
  await to.close();
  await fetchKept(from.space, to.person, to.ports);
  await to.open({ mayContinue: true });
  return true;
}

/**
 * Lets a device that has dropped history take it back from somebody who has all of it. False if he has nothing that
 * it would be taken back for. Closes the space and opens it again.
 */
export async function takeBack(node: ReplicaNode, giver: ReplicaNode): Promise<boolean> {
  const { exchange } = node.space;
  const returning = await exchange.takeBack();
  const { replica } = returning;
  for await (const run of giver.space.replica.missingFor(replica.tips())) {
    await replica.receive(run, 'giver');
  }
  const isComplete = await returning.isComplete();
  await returning[Symbol.asyncDispose]();
  if (!isComplete) return false;
  await node.close();
  if (!(await exchange.beginAnew(returning)))
    throw new SimFailure('what has come back is not stored');
  await node.open({ mayContinue: true });
  return true;
}
