/**
 * A space of whole replicas in which some keep no rule. Honest members run the program as it is; of the others each
 * has several copies of his profile, whose program has been changed, and feeds that are sealed by hand.
 */
import { Space, zoneOfObject } from '@atoll/echo';
import { parseStored } from '@atoll/feed';
import {
  KeyRing,
  credentialIdOf,
  decodeStatements,
  zoneCredentialOf,
  zoneIdOf,
  type IdentityLog,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type IdentityId,
  type KeyId,
  type Signer,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import type { SimRng } from '@atoll/testkit';
import { Person, exchange, restored } from '../../packages/echo/src/space/testing/space-fixture.ts';
import type { OutlawFeed } from '../faults/town.ts';
import type { Sayer } from './sayings.ts';
import type { KnownZones } from './zone-sayings.ts';

/** What is written: things that nobody deletes, with names that are met once. */
const Page = defineType('org.atoll.byzantine.Page', {
  title: s.string(),
  items: s.list(s.string()),
});

/** Let in by Ada in this order; whoever comes later has nothing to say about who came before. */
const ROLES = { Bob: 'admin', Cid: 'writer', Eve: 'admin', Mal: 'writer', Zed: 'reader' } as const;
const CROOKED: readonly string[] = ['Eve', 'Mal', 'Zed'];
/** Copies of a profile that one may run. */
const BODIES_MAX = 3;
/** More than any world has. */
const BLOCKS_MAX = 100_000;

/** A replica and what it runs on. */
export interface Body {
  readonly ports: Person['ports'];
  readonly space: Space;
}

/** Somebody with his replicas; the honest have one. */
export interface Resident extends Sayer {
  readonly person: Person;
  readonly isHonest: boolean;
  readonly bodies: Body[];
  readonly outlaws: OutlawFeed[];
}

/** A name that is met once, and where it was written. */
export interface Token {
  readonly text: string;
  readonly by: Resident;
  readonly zone: ZoneId;
  /** Title of the page of which it is a line, where it is no title. */
  readonly on?: string;
}

/** A zone that somebody honest has begun. */
export interface OwnZone {
  readonly zone: ZoneId;
  readonly by: Resident;
  readonly isOpen: boolean;
  /** Whom he has let in, by which grants, first to last. */
  readonly letIn: { readonly identity: IdentityId; readonly credential: CredentialId }[];
}

/** What may be in a world of whole replicas. */
export interface TownKind {
  readonly hasZones?: boolean;
}

/** See above. */
export class SpaceTown implements KnownZones {
  readonly kind: TownKind;
  readonly space: SpaceId;
  readonly actors: readonly Resident[];
  readonly credentials: CredentialId[] = [];
  readonly said: Statement[] = [];
  readonly revocations: { readonly block: BlockHash; readonly index: number }[] = [];
  readonly tokens: Token[] = [];
  readonly zones: ZoneId[] = [];
  readonly ownZones: OwnZone[] = [];
  #names = 0;

  private constructor(space: SpaceId, actors: readonly Resident[], kind: TownKind) {
    this.kind = kind;
    this.space = space;
    this.actors = actors;
  }

  /** A space with its first members, who all know what is there. */
  static async begin(seed: number, kind: TownKind = {}): Promise<SpaceTown> {
    const ada = await Person.make('Ada', seed * 100);
    const one = await ada.found();
    one.database.add(Page, { title: 'trunk', items: [] });
    await one.flush();
    const actors = [residentOf(ada, one, true)];
    for (const [at, name] of Object.keys(ROLES).entries()) {
      const person = await Person.make(name, seed * 100 + 1 + at);
      const space = await person.join(one, ada.deviceSigner, ROLES[name as keyof typeof ROLES]);
      actors.push(residentOf(person, space, !CROOKED.includes(name)));
    }
    for (const { bodies } of actors) for (const { space } of bodies) await exchange(one, space);
    const town = new SpaceTown(one.id, actors, kind);
    await town.learn({ ports: ada.ports, space: one });
    return town;
  }

  /** Those who keep the rules, with their one replica. */
  get honest(): readonly (Body & { readonly who: Resident })[] {
    return this.actors.flatMap((who) =>
      who.isHonest ? who.bodies.map((body) => ({ ...body, who })) : [],
    );
  }

  anyBlock(rng: SimRng): { readonly feed: FeedKey; readonly hash: BlockHash } {
    const { branches } = (this.honest[0] as Body).space.index;
    const no = rng.int(branches.blockCount);
    return { feed: branches.feedOf(no), hash: branches.hashOf(no) };
  }

  /** A name that is met once. */
  nextName(by: Resident): string {
    return `<${by.who.name}:${String(this.#names++)}>`;
  }

  /** One that is written where all read. */
  token(by: Resident): string {
    const text = this.nextName(by);
    this.tokens.push({ text, by, zone: ROOT_ZONE });
    return text;
  }

  /** Takes a zone for known, whether its beginning counts or not. */
  noteZone(zone: ZoneId): void {
    if (!this.zones.includes(zone)) this.zones.push(zone);
  }

  /** What is read by whoever has the keys is known to the crooked, to be repeated. */
  async learn(body: Body): Promise<void> {
    for (const { hash, sections } of await openedBlocks(body)) {
      const statements = sections.flatMap((section) => section.statements);
      for (const [index, statement] of statements.entries()) {
        this.said.push(statement);
        if (statement.kind === 'grant') this.credentials.push(credentialIdOf(statement));
        if (statement.kind === 'zone' || statement.kind === 'open-zone') {
          this.noteZone(zoneIdOf(statement));
          this.credentials.push(zoneCredentialOf(statement));
        }
        if (statement.kind === 'revocation') this.revocations.push({ block: hash, index });
      }
    }
  }

  /** One more copy of a profile: what both write forks the feed. */
  async copy(who: Resident): Promise<void> {
    const first = who.bodies[0]?.space;
    if (first === undefined || who.bodies.length >= BODIES_MAX) return;
    await first.flush();
    const ports = await restored(who.person.ports, this.space);
    const ring = KeyRing.import(first.keys.ring.export());
    const options = { space: this.space, ring, writer: who.person.writer() };
    who.bodies.push({ ports, space: await Space.open(ports, options) });
  }

  /** Opens a replica once more: what keys that have come open is read as well. */
  async reopen(who: Resident, body: Body): Promise<void> {
    const { ring } = body.space.keys;
    const writer = who.person.writer();
    await body.space[Symbol.asyncDispose]();
    const space = await Space.open(body.ports, { space: this.space, ring, writer });
    who.bodies.splice(who.bodies.indexOf(body), 1, { ports: body.ports, space });
  }

  async close(): Promise<void> {
    for (const { bodies } of this.actors) {
      for (const { space } of bodies) await space[Symbol.asyncDispose]();
    }
  }
}

function residentOf(person: Person, space: Space, isHonest: boolean): Resident {
  const { deviceSigner, identity, log, name } = person;
  const devices: Signer[] = [deviceSigner];
  const own: { log: IdentityLog } = { log };
  const bodies: [Body, ...Body[]] = [{ ports: person.ports, space }];
  const replica = {
    get authority(): Space['authority'] {
      return bodies[0].space.authority;
    },
  };
  const who = { name, identity };
  return { ...own, person, who, devices, replica, isHonest, bodies, outlaws: [] };
}

/** A new thing, or one more line: of the page that Ada made first, or of any that is seen. */
export function writeName(
  { database }: Space,
  text: string,
  rng: SimRng,
  on: 'trunk' | 'any' = 'trunk',
): void {
  const pages = database.query(Page);
  const trunk = on === 'any' ? rng.pick(pages.run()) : pages.where({ title: 'trunk' }).run()[0];
  if (trunk === undefined || rng.chance(0.3)) database.add(Page, { title: text, items: [] });
  else trunk.items.insert(rng.int(trunk.items.length + 1), text);
}

/** The same in a zone, as a block of its own; the title of the page of which it is a line. */
export async function writeInZone(
  space: Space,
  { text, zone }: { readonly text: string; readonly zone: ZoneId },
  rng: SimRng,
): Promise<string | undefined> {
  const { database } = space;
  const pages = database.query(Page).run();
  const there = pages.filter(({ id }) => zoneOfObject(database, id) === zone);
  await space.flush();
  const page = there.length === 0 || rng.chance(0.4) ? undefined : rng.pick(there);
  if (page === undefined) database.add(Page, { title: text, items: [] }, { zone });
  else page.items.insert(rng.int(page.items.length + 1), text);
  await space.flush();
  return page?.title;
}

/** All names that somebody sees, each with the zone it is in. */
export function seenIn({ database }: Space): ReadonlyMap<string, ZoneId> {
  const pages = database.query(Page).run();
  return new Map(
    pages.flatMap(({ id, items, title }) =>
      [title, ...items].map((text) => [text, zoneOfObject(database, id) ?? ROOT_ZONE] as const),
    ),
  );
}

/** A section that is open. */
export interface OpenedSection {
  readonly kind: 'control' | 'data';
  readonly credential: CredentialId;
  readonly keyId: KeyId;
  readonly zone: ZoneId;
  readonly statements: readonly Statement[];
  /** Of data: its bytes, in which names can be looked for. */
  readonly text: string;
}

/** A block as a replica has it in its log, opened with its keys. */
export interface OpenedBlock {
  /** Absent for one that waits. */
  readonly no: number | undefined;
  readonly hash: BlockHash;
  readonly prev: BlockHash;
  readonly sections: readonly OpenedSection[];
  /** What each data section says of itself, whether it opens or not. */
  readonly data: readonly { readonly credential: CredentialId; readonly zone: ZoneId }[];
}

/** Everything in a log that this replica can open. */
export async function openedBlocks({ ports, space }: Body): Promise<readonly OpenedBlock[]> {
  await space.flush();
  const opened: OpenedBlock[] = [];
  for (const stored of await ports.store.read(space.id, 0, BLOCKS_MAX)) {
    const parsed = parseStored(stored.bytes, stored.hash);
    const header = space.keys.openHeader(parsed);
    if (!header.ok) continue;
    const block = { parsed, inner: header.value };
    const sections = header.value.sections.flatMap((section, at): OpenedSection[] => {
      const plain = space.keys.openSection(block, at);
      if (!plain.ok) return [];
      const { credential, keyId, kind, zone } = section;
      const isData = kind === 'data';
      const text = isData ? Buffer.from(plain.value).toString('latin1') : '';
      const statements = isData ? [] : readStatements(plain.value);
      return [{ kind: isData ? 'data' : 'control', credential, keyId, zone, text, statements }];
    });
    const no = space.index.branches.blockOf(parsed.hash);
    const data = header.value.sections.filter(({ kind }) => kind === 'data');
    opened.push({ no, hash: parsed.hash, prev: parsed.frame.prev, sections, data });
  }
  return opened;
}

function readStatements(bytes: Uint8Array): readonly Statement[] {
  try {
    return decodeStatements(bytes);
  } catch {
    return [];
  }
}
