/** People with a device and a store each, for tests of spaces without connections. */
import {
  createIdentity,
  admitDevice,
  admitGuest,
  identityIdOf,
  levelOfRole,
  publishReadingKey,
  readingSecret,
  withEntries,
  type IdentityLog,
  type Role,
} from '@atoll/halo';
import { ready, softwareAgreer } from '@atoll/crypto';
import type { IdentityId, Signer, SpaceId, Store } from '@atoll/kernel';
import { MemoryDisk, MemoryKeystore, MemoryStore, SimRng, simEd25519 } from '@atoll/testkit';
import { Space, type SpacePorts, type SpaceWriter } from '../space.ts';

/** A person with one device. */
export class Person {
  readonly ports: SpacePorts;
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  readonly haloSecret: Uint8Array;
  /** The 24 words of the identity. */
  readonly words: readonly string[];
  readonly name: string;

  private constructor(
    name: string,
    parts: Pick<Person, 'ports' | 'log' | 'deviceSigner' | 'haloSecret' | 'words'>,
  ) {
    this.name = name;
    this.ports = parts.ports;
    this.log = parts.log;
    this.identity = identityIdOf(parts.log.genesis);
    this.deviceSigner = parts.deviceSigner;
    this.haloSecret = parts.haloSecret;
    this.words = parts.words;
  }

  /** A person whose randomness comes from `seed`. */
  static async make(name: string, seed: number, store?: Store): Promise<Person> {
    // As every client does: without it most of a test is hashing.
    await ready();
    const rng = new SimRng(seed);
    const keystore = new MemoryKeystore(rng);
    const deviceSigner = await keystore.signer('device');
    const agreer = await keystore.agreer('device');
    const deviceAgreementKey = agreer.publicKey;
    const { log, words } = await createIdentity({ rng, deviceSigner, deviceAgreementKey });
    let time = 1_767_225_600_000;
    const ports: SpacePorts = {
      rng,
      keystore,
      store: store ?? new MemoryStore(new MemoryDisk(rng)),
      ed25519: simEd25519,
      clock: { nowMs: () => time++, monotonicMs: () => time, sleep: () => Promise.resolve() },
      log: { event: () => undefined },
    };
    return new Person(name, { ports, log, deviceSigner, haloSecret: rng.bytes(32), words });
  }

  /** A further device of this person, with a store of its own. `secret` is the one of now. */
  async device(seed: number, log: IdentityLog = this.log): Promise<Person> {
    const other = await Person.make(this.name, seed);
    const { deviceSigner: newSigner, ports } = other;
    const newAgreementKey = (await ports.keystore.agreer('device')).publicKey;
    const admitting = this.deviceSigner;
    const admission = await admitDevice({ log, admitting, newSigner, newAgreementKey });
    const { haloSecret, words } = this;
    const own = withEntries(log, [admission]);
    return new Person(this.name, { ports, log: own, deviceSigner: newSigner, haloSecret, words });
  }

  /** How this person writes. */
  writer(options: { readonly mayContinue?: boolean; readonly slot?: number } = {}): SpaceWriter {
    return {
      identity: this.identity,
      identityLog: this.log,
      deviceSigner: this.deviceSigner,
      haloSecret: this.haloSecret,
      profile: { name: this.name, colour: 1 },
      slot: options.slot ?? 0,
      mayContinue: options.mayContinue ?? true,
      beforeAppend: () => Promise.resolve(),
    };
  }

  /** Founds a space. */
  found(): Promise<Space> {
    return Space.found(this.ports, this.writer());
  }

  /** Is let into a space by its host. */
  async join(host: Space, hostDevice: Signer, role: Role): Promise<Space> {
    const key = softwareAgreer(readingSecret(this.haloSecret, host.id)).publicKey;
    const { deviceSigner, identity } = this;
    const readingKey = await publishReadingKey({
      space: host.id,
      identity,
      deviceSigner,
      counter: 0,
      key,
    });
    const parent = host.authority.credentialFor(host.identity, 'control');
    if (parent === undefined) throw new RangeError('the host may not admit');
    const { statements } = await admitGuest({
      rng: this.ports.rng,
      space: host.id,
      guest: { log: this.log, readingKey },
      level: levelOfRole(role),
      parent,
      issuer: host.identity,
      deviceSigner: hostDevice,
      keys: host.keys.ring,
    });
    await host.publish({ statements, credential: parent });
    const ring = host.keys.ring.share({ withHistory: true, current: [] });
    const space = await Space.open(this.ports, { space: host.id, ring, writer: this.writer() });
    await exchange(host, space);
    return space;
  }
}

