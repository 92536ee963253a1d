/** Who counts as somebody else that has what is to be dropped here: what mailboxes say of themselves. */
import type { EpochOffer } from '@atoll/echo';
import { SimClock, World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { HistoryKeeper, type HistoryKeeperOptions } from './history-keeper.ts';

type Stand = 'has all blocks' | 'stands on ours' | 'stands on another';

/** A keeper of a space whose only other holder is a mailbox. */
function keeperBeside(stand: Stand): HistoryKeeper {
  const exchange = {
    offerQuestion: Uint8Array.of(1),
    nameInMailbox: (question: Uint8Array) => question,
    readOffer: () => ({ terms: stand }) as unknown as EpochOffer,
    isNews: (terms: unknown) => terms === 'stands on another',
    covers: () => false,
    trial: () => Promise.resolve('none'),
  };
  const epochs = {
    keepSnapshot: () => Promise.resolve('kept'),
    dropHistory: () => Promise.resolve(7),
  };
  const space = { exchange, epochs };
  const ask = (): Promise<unknown> =>
    Promise.resolve(
      stand === 'has all blocks' ? { at: 'nothing' } : { at: 'answer', bytes: Uint8Array.of(2) },
    );
  const options = {
    place: {
      id: 'space',
      opened: { space },
      open: () => Promise.resolve(space),
      replica: { isTakingBack: false },
    },
    mesh: {
      spaceStatus: () => ({ mailboxSettled: true, waiting: 0 }),
      mailboxes: () => [{ peer: 'kube', ask }],
      stateSources: () => [],
    },
    clock: new SimClock(new World(1)),
    log: { event: () => undefined },
    isKeeper: () => true,
    ownRemote: 'own',
  };
  return new HistoryKeeper(options as unknown as HistoryKeeperOptions);
}

test.each([
  ['has all blocks', { at: 'dropped', blocks: 7 }],
  ['stands on ours', { at: 'dropped', blocks: 7 }],
  ['stands on another', { at: 'kept', why: 'no-other-holder' }],
] as const)('a mailbox that %s', async (stand, expected) => {
  expect(await keeperBeside(stand).drop(0)).toEqual(expected);
});
