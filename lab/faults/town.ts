/**
 * Members of one space without connections: who hands over to whom is the test's choice, and so is what
 * the outlaw among them seals. Everybody else is a whole, unchanged replica.
 */
import { Space } from '@atoll/echo';
import {
  DEPS_MAX,
  genesisPrev,
  membershipKey as membershipKeyOf,
  sealBlock,
  signTip,
  type Dep,
  type Run,
  type SectionInput,
} from '@atoll/feed';
import { joinStatements, readingSecret, encodeStatements, type Statement } from '@atoll/halo';
import {
  ROOT_ZONE,
  assert,
  concatBytes,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type Signer,
} from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { pretend } from '../../packages/echo/src/space/testing/pretend.ts';
import { Person, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';

const Task = defineType('org.atoll.faults.Task', {
  title: s.string(),
  done: s.boolean().default(false),
  votes: s.counter(),
});

/** A task as the tests see it. */
export interface TaskObject {
  readonly id: string;
  title: string;
  done: boolean;
  readonly votes: { readonly value: number; increment(by: number): void };
}

/** Names a section that cites no credential. */
const NO_CREDENTIAL = '00'.repeat(32) as CredentialId;

/** A member with its replica. */
export interface Citizen {
  readonly person: Person;
  readonly space: Space;
  /** Names of the log's events, in order. */
  readonly events: readonly string[];
}

/** A person whose log is kept. */
async function newcomer(name: string, seed: number): Promise<[Person, string[]]> {
  const person = await Person.make(name, seed);
  const events: string[] = [];
  person.ports.log.event = (_level, event) => void events.push(event);
  return [person, events];
}

/** A founder, who owns the space. */
export async function founder(seed: number): Promise<Citizen> {
  const [person, events] = await newcomer('Ada', seed);
  return { person, events, space: await person.found() };
}

/** Somebody whom `host` lets in. */
export async function member(
  host: Citizen,
  name: string,
  role: Parameters<Person['join']>[2],
): Promise<Citizen> {
  const [person, events] = await newcomer(name, seedOf(name));
  const space = await person.join(host.space, host.person.deviceSigner, role);
  return { person, events, space };
}

/** Hands over everything that the other lacks. Codes of what was refused. */
export async function give(from: Citizen, ...to: readonly Citizen[]): Promise<string[]> {
  await from.space.flush();
  const refused: string[] = [];
  for (const other of to) {
    for await (const run of from.space.replica.missingFor(other.space.replica.tips())) {
      const received = await other.space.replica.receive(run, from.person.name);
      if (received.at === 'refused') refused.push(received.code);
    }
    await other.space.settled();
  }
  return refused;
}

/** Everybody gives to everybody until all have everything. */
export async function meet(...citizens: readonly Citizen[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const from of citizens) await give(from, ...citizens.filter((other) => other !== from));
  }
}

/** The one root of all of them; fails the test when there are several. */
export function oneRoot(...citizens: readonly Citizen[]): string {
  const roots = new Set(citizens.map(({ space }) => rootOf(space)));
  assert(roots.size === 1, `replicas have ${roots.size} different states`);
  return [...roots].join('');
}

/** The same member after a restart that folds its log again: without what its process only believed. */
export async function reopened({ person, events, space }: Citizen): Promise<Citizen> {
  const { ring } = space.keys;
  const writer = person.writer({ mayContinue: false });
  return {
    person,
    events,
    space: await Space.open(person.ports, { space: space.id, ring, writer }),
  };
}

/** Adds a task. */
export function addTask({ space }: Citizen, title: string): TaskObject {
  return space.database.add(Task, { title });
}

/** Tasks by title, ascending. */
export function tasks({ space }: Citizen): TaskObject[] {
  return space.database.query(Task).orderBy('title').run();
}

/** Deletes the task with this title. */
export function removeTask({ space }: Citizen, title: string): void {
  const task = space.database.query(Task).where({ title }).first();
  assert(task !== undefined, 'a task with this title is there');
  space.database.delete(task);
}

/** Titles, ascending. */
export function titles(citizen: Citizen): string[] {
  return tasks(citizen).map(({ title }) => title);
}

/** Lets a replica cite `credential` for everything, whatever it may: the program of a cheat. */
export function citing({ space }: Citizen, credential: CredentialId): void {
  pretend(space, credential);
}

/** What an outlaw's block says, where it is not the truth. */
export interface Lies {
  readonly lamport?: number;
  readonly deps?: readonly Dep[];
  /** Sealed under a key that nobody has. */
  readonly isGarbage?: boolean;
  /** So many bytes of nothing. */
  readonly bytes?: number;
  readonly control?: {
    readonly statements: readonly Statement[];
    readonly credential: CredentialId;
  };
  /** In place of that: a section of data, under whatever keys. */
  readonly data?: SectionInput;
}

/** A feed of a real member whose blocks are sealed by hand. */
export class OutlawFeed {
  readonly feed: FeedKey;
  readonly #space: Space;
  readonly #ports: Person['ports'];
  readonly #signer: Signer;
  readonly #blocks: { readonly bytes: Uint8Array; readonly hash: BlockHash }[] = [];
  #prev: BlockHash;
  #lamport = 0;

