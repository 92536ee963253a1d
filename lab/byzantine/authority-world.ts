/**
 * A space in which some keep the rules and any number do not, on the real fold of rights: every honest member is a
 * replica that gets blocks in an order of its own, and sees what the others choose to show. Each step draws from
 * randomness of its own, so that a world can be played again with some steps left out.
 */
import { SimRng } from '@atoll/testkit';
import { rootCredential, type CheckedStatement, type InvitationId } from '@atoll/halo';
import type { BlockHash, CredentialId, SpaceId, ZoneId } from '@atoll/kernel';
import {
  foundTown,
  letIn,
  person,
  type Dag,
  type TestBlock,
  type TestFeed,
  type Town,
} from '../../packages/halo/src/testing/byzantine-parts.ts';
import type { Actor } from './crew.ts';
import { Replica, type SealedEpoch } from './replica.ts';

/** People of a world; the last is let in by nobody. */
const NAMES = ['Ada', 'Bob', 'Cid', 'Eve', 'Mal', 'Zed'] as const;
/** Let in first, in this order, by Ada. */
const LEVELS_GIVEN = { Bob: 'control', Cid: 'write', Eve: 'control', Mal: 'control' } as const;

/** What is in a world beside what is in all. */
export interface WorldKind {
  /** More is said than the model knows of. */
  readonly isWide?: boolean;
  /** There are closed zones. */
  readonly hasZones?: boolean;
}

/** One world. */
export class AuthorityWorld {
  readonly town: Town;
  readonly space: SpaceId;
  readonly dag: Dag;
  readonly actors: readonly Actor[];
  readonly kind: WorldKind;
  /** Credentials that anybody has heard of, whether they count or not. */
  readonly credentials: CredentialId[] = [];
  /** Statements that anybody has made. */
  readonly said: CheckedStatement['statement'][] = [];
  /** Where something was revoked: block, and place in it. */
  readonly revocations: { readonly block: BlockHash; readonly index: number }[] = [];
  /** Invitations that anybody has heard of. */
  readonly invitations: { readonly id: InvitationId; readonly uses: number }[] = [];
  readonly epochs: SealedEpoch[] = [];
  /** Closed zones that anybody has heard of. */
  readonly zones: ZoneId[] = [];
  /** Those that somebody honest has begun by the right with which he was let in, and what he owns them by. */
  readonly ownZones: { readonly zone: ZoneId; readonly credential: CredentialId; by: Actor }[] = [];
  /** Writes of honest members by the right with which they were let in. */
  readonly honestWrites: { readonly block: number; readonly by: Actor }[] = [];

  private constructor(town: Town, actors: readonly Actor[], kind: WorldKind) {
    this.kind = kind;
    this.town = town;
    this.space = town.space;
    this.dag = town.dag;
    this.actors = actors;
  }

  /** A space with its first members, who all know what is there. */
  static async begin(seed: number, kind: WorldKind = {}): Promise<AuthorityWorld> {
    const rng = new SimRng(seed);
    const town = await foundTown(seed);
    const { dag, founded, founderFeed, space } = town;
    const isCrooked = {
      Ada: rng.chance(0.15),
      Bob: rng.chance(0.3),
      Cid: rng.chance(0.3),
      ...{ Eve: true, Mal: true, Zed: true },
    };
    const actors: Actor[] = [];
    for (const name of NAMES) {
      const who = await person(name);
      const feeds: TestFeed[] = name === 'Ada' ? [founderFeed] : [];
      let first: CredentialId | undefined = name === 'Ada' ? founded.credential : undefined;
      if (name !== 'Ada' && name !== 'Zed') {
        const { credential, feed } = await letIn(town, who, LEVELS_GIVEN[name]);
        first = credential;
        feeds.push(feed);
      }
      const replica = new Replica(dag, space);
      const devices = [who.deviceSigner];
      const isHonest = !isCrooked[name];
      actors.push({ who, isHonest, log: who.log, devices, feeds, replica, first });
    }
    const world = new AuthorityWorld(town, actors, kind);
    world.credentials.push(rootCredential(space));
    for (const block of dag.blocks) {
      for (const { statements } of block.control) world.note(statements);
      for (const { replica } of actors) replica.take(block.index);
    }
    return world;
  }

  /** Any block there is. */
  anyBlock(rng: SimRng): TestBlock {
    return rng.pick(this.dag.blocks);
  }

  /** Remembers statements, for others to repeat and to cite. */
  note(statements: readonly CheckedStatement[]): void {
    this.said.push(...statements.map(({ statement }) => statement));
  }

  /** Everybody gets all there is, each in an order of its own, and hears of every epoch. */
  meet(rng: SimRng): void {
    for (const { replica } of this.actors) {
      for (const index of rng.shuffle(this.dag.blocks.map((block) => block.index))) {
        replica.take(index);
        if (rng.chance(0.02)) this.#hearAll(replica);
      }
      this.#hearAll(replica);
    }
  }

  /** One who has nothing yet gets all there is in a random order. */
  joiner(rng: SimRng): Replica {
    const replica = new Replica(this.dag, this.space);
    for (const index of this.dag.arrival(rng)) replica.take(index);
    this.#hearAll(replica);
    return replica;
  }

  #hearAll(replica: Replica): void {
    for (const epoch of this.epochs) replica.hear(epoch);
  }
}
