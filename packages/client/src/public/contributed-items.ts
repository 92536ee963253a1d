/** What strangers have contributed to a space, by the proofs in it, and what is not to be shown. */
import type { Database, Space } from '@atoll/echo';
import type { CheckedContribution, Contributions } from '@atoll/halo';
import {
  equalBytes,
  fromHex,
  type Ed25519Platform,
  type IdentityId,
  type ObjectId,
} from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import type { BannedAuthor, ContributedItem, HiddenBecause } from '../contributions-api.ts';
import type { Named } from '../members-api.ts';
import { ContributionRecord } from './contribution-records.ts';
import { strangerIn } from '../names-in-space.ts';

/** A proof that counts. */
export interface Proof {
  /** Id of the record. */
  readonly record: ObjectId;
  readonly object: ObjectId;
  readonly contribution: CheckedContribution;
  /** Local number of the block in which it was taken up, and whose that is. */
  readonly block: number;
  readonly takenBy: IdentityId;
  readonly takenAtMs: number;
  /** Another proof of the same contribution comes before it. */
  readonly isSecond: boolean;
}

type ContributedRecord = InstanceOf<typeof ContributionRecord>;

interface Known {
  readonly signed: Uint8Array;
  readonly contribution: CheckedContribution | undefined;
}

/** Proofs of one space. Signatures are looked at once. */
export class ContributedItems {
  readonly #ports: { readonly halo: Contributions; readonly ed25519: Ed25519Platform };
  readonly #known = new Map<string, Known>();

  constructor(ports: { readonly halo: Contributions; readonly ed25519: Ed25519Platform }) {
    this.#ports = ports;
  }

  /** Looks at the signatures of records that are new. True if there were any. */
  async check({ database }: Space): Promise<boolean> {
    const { ed25519, halo } = this.#ports;
    const fresh = recordsOf(database).filter(
      ({ id, signed }) => !isSame(this.#known.get(id), signed),
    );
    for (const { id, signed } of fresh) {
      const contribution = await halo.checkContribution(ed25519, signed);
      this.#known.set(id, { signed, contribution });
    }
    return fresh.length > 0;
  }

  /** Proofs that count, the earliest first. A pure function of the blocks. */
  proofs(space: Space): readonly Proof[] {
    const { blocks } = space.database.fold;
    const all = recordsOf(space.database)
      .flatMap((record) => this.#proof(space, record) ?? [])
      .sort((a, b) => blocks.compare(a.block, b.block) || (a.object < b.object ? -1 : 1));
    const seen = new Set<string>();
    return all.map((proof) => {
      const { id } = proof.contribution;
      const isSecond = seen.has(id);
      seen.add(id);
      return { ...proof, isSecond };
    });
  }

  /**
   * Objects that are not to be shown if what their records say is true, which was not looked at yet: nothing is shown in
   * the meantime that is hidden afterwards.
   */
  doubtful(space: Space): readonly ObjectId[] {
    const { moderation } = space.authority;
    if (moderation.banned().length === 0) return [];
    return recordsOf(space.database).flatMap((record) => {
      const made = isSame(this.#known.get(record.id), record.signed)
        ? undefined
        : madeWith(space, record);
      if (made === undefined) return [];
      const author = record.author as IdentityId;
      return moderation.whyHidden({ ...made, author }) === undefined ? [] : [made.object];
    });
  }

  #proof(space: Space, record: ContributedRecord): Omit<Proof, 'isSecond'> | undefined {
    const known = this.#known.get(record.id);
    if (!isSame(known, record.signed) || known?.contribution === undefined) return undefined;
    const { contribution } = known;
    if (contribution.space !== space.id || contribution.id !== record.contribution)
      return undefined;
    if (contribution.identity !== record.author) return undefined;
    const { fold } = space.database;
    const made = madeWith(space, record);
    if (made?.type !== contribution.type) return undefined;
    const { block, object } = made;
    return {
      ...{ record: record.id, object, contribution, block },
      takenBy: fold.blocks.get(block).author,
      takenAtMs: record.takenAtMs,
    };
  }
}

/** Everything of it as applications see it. */
export function shownItems(
  space: Space,
  proofs: readonly Proof[],
): {
  readonly items: readonly ContributedItem[];
  readonly hidden: Readonly<Record<string, HiddenBecause>>;
  readonly banned: readonly BannedAuthor[];
} {
  const { moderation } = space.authority;
  const names = new Map(proofs.map(({ contribution: { identity, name } }) => [identity, name]));
  const { authority } = space;
  const named = (id: IdentityId): Named => {
    const { name } = authority.profileOf(id) ?? {};
    return strangerIn(authority, id, name ?? names.get(id) ?? '');
  };
  const hidden: Record<string, HiddenBecause> = {};
  for (const object of moderation.hidden()) {
    const by = moderation.ofItem(object)?.by;
    if (by !== undefined) hidden[object] = { why: 'hidden', by: named(by) };
  }
  const items = proofs.flatMap((proof): ContributedItem[] => {
    const { block, contribution, object, takenBy } = proof;
    const { fields, id, identity, name, type, writtenAtMs } = contribution;
    const reason = proof.isSecond
      ? ({ why: 'twice', by: takenBy } as const)
      : moderation.whyHidden({ object, author: identity, block });
    const because = reason && { why: reason.why, by: named(reason.by) };
    if (because !== undefined) hidden[object] = because;
    if (proof.isSecond) return [];
    return [
      {
        ...{ object, id, type, fields, writtenAtMs, takenBy: named(takenBy) },
        author: strangerIn(authority, identity, name),
        ...(because === undefined ? {} : { hidden: because }),
      },
    ];
  });
  const banned = moderation.banned().flatMap((identity): BannedAuthor[] => {
    const said = moderation.ofAuthor(identity);
    if (said === undefined) return [];
    return [{ ...named(identity), hidesAll: said.says === 'ban-all', by: named(said.by) }];
  });
  return { items, hidden, banned };
}

/** Records of a space; a moderator hides none of them. */
function recordsOf(database: Database): readonly ContributedRecord[] {
  return database.query(ContributionRecord).hidden('include').run();
}

/** The object that was made with a record, in one block: nobody says of what is there already whose it is. */
function madeWith(
  space: Space,
  { id, item }: ContributedRecord,
): { readonly object: ObjectId; readonly block: number; readonly type: string } | undefined {
  const { fold } = space.database;
  const [proofRow, row] = [rowOf(space, id), rowOf(space, item)];
  if (row < 0 || fold.rows.isVoid(row)) return undefined;
  const block = fold.rows.block(row);
  if (block !== fold.rows.block(proofRow)) return undefined;
  return { object: item as ObjectId, block, type: fold.typeOf(row).compiled.name };
}

function rowOf({ database }: Space, id: string): number {
  const bytes = fromHex(id);
  return bytes?.length === 16 ? database.fold.rows.find(bytes) : -1;
}

function isSame(known: Known | undefined, signed: Uint8Array): boolean {
  return known !== undefined && equalBytes(known.signed, signed);
}