/** A copy of a profile, as a restored backup leaves it. */
export async function restored(ports: SpacePorts, space: SpaceId): Promise<SpacePorts> {
  const store = new MemoryStore(new MemoryDisk(ports.rng));
  const blocks = await ports.store.read(space, 0, 10_000);
  const values = new Map<string, Uint8Array | undefined>();
  for (const name of await ports.store.names('')) values.set(name, await ports.store.value(name));
  await store.commit({
    blocks: blocks.map((block) => ({ ...block, space, origin: 'received' })),
    values,
  });
  return { ...ports, store };
}

/** Sends both what the other lacks, and folds it. */
export async function exchange(a: Space, b: Space): Promise<void> {
  await a.flush();
  await b.flush();
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for await (const run of from.replica.missingFor(to.replica.tips())) {
      await to.replica.receive(run, 'peer');
    }
    await to.settled();
  }
}

/** Root of a space in hex. */
export function rootOf(space: Space): string {
  return Buffer.from(space.stateRoot()).toString('hex');
}

/** Everybody has in the end what anybody had. */
export async function exchangeAll(spaces: readonly Space[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const [at, space] of spaces.entries()) {
      for (const other of spaces.slice(at + 1)) await exchange(space, other);
    }
  }
}

/** Lets everybody hear of everything, and vote. */
export async function meet(...spaces: readonly Space[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const one of spaces) {
      for (const other of spaces) {
        if (one === other) continue;
        await exchange(one, other);
        await one.epochs.settled();
        await other.epochs.settled();
      }
    }
  }
}

/** Ada on two copies of one profile, and two members who know what was there before them. */
export async function copiedProfile(
  seed: number,
  begin: (space: Space) => void,
): Promise<{
  readonly ada: Person;
  readonly jun: Person;
  readonly kim: Person;
  readonly one: Space;
  readonly copy: Space;
  readonly copyPorts: SpacePorts;
  readonly two: Space;
  readonly three: Space;
}> {
  const ada = await Person.make('Ada', seed);
  const one = await ada.found();
  begin(one);
  const [jun, kim] = [await Person.make('Jun', seed + 1), await Person.make('Kim', seed + 2)];
  const [two, three] = [
    await jun.join(one, ada.deviceSigner, 'writer'),
    await kim.join(one, ada.deviceSigner, 'writer'),
  ];
  await exchange(one, two);
  await exchange(one, three);
  const copyPorts = await restored(ada.ports, one.id);
  const { ring } = one.keys;
  const copy = await Space.open(copyPorts, { space: one.id, ring, writer: ada.writer() });
  return { ada, jun, kim, one, copy, copyPorts, two, three };
}

/** People of these names with a space that the first has founded and the others write; all have what is there. */
export async function settled(
  names: readonly string[],
  seed: number,
  options: {
    /** What the founder does before anybody joins. */
    readonly begin: (one: Space) => void;
    /** Roles of those who are no writers. */
    readonly roles?: Readonly<Record<string, Parameters<Person['join']>[2]>>;
  },
): Promise<{ readonly people: readonly Person[]; readonly spaces: readonly Space[] }> {
  const people = await Promise.all(names.map((name, at) => Person.make(name, seed + at)));
  const [founder] = people as [Person];
  const one = await founder.found();
  options.begin(one);
  const spaces = [one];
  for (const person of people.slice(1)) {
    const role = options.roles?.[person.name] ?? 'writer';
    spaces.push(await person.join(one, founder.deviceSigner, role));
  }
  await exchangeAll(spaces);
  return { people, spaces };
}
