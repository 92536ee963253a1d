/**
 * Spaces whose members may read or write until an epoch, while admins on both sides of partitions agree on epochs, let
 * people in again and take everything away; one of the admins seals under whatever keys he has.
 */
import { grantAccess, revokeAccess, type Level, type Statement } from '@atoll/halo';
import { AtollError, ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import type { Space } from '@atoll/echo';
import '../../packages/echo/src/testing/epoch-parts.ts';
import {
  exchange,
  exchangeAll,
  settled,
  toldStatements,
  type Person,
} from '../../packages/echo/src/testing/rights-parts.ts';
import type { ExpiryAct, ExpiryBlock, ExpiryEpoch } from './expiry.ts';

const Note = defineType('org.example.Note', { word: s.string() });

const NAMES = ['Ada', 'Bea', 'Cid', 'Dan', 'Eve', 'Fay'];
const ROLES = { Bea: 'admin', Cid: 'admin', Dan: 'reader', Eve: 'writer', Fay: 'reader' } as const;
/** Ada, Bea and Cid vote. */
const VOTERS = 3;
/** Who writes how often. */
const WRITERS = [0, 1, 1, 2, 3, 3, 4, 4, 5, 5];
/** Bea seals under whatever she has. */
export const LIAR = 1;

/** One of these worlds. */
export class ExpiryWorld {
  readonly people: readonly Person[];
  readonly spaces: readonly Space[];
  readonly rng: SimRng;
  /** What was done, and how often. */
  readonly acts = { given: 0, taken: 0, proposed: 0, lies: 0 };
  #words = 0;

  private constructor(seed: number, of: Pick<ExpiryWorld, 'people' | 'spaces'>) {
    this.rng = new SimRng(seed);
    this.people = of.people;
    this.spaces = of.spaces;
  }

  /** People in a space with an object. */
  static async make(seed: number): Promise<ExpiryWorld> {
    const begin = ({ database }: Space): void => void database.add(Note, { word: 'first' });
    const { people, spaces } = await settled(NAMES, 50_000 + seed * 100, { begin, roles: ROLES });
    for (const { database } of spaces) database.register(Note);
    return new ExpiryWorld(seed, { people, spaces });
  }

  /** So many things happen; then everybody hears of everything. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const roll = this.rng.float();
      if (roll < 0.14) await this.#give();
      else if (roll < 0.22) await this.#propose();
      else if (roll < 0.42) await this.#meet();
      else await this.#write(this.rng.pick(WRITERS));
    }
    await this.peace();
    for (let at = 0; at < NAMES.length; at++) if (at !== LIAR) await this.#write(at);
    await this.peace();
  }

  /** Everybody hears of everything, and votes end. */
  async peace(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      await exchangeAll(this.spaces);
      for (const space of this.spaces) await space.epochs.settled();
    }
  }

  /** Epochs that are sealed. */
  epochs(at: number): readonly ExpiryEpoch[] {
    const { authority, index } = this.spaces[at] as Space;
    return authority.credentials.epochs.sealedTo(undefined).map(({ anchor, number }) => ({
      number,
      anchor: index.branches.hashOf(anchor),
    }));
  }

  /** All blocks, as the model wants them. */
  async told(at: number): Promise<readonly ExpiryBlock[]> {
    const space = this.spaces[at] as Space;
    const { ports } = this.people[at] as Person;
    const told = await toldStatements(space, ports.store);
    return told.map(({ data, no, statements, ...block }) => ({
      ...block,
      acts: statements.flatMap(actOf),
      makes: statements.flatMap(({ id, statement }) =>
        statement.kind === 'rotation' && statement.of === ROOT_ZONE
          ? [{ keys: id, readers: statement.readers.map(({ identity }) => identity) }]
          : [],
      ),
      writes: data.map(({ credential, keyId }) => ({ credential, keys: keyId })),
      sealed: space.authority.credentials.epochs.sealedTo(no).map(({ anchor, number }) => ({
        number,
        anchor: space.index.branches.hashOf(anchor),
      })),
    }));
  }

  /** The founder says anew what somebody may do. */
  async #give(): Promise<void> {
    const { rng } = this;
    const [one] = this.spaces as [Space];
    const [person] = this.people as [Person];
    const of = this.people[VOTERS + rng.int(NAMES.length - VOTERS)] as Person;
    const parent = one.authority.credentialFor(person.identity, 'control');
    if (parent === undefined) return;
    const subject = { to: 'identity', identity: of.identity } as const;
    const about = { space: one.id, subject, parent };
    const statements: Statement[] = [revokeAccess(about)];
    if (rng.chance(0.8)) {
      const now = one.authority.credentials.epochs.count;
      const level: Level = rng.chance(0.75) ? 'write' : 'read';
      const until = rng.chance(0.15) ? 0 : now + rng.pick([0, 1, 1, 1, 2]);
      const by = { issuer: person.identity, deviceSigner: person.deviceSigner };
      statements.push(await grantAccess({ ...about, ...by, rng: person.ports.rng, level, until }));
      this.acts.given++;
    } else this.acts.taken++;
    await one.changeRights({ statements, credential: parent });
  }

  /** Some admin wishes for an epoch, and those whom he reaches vote. */
  async #propose(): Promise<void> {
    const { rng, spaces } = this;
    const voters = spaces.slice(0, VOTERS);
    const first = rng.pick(voters);
    const second = rng.pick(voters);
    this.acts.proposed++;
    await first.epochs.propose();
    for (let round = 0; round < 4; round++) {
      if (second !== first) await exchange(first, second);
      for (const space of [first, second]) await space.epochs.settled();
    }
  }

  async #meet(): Promise<void> {
    const { rng, spaces } = this;
    const [a, b] = [rng.pick(spaces), rng.pick(spaces)];
    if (a === b) return;
    await a.flush();
    for await (const run of a.replica.missingFor(b.replica.tips())) {
      if (rng.chance(0.7)) await b.replica.receive(run, 'peer');
    }
    await b.settled();
  }

  async #write(at: number): Promise<void> {
    const space = this.spaces[at] as Space;
    const { keys } = space.authority;
    try {
      if (at === LIAR && this.rng.chance(0.7)) {
        const held = keys.generations(ROOT_ZONE).filter((id) => space.keys.ring.get(id));
        const any: KeyId | undefined = held[this.rng.int(held.length)];
        const honest = keys.current.bind(keys);
        Object.assign(keys, {
          current: (...of: Parameters<typeof honest>) =>
            of[0] === ROOT_ZONE ? any : honest(...of),
        });
        this.acts.lies++;
      }
      space.database.add(Note, { word: String(this.#words++) });
      space.database.commit();
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
    } finally {
      Reflect.deleteProperty(keys, 'current');
    }
    await space.flush();
  }
}

/** What is said of the rights of somebody. */
function actOf({
  id,
  statement,
}: {
  readonly id: string;
  readonly statement: Statement;
}): readonly ExpiryAct[] {
  if (statement.kind === 'grant' && statement.subject.to === 'identity') {
    return [{ who: statement.subject.identity, credential: id, until: statement.until }];
  }
  if (statement.kind === 'revocation' && statement.subject.to === 'identity') {
    return [{ who: statement.subject.identity }];
  }
  return [];
}
