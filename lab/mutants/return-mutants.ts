/** Rules of what goes and comes back: history, undo, files, spaces that are left. Each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const client = 'packages/client/src';
const echo = 'packages/echo/src';

/** All of this file. */
export const RETURN_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/epoch/returning-log.ts`, unit(`${echo}/epoch/built-upon.test.ts`), {
    'history-brings-news': [
      'Nobody begins anew for what has been brought over: he would see it twice.',
      'for (const { hash } of news) if (await this.#hasMore(hash, nonces)) return true;\n    return false;',
      'return nonces.size >= 0;',
    ],
  }),
  ...rulesOf(`${client}/leaving.ts`, lab(`${client}/leaving.sim.test.ts`), {
    'leaving-asks-for-unsent-work': [
      'Work that nobody else has is not removed with the space without a word.',
      "return handle.isHandedOver ? undefined : 'unsent';",
      'return undefined;',
    ],
  }),
  ...rulesOf(`${client}/history-keeper.ts`, unit(`${client}/history-keeper.test.ts`), {
    'mailbox-stands-on-ours': [
      'A mailbox that stands on an epoch of its own is nobody who has what is dropped here.',
      'if (stand?.follows === false) return false;',
      '',
    ],
  }),
  ...rulesOf(`${client}/blobs/asked-windows.ts`, lab(`${client}/blobs/collection.sim.test.ts`), {
    'silent-window-keeps-files': [
      'A window that does not answer may need every file.',
      'if (clock.monotonicMs() >= untilMs) return undefined;',
      'if (clock.monotonicMs() >= untilMs) return held;',
    ],
  }),
  ...rulesOf(`${echo}/undo-tail.ts`, unit(`${echo}/undo-log.test.ts ${echo}/undo-store.test.ts`), {
    'tail-of-its-own-stacks': [
      'What undo needs for the last changes belongs to the stacks that were stored before it.',
      'if (!equalBytes(base, stored.id)) return undefined;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/undo-log.ts`, unit(`${echo}/undo-store.test.ts`), {
    'tails-go-on': [
      'What undo needs of the last changes goes on from what was stored before, not from what was made.',
      'saved.last = end;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/space/committer.ts`, lab(`${client}/undo-crash.sim.test.ts`), {
    'undo-not-before-its-block': [
      'What undo needs of a block is not durable without the block.',
      'await this.#replica.appendOwn(parts, due?.values);',
      'if (due !== undefined) await this.#writeValues(due.values);\n      await this.#replica.appendOwn(parts);',
    ],
    'undo-in-one-transaction': [
      'A block is not durable without what undo needs of it.',
      'await this.#replica.appendOwn(parts, due?.values);',
      'await this.#replica.appendOwn(parts);\n      if (due !== undefined) await this.#writeValues(due.values);',
    ],
  }),
  ...rulesOf(
    `${echo}/query/meeting-sources.ts`,
    unit(`${echo}/query/meeting-sources.prop.test.ts`),
    {
      'all-sources-give-it': [
        'What only one of several conditions gives is no answer.',
        'for (const row of rows) if (marked[row] === 1) met.push(row);',
        'for (const row of rows) if (marked[row] !== 2) met.push(row);',
      ],
    },
  ),
];