  private constructor(parts: {
    readonly space: Space;
    readonly ports: Person['ports'];
    readonly signer: Signer;
    readonly prev: BlockHash;
  }) {
    this.#space = parts.space;
    this.#ports = parts.ports;
    this.#signer = parts.signer;
    this.#prev = parts.prev;
    this.feed = idFromBytes('feed', parts.signer.publicKey);
  }

  /** Begins a feed that no device stands behind, as anybody can who reads the space. */
  static async nameless(space: Space, ports: Person['ports']): Promise<OutlawFeed> {
    const incarnation = ports.rng.bytes(16);
    const signer = await ports.keystore.signer(`outlaw-${incarnation.join('.')}`);
    const feed = idFromBytes('feed', signer.publicKey);
    const prev = genesisPrev(space.id, feed, concatBytes(incarnation));
    return new OutlawFeed({ space, ports, signer, prev });
  }

  /** Begins a feed with a true first block. */
  static async begin(citizen: Citizen): Promise<OutlawFeed> {
    const outlaw = await OutlawFeed.admitted(citizen);
    outlaw.write({ control: outlaw.opening });
    return outlaw;
  }

  /** Begins a feed of a person; its first block is to carry `opening`. */
  static async admitted(
    citizen: Pick<Citizen, 'person' | 'space'>,
  ): Promise<OutlawFeed & { readonly opening: NonNullable<Lies['control']> }> {
    const { person, space } = citizen;
    const { deviceSigner, ports } = person;
    const incarnation = ports.rng.bytes(16);
    const feedSigner = await ports.keystore.signer(`outlaw-${incarnation.join('.')}`);
    const feed = idFromBytes('feed', feedSigner.publicKey);
    const prev = genesisPrev(space.id, feed, concatBytes(incarnation));
    const outlaw = new OutlawFeed({ space, ports, signer: feedSigner, prev });
    const statements = await joinStatements({
      space: space.id,
      author: {
        log: person.log,
        deviceSigner,
        readingSecret: readingSecret(person.haloSecret, space.id),
        profile: { name: person.name, colour: 1 },
      },
      feed: { feedSigner, incarnation, slot: 7 },
    });
    return Object.assign(outlaw, { opening: { statements, credential: NO_CREDENTIAL } });
  }

  /** Blocks so far. */
  get length(): number {
    return this.#blocks.length;
  }

  /** Name of the last block, as a true one would state it. */
  end(): Dep {
    const seq = this.#blocks.length - 1;
    return { feed: this.feed, seq, hash: this.#prev, lamport: this.#lamport };
  }

  /** Names of the ends of all branches, as a true block would state them. */
  ends(): Dep[] {
    const { branches } = this.#space.index;
    return branches
      .feeds()
      .flatMap((feed) => branches.branchesOf(feed))
      .map((branch) => branches.branchEnd(branch))
      .map((block) => ({
        feed: branches.feedOf(block),
        seq: branches.seqOf(block),
        hash: branches.hashOf(block),
        lamport: branches.lamportOf(block),
      }))
      .slice(0, DEPS_MAX);
  }

  /** Seals a block after the last one. */
  write(lies: Lies = {}): void {
    const space = this.#space;
    const { rng } = this.#ports;
    const generation = space.keys.ring.memberships()[0]?.generation;
    const held = generation && space.keys.membership(generation);
    const membershipKey = lies.isGarbage === true ? membershipKeyOf(rng.bytes(32)) : held;
    assert(generation !== undefined && membershipKey !== undefined, 'a member has the key');
    const deps = lies.deps ?? (this.#blocks.length === 0 ? this.ends() : []);
    const lamport = lies.lamport ?? 1 + Math.max(this.#lamport, ...deps.map((dep) => dep.lamport));
    const { control, data } = lies;
    const filling = { keyId: generation, key: membershipKey.sealing };
    const sealed = sealBlock({
      space: space.id,
      feed: this.feed,
      seq: this.#blocks.length,
      prev: this.#prev,
      membershipKey,
      nonce: rng.bytes(16),
      deps,
      lamport,
      timeMs: 0,
      sections:
        control === undefined
          ? data === undefined
            ? filler(lies.bytes, filling)
            : [data]
          : [
              {
                kind: 'control',
                zone: ROOT_ZONE,
                keyId: generation,
                key: membershipKey.sealing,
                credential: control.credential,
                plaintext: encodeStatements(control.statements),
              },
            ],
      rng,
    });
    this.#lamport = lamport;
    this.#prev = sealed.hash;
    this.#blocks.push(sealed);
  }

  /** All blocks from `first` on, truly signed. */
  async run(first = 0): Promise<Run> {
    const seq = this.#blocks.length - 1;
    const tip = { feed: this.feed, seq, hash: this.#prev };
    const signature = await signTip(this.#signer, tip);
    const blocks = this.#blocks.slice(first).map(({ bytes }) => bytes);
    return { feed: this.feed, endSeq: seq, endHash: this.#prev, signature, blocks };
  }
}

function filler(
  bytes: number | undefined,
  keys: Pick<SectionInput, 'keyId' | 'key'>,
): readonly SectionInput[] {
  if (bytes === undefined) return [];
  const plaintext = new Uint8Array(bytes);
  return [{ kind: 'data', zone: ROOT_ZONE, credential: NO_CREDENTIAL, plaintext, ...keys }];
}

function seedOf(name: string): number {
  return [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) >>> 0, 7);
}
