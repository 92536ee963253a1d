/**
 * What this identity has put away as a moderator, on all its devices. Everybody who opens the mailboxes of a lobby can
 * bring a copy of a record that lay there: what was refused does not come back by that.
 */
import type { Database } from '@atoll/echo';
import type { CheckedContribution } from '@atoll/halo';
import type { Engine } from '../engine.ts';
import { DeclinedContributionRecord } from './contribution-records.ts';
import { timeOf } from './take-contribution.ts';

/** What it works with. */
export interface DeclinedParts {
  readonly engine: Engine;
  /** Objects of the private space, once it is open. */
  readonly database: () => Database | undefined;
}

/** See above. */
export class DeclinedContributions {
  readonly #parts: DeclinedParts;

  constructor(parts: DeclinedParts) {
    this.#parts = parts;
  }

  /** Whether it was put away. */
  has(space: string, contribution: string): boolean {
    const found = this.#parts
      .database()
      ?.query(DeclinedContributionRecord)
      .where({ space, contribution })
      .count();
    return found !== undefined && found > 0;
  }

  /** Notes it, and forgets what is too old to come again. Durable when resolved. @throws StoreError. */
  async add(
    space: string,
    { id: contribution, writtenAtMs }: Pick<CheckedContribution, 'id' | 'writtenAtMs'>,
  ): Promise<void> {
    const { database, engine } = this.#parts;
    const own = database();
    if (own === undefined) return;
    const nowMs = engine.platform.clock.nowMs();
    own.transaction(() => {
      for (const record of own.query(DeclinedContributionRecord).run()) {
        if (timeOf(record.writtenAtMs, nowMs) === 'late') own.delete(record);
      }
      own.add(DeclinedContributionRecord, { space, contribution, writtenAtMs });
    });
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
  }
}
