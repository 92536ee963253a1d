/** A replica of the world of blocks as history sees it. For tests. */
import { toHex } from '@atoll/kernel';
import type { HistoryHost } from '../history/history-host.ts';
import type { WorldBlock, WorldReplica } from './log-world.ts';

/** {@link HistoryHost} of a replica whose blocks have the void ones that `isVoid` says. */
export function worldHistory(
  replica: WorldReplica,
  isVoid: (block: WorldBlock) => boolean = () => false,
): HistoryHost {
  const { log } = replica;
  const block = (no: number): WorldBlock => log[no] as WorldBlock;
  return {
    database: replica.db,
    causality: replica.causality,
    blockCount: () => log.length,
    causesOf: (no) => log.flatMap((other, at) => (block(no).past.has(other) ? [at] : [])),
    timeMsOf: (no) => block(no).timeMs,
    hashOf: (no) => toHex(block(no).hash),
    blockOf: (hash) => {
      const at = log.findIndex((each) => toHex(each.hash) === hash);
      return at < 0 ? undefined : at;
    },
    compare: (a, b) => replica.db.fold.blocks.compare(a, b),
    hasData: () => true,
    wasMember: () => true,
    wasLetIn: () => true,
    contextOf: (no) => replica.context(block(no)),
    deviceOf: (no) => toHex(block(no).feed),
    base: () => Promise.resolve(undefined),
    isHere: () => Promise.resolve(true),
    read: (numbers) =>
      Promise.resolve(
        numbers.map((no) => ({
          block: replica.context(block(no)),
          section: block(no).section,
          isVoid: isVoid(block(no)),
        })),
      ),
    flush: () => {
      replica.tick();
      return Promise.resolve();
    },
    turn: () => Promise.resolve(),
    nowMs: () => 1e12,
  };
}
