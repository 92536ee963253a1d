/** One honest replica of who may do what: blocks come to it in an order of its own, causes first. */
import { LEVELS, SpaceAuthority, type Level } from '@atoll/halo';
import {
  ROOT_ZONE,
  type BlockHash,
  type IdentityId,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import type { Dag } from '../../packages/halo/src/testing/byzantine-parts.ts';
import { decidedOfZones } from './zone-decisions.ts';

/** A sealed epoch: everything under its anchor, which is a block's place in the graph. */
export interface SealedEpoch {
  readonly number: number;
  readonly anchor: number;
}

/** See above. */
export class Replica {
  readonly authority: SpaceAuthority;
  readonly seen: Set<number> = new Set();
  /** What it has that nothing else it has builds on. */
  readonly frontier: Set<number> = new Set();
  readonly #dag: Dag;
  readonly #order: number[] = [];
  readonly #nos = new Map<number, number>();
  readonly #byHash = new Map<BlockHash, number>();
  /** Blocks with data, and whether they count; only those of whom the tree names are judged again. */
  readonly #written = new Map<number, boolean>();

  constructor(dag: Dag, space: SpaceId) {
    this.#dag = dag;
    this.authority = new SpaceAuthority(space, {
      isInPast: (earlier, later) => {
        const [one, other] = [this.#order[earlier], this.#order[later]];
        return one !== undefined && other !== undefined && dag.block(other).past.has(one);
      },
      blockOf: (hash) => this.#byHash.get(hash),
    });
  }

  /** Takes a block in after its past. Nothing happens if it is here. */
  take(index: number): void {
    if (this.seen.has(index)) return;
    const block = this.#dag.block(index);
    for (const earlier of [...block.past].sort((a, b) => a - b)) this.#take(earlier);
    this.#take(index);
  }

  #take(index: number): void {
    if (this.seen.has(index)) return;
    const block = this.#dag.block(index);
    this.seen.add(index);
    for (const earlier of block.past) this.frontier.delete(earlier);
    this.frontier.add(index);
    const no = this.#order.push(index) - 1;
    this.#nos.set(index, no);
    this.#byHash.set(block.hash, no);
    const prevNo = block.prevIndex === undefined ? undefined : this.#nos.get(block.prevIndex);
    this.authority.add({ ...block, no, prevNo });
    if (block.data.length > 0) this.#written.set(index, this.#judge(index));
    this.#judgeTouched();
  }

  /** Hears that an epoch is sealed, if it has the anchor. */
  hear({ anchor, number }: SealedEpoch): void {
    const no = this.#nos.get(anchor);
    if (no === undefined) return;
    // Nothing in these blocks says so.
    this.authority.credentials.noteEpoch({ number, anchor: no });
    this.#judgeTouched();
  }

  /** Whether the data of a block counts, as this replica keeps it. */
  counts(index: number): boolean {
    return this.#written.get(index) ?? false;
  }

  /** Blocks whose data would be judged otherwise now than it is kept. */
  stale(): readonly number[] {
    return [...this.#written].flatMap(([index, counts]) =>
      this.#judge(index) === counts ? [] : [index],
    );
  }

  /** Everything that replicas must agree on who have the same blocks, in an order of its own for none. */
  decided(): Record<string, unknown> {
    const { authority } = this;
    const members = authority.members();
    const best = (identity: IdentityId): unknown =>
      LEVELS.map((level: Level) => authority.credentialFor(identity, level));
    const written = [...this.#written].filter(([, counts]) => counts).map(([index]) => index);
    return {
      written: written.sort((a, b) => a - b),
      members,
      best: members.map(({ identity }) => best(identity)),
      profiles: authority.identities.identities().map((who) => authority.profileOf(who)),
      readers: authority.readers(),
      current: [authority.keys.current('membership'), authority.keys.current(ROOT_ZONE)],
      generations: [
        authority.keys.generations('membership'),
        authority.keys.generations(ROOT_ZONE),
      ],
      devices: authority.identities.identities().map((who) => authority.identities.logOf(who)),
      zones: decidedOfZones(this),
    };
  }

  /** Who reads a closed zone by all that is here. */
  readersOf(zone: ZoneId): readonly IdentityId[] {
    return this.authority.readersOfZone(zone);
  }

  #judge(index: number): boolean {
    const block = this.#nos.get(index) ?? -1;
    const { data, zone } = this.#dag.block(index);
    return data.some((credential) => this.authority.mayWrite({ block, credential, zone }).counts);
  }

  #judgeTouched(): void {
    const touched = this.authority.credentials.takeTouched();
    if (touched !== 'everybody' && touched.size === 0) return;
    for (const index of this.#written.keys()) {
      const author = this.authority.authorOf(this.#nos.get(index) ?? -1)?.identity;
      const isMeant = author !== undefined && (touched === 'everybody' || touched.has(author));
      if (isMeant) this.#written.set(index, this.#judge(index));
    }
  }
}
