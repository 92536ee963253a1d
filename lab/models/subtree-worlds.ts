/**
 * Spaces of several people who write, move things about, give rights over parts, take them away and give them again,
 * one of them with a program that cites whatever it likes; and the same as the model of subtrees wants it.
 */
import {
  GROUPS_PATH,
  OWN_OBJECTS,
  TYPES_PATH,
  grantAccess,
  ownObjectsPath,
  revokeAccess,
  typePath,
  type AccessPath,
  type GrantSubject,
} from '@atoll/halo';
import { AtollError, fromHex, toHex, type CredentialId } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { Space } from '@atoll/echo';
import {
  UndoLog,
  exchange,
  exchangeAll,
  idsOf,
  pretend,
  restored,
  settled,
  toldBlocks,
  type Person,
  type ToldBlock,
  type ToldOp,
  type ToldPath,
} from '../../packages/echo/src/testing/rights-parts.ts';
import { PLACE, type TreeBlock, type TreeOp, type TreeRight } from './subtrees.ts';

/** What stands in the tree. */
const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  text: s.text(),
  items: s.list(s.string()),
  tags: s.map(s.string()),
  votes: s.counter(),
  parent: s.tree('pages'),
});
/** What people say of it, in the same tree. */
const Remark = defineType('org.example.Remark', {
  title: s.string(),
  note: s.string().default(''),
  parent: s.tree('pages'),
});

type PageObject = InstanceOf<typeof Page>;
type Rooms = readonly [Space, Space, Space, Space, Space];

/** Who keeps no rule. */
export const LIAR = 2;
/** Who has rights over parts, and keeps all rules. */
const HONEST = 3;
/** Who only listens. */
export const WATCHER = 4;
/** Those who give rights. */
const GIVERS = 2;
/** Parents of the pages that are there from the beginning, by number. */
const PARENTS = [-1, -1, -1, 0, 3, 1, 5, 2, 4, 6, 0, 1];
/** Who goes on from an old copy of his disk, one after the other. */
const FORKERS = [LIAR, HONEST, 1, HONEST];
/** A copy is made, or gone on from, after so many steps. */
const FORK_STEPS = 20;
/** Who writes how often. */
const WRITERS = [0, 0, 1, LIAR, LIAR, LIAR, HONEST, HONEST, HONEST];
/** So often somebody looks for something that he may do. */
const TRIES = 6;
const NAMES = ['Ada', 'Bea', 'Jun', 'Kim', 'Leo'];
const ROLES = { Bea: 'admin', Jun: 'reader', Kim: 'reader', Leo: 'reader' } as const;

/** Person, what he was given where, and how. */
interface Given {
  readonly credential: CredentialId;
  readonly subject: GrantSubject;
  readonly path: AccessPath;
}

/** One of these worlds. */
export class SubtreeWorld {
  readonly people: readonly Person[];
  readonly rng: SimRng;
  spaces: Rooms;
  /** Rights given, taken away, and given again. */
  readonly acts = { given: 0, taken: 0, again: 0, lies: 0, undone: 0, forks: 0 };
  readonly #objects: string[] = [];
  readonly #given: Given[] = [];
  readonly #group: Uint8Array<ArrayBuffer>;
  /** Disks of all, which old copies take the place of. */
  readonly #ports: Person['ports'][];
  /** An old copy of somebody's disk. */
  readonly #copies = new Map<number, Person['ports']>();
  #undo: UndoLog;
  #honest: (() => void) | undefined;
  #words = 0;

  private constructor(seed: number, of: Pick<SubtreeWorld, 'people' | 'spaces'>) {
    this.rng = new SimRng(seed);
    this.people = of.people;
    this.spaces = of.spaces;
    this.#group = this.rng.bytes(16);
    this.#ports = of.people.map(({ ports }) => ports);
    this.#undo = new UndoLog(of.spaces[HONEST].database);
    for (const page of of.spaces[0].database.query(Page).run()) this.#objects.push(page.id);
  }

  /** People in a space with some pages. */
  static async make(seed: number): Promise<SubtreeWorld> {
    const begin = ({ database }: Space): void => {
      database.register(Remark);
      const pages: PageObject[] = [];
      for (const [at, above] of PARENTS.entries()) {
        const parent = pages[above];
        const page = { title: `p${String(at)}`, text: 't', items: ['a', 'b'], tags: {} };
        pages.push(database.add(Page, { ...page, ...(parent && { parent }) }));
      }
      database.add(Remark, { title: 'r' });
    };
    const { people, spaces } = await settled(NAMES, seed * 100, { begin, roles: ROLES });
    for (const { database } of spaces) {
      database.register(Page);
      database.register(Remark);
    }
    const world = new SubtreeWorld(seed, { people, spaces: spaces as unknown as Rooms });
    for (const at of [LIAR, LIAR, HONEST, HONEST]) {
      const { identity } = people[at] as Person;
      await world.#give(0, { to: 'identity', identity }, world.#pathOf(world.#anyFolder()));
    }
    await exchangeAll(spaces);
    return world;
  }

  /** So many things happen. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const roll = this.rng.float();
      if (step % FORK_STEPS === 0) await this.#forks(step / FORK_STEPS);
      if (roll < 0.08) await this.#rightsAct();
      else if (roll < 0.22) await this.#meet();
      else await this.#write();
      if (step === Math.floor(steps / 2)) await this.reopen(WATCHER, { isFromSnapshot: true });
    }
    this.#honest?.();
    await exchangeAll(this.spaces);
  }

  /** Somebody makes a copy of his disk, and later goes on from it: his feed has two ends from then on. */
  async #forks(turn: number): Promise<void> {
    const at = FORKERS[Math.floor(turn / 2) % FORKERS.length] as number;
    const { id } = this.spaces[at] as Space;
    await this.spaces[at]?.flush();
    const copy = this.#copies.get(at);
    if (turn % 2 === 0) {
      this.#copies.set(at, await restored(this.#ports[at] as Person['ports'], id));
      return;
    }
    if (copy === undefined) return;
    this.#copies.delete(at);
    // Somebody has heard of what he has written since.
    await exchange(this.spaces[at] as Space, this.spaces[WATCHER]);
    this.#ports[at] = copy;
    this.acts.forks++;
    if (at === LIAR) {
      this.#honest?.();
      this.#honest = undefined;
    }
    const space = await this.reopen(at, { isFromSnapshot: false });
    if (at === HONEST) this.#undo = new UndoLog(space.database);
  }

  /** What somebody has on his disk, opened again. */
  async reopen(at: number, how: { readonly isFromSnapshot: boolean }): Promise<Space> {
    const before = this.spaces[at] as Space;
    const ports = this.#ports[at] as Person['ports'];
    if (how.isFromSnapshot) await before.writeSnapshot();
    await before[Symbol.asyncDispose]();
    const writer = (this.people[at] as Person).writer();
    const space = await Space.open(ports, { space: before.id, ring: before.keys.ring, writer });
    space.database.register(Page);
    space.database.register(Remark);
    await space.settled();
    this.spaces = this.spaces.map((one, no) => (no === at ? space : one)) as unknown as Rooms;
    return space;
  }

  /** All blocks, as the model wants them. */
  async told(at: number): Promise<readonly TreeBlock[]> {
    const { store } = this.#ports[at] as Person['ports'];
    return (await toldBlocks(this.spaces[at] as Space, store)).map(treeBlock);
  }

  /** Two people hear of some of what the other has, in some order. */
  async #meet(): Promise<void> {
    const { rng, spaces } = this;
    const [a, b] = [rng.pick(spaces), rng.pick(spaces)];
    if (a === b) return;
    if (rng.chance(0.3)) {
      await exchange(a, b);
      return;
    }
    await a.flush();
    for await (const run of a.replica.missingFor(b.replica.tips())) {
      if (rng.chance(0.6)) await b.replica.receive(run, 'peer');
    }
    await b.settled();
  }

  async #rightsAct(): Promise<void> {
    const giver = this.rng.int(GIVERS);
    const roll = this.rng.float();
    if (roll < 0.55) await this.#give(giver, this.#anySubject(), this.#anyPath());
    else if (roll < 0.72) await this.#take(giver);
    else {
      const last = this.#given.length === 0 ? undefined : this.rng.pick(this.#given);
      if (last === undefined) return;
      this.acts.again++;
      await this.#give(giver, last.subject, last.path);
    }
  }

  async #give(giver: number, subject: GrantSubject, path: AccessPath): Promise<void> {
    const space = this.spaces[giver] as Space;
    const person = this.people[giver] as Person;
    const parent = space.authority.credentialFor(person.identity, 'control');
    if (parent === undefined) return;
    const statement = await grantAccess({
      ...{ rng: person.ports.rng, space: space.id, subject, path, level: 'write', parent },
      ...{ issuer: person.identity, deviceSigner: person.deviceSigner },
    });
    const before = new Set(space.rights.grants().map(({ id }) => id));
    await space.publish({ statements: [statement], credential: parent });
    await space.settled();
    this.acts.given++;
    const made = space.rights.grants().find(({ id }) => !before.has(id));
    if (made !== undefined) this.#given.push({ credential: made.id, subject, path });
  }

  async #take(taker: number): Promise<void> {
    const space = this.spaces[taker] as Space;
    const parent = space.authority.credentialFor(space.identity, 'control');
    const of = this.#given.length === 0 ? undefined : this.rng.pick(this.#given);
    if (of === undefined || parent === undefined) return;
    const { path, subject } = of;
    const statements = [revokeAccess({ space: space.id, subject, path, parent })];
    await space.publish({ statements, credential: parent });
    await space.settled();
    this.acts.taken++;
  }

  #anySubject(): GrantSubject {
    if (this.rng.chance(0.25)) return { to: 'group', group: toHex(this.#group) as never };
    const { identity } = this.people[this.rng.chance(0.5) ? LIAR : HONEST] as Person;
    return { to: 'identity', identity };
  }

  #anyPath(): AccessPath {
    const object = this.#anyId();
    const roll = this.rng.float();
    if (roll < 0.12) return [GROUPS_PATH, this.#group];
    if (roll < 0.2) return typePath(this.rng.pick([Page, Remark]).name);
    if (roll < 0.26) return ownObjectsPath(this.rng.pick([Page, Remark]).name);
    if (roll < 0.6) return this.#pathOf(this.#anyFolder());
    const [one] = this.spaces;
    const page = pageIn(one, object);
    if (page === undefined || roll < 0.85) return this.#pathOf(object);
    const place = this.rng.pick([
      { field: 'note' },
      { field: 'tags', key: `k${String(this.rng.int(3))}` },
      { field: 'items', key: 0 },
      { field: 'parent' },
    ]);
    return one.rights.pathOf({ object, ...place });
  }

  #pathOf(object: string): AccessPath {
    return [fromHex(object) ?? this.#group];
  }

  /** Mostly what is there for long: there it is that people meet. */
  #anyId(): string {
    const { length } = PARENTS;
    return this.rng.chance(0.6) ? this.#anyFolder(length) : this.rng.pick(this.#objects);
  }

  /** One of the pages that are there from the beginning, mostly with others below. */
  #anyFolder(of = 7): string {
    return this.#objects[this.rng.int(of)] as string;
  }

  async #write(): Promise<void> {
    const { rng } = this;
    const at = rng.pick(WRITERS);
    const space = this.spaces[at] as Space;
    if (at === LIAR) this.#lie(space);
    for (let turn = 0; turn < TRIES && !this.#tries(space, at); turn++);
    await space.flush();
  }

  /** True if it was allowed. */
  #tries(space: Space, at: number): boolean {
    const { rng } = this;
    const { database } = space;
    const blocks = space.index.branches.blockCount;
    try {
      const many = rng.chance(0.25) ? 1 + rng.int(4) : 0;
      if (at === HONEST && rng.chance(0.06)) {
        this.#undo.undo();
        this.acts.undone++;
      } else if (many === 0) this.#change(space, at);
      else {
        database.transaction(() => {
          for (let turn = 0; turn < many; turn++) this.#change(space, at);
        });
      }
      database.commit();
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
    }
    return space.index.branches.blockCount > blocks;
  }

  /** Cites from now on whatever it may be, as if it were a right over everything. */
  #lie(space: Space): void {
    this.#honest?.();
    this.#honest = undefined;
    if (this.rng.chance(0.2) || this.#given.length === 0) return;
    this.acts.lies++;
    const { identity } = this.people[LIAR] as Person;
    const own = this.#given.filter(
      ({ subject }) => subject.to === 'identity' && subject.identity === identity,
    );
    const from = own.length > 0 && this.rng.chance(0.75) ? own : this.#given;
    this.#honest = pretend(space, this.rng.pick(from).credential);
  }

  #change(space: Space, at: number): void {
    const { rng } = this;
    const word = `w${String(this.#words++)}`;
    const object = this.#anyId();
    const page = pageIn(space, object);
    const roll = rng.float();
    if (roll < 0.16) this.#create(space, word);
    else if (roll < 0.42) this.#move(space, at, object);
    else if (roll < 0.5) this.#live(space, object);
    else if (page === undefined || roll < 0.58) {
      const found = space.database.get(object);
      if (found !== undefined) Object.assign(found, { note: word });
    } else if (roll < 0.7) page.tags.set(`k${String(rng.int(3))}`, word);
    else if (roll < 0.8) page.tags.set(word, word);
    else if (roll < 0.88) page.items.set(rng.int(2), word);
    else if (roll < 0.94) page.votes.increment(1);
    else page.text.insert(0, `${word} `);
  }

  #create({ database }: Space, title: string): void {
    const parent = this.rng.chance(0.85) ? database.get(this.#anyId()) : undefined;
    const place = parent === undefined ? {} : { parent };
    const made = this.rng.chance(0.5)
      ? database.add(Page, { title, text: 't', items: ['a', 'b'], tags: {}, ...place })
      : database.add(Remark, { title, ...place });
    this.#objects.push(made.id);
  }

  /** Who keeps no rule puts things also below what he has never heard of, and below themselves. */
  #move({ database }: Space, at: number, id: string): void {
    const object = database.get(id);
    const to = this.rng.chance(0.12) ? undefined : this.#anyId();
    if (object === undefined) return;
    if (at !== LIAR) {
      database.move(object, { parent: to === undefined ? null : (database.get(to) ?? null) });
      return;
    }
    const row = database.fold.rows.find(fromHex(id) ?? this.#group);
    const type = database.fold.typeOf(row);
    const leaf = type.compiled.leafByName.get('parent');
    if (leaf === undefined) return;
    const place = [
      to === undefined ? null : (fromHex(to) ?? null),
      new Uint8Array([this.rng.int(250) + 1]),
    ];
    database.mutations.set({ row, type, leaf }, place);
  }

  #live({ database }: Space, id: string): void {
    const object = database.get(id);
    if (object !== undefined && this.rng.chance(0.3)) database.delete(object);
    const deleted = database.getDeleted(id);
    if (object === undefined && deleted !== undefined) database.restore(deleted);
  }
}

/** What is looked at of a page. */
export interface PageShown {
  readonly tags: Iterable<readonly [string, string]>;
  readonly items: Iterable<string>;
  readonly votes: { readonly value: number };
}

/** Id of the type of pages. */
export const PAGE_TYPE: string = idsOf(typePath(Page.name))[1] ?? '';

/** A page as it is shown. */
export function pageShown(space: Space, id: string): PageShown | undefined {
  return pageIn(space, id);
}

function pageIn({ database }: Space, id: string): PageObject | undefined {
  const found = database.get(id);
  return found === undefined || !('tags' in found) ? undefined : (found as unknown as PageObject);
}

function treeBlock({ sections, ...block }: ToldBlock): TreeBlock {
  return {
    ...block,
    sections: sections.map(({ ops, path }) => {
      const right = path === undefined ? undefined : rightAt(path);
      return { ...(right && { right }), ops: ops.map(treeOp) };
    }),
  };
}

const [TYPES_ID, OWN_ID] = idsOf([TYPES_PATH, OWN_OBJECTS]) as [string, string];

function rightAt([first, second, third]: ToldPath): TreeRight {
  if (first === undefined) return { over: 'space' };
  if (first === TYPES_ID) return { over: 'type', type: second ?? '', isOwn: third === OWN_ID };
  return {
    ...{ over: 'object', object: first },
    ...(second === undefined ? {} : { field: second }),
    ...(third === undefined ? {} : { key: third }),
  };
}

function treeOp(op: ToldOp): TreeOp {
  const { at, creation, field, key, kind, leaf, object } = op;
  if (creation !== undefined) {
    const values = creation.values
      .filter(([{ data }, value]) => data.kind === 'tree' || value !== undefined)
      .map(([one, value]) => [registerOf(one), value] as const);
    const [, type = ''] = idsOf(typePath(creation.type));
    return { at, object, creation: { type, values: new Map(values) } };
  }
  const where = { ...(field !== undefined && { field }), ...(key !== undefined && { key }) };
  const write = writeOf(op);
  const isMove = leaf?.data.kind === 'tree';
  const amount = kind === 'increment' ? { amount: Number(op.value) } : {};
  return { at, object, ...where, ...amount, isMove, ...(write && isRegister(kind) && { write }) };
}

function isRegister(kind: ToldOp['kind']): boolean {
  return ['set', 'unset', 'retract', 'delete', 'restore', 'undelete'].includes(kind);
}

function writeOf({ covers, entry, kind, leaf, value }: ToldOp): TreeOp['write'] {
  const register = leaf === undefined ? 'deleted' : registerOf(leaf, entry);
  const isLife = kind === 'delete' || kind === 'restore';
  const next = isLife ? { value: kind === 'delete' } : { value };
  const isTaken = kind === 'retract' || kind === 'undelete';
  return { register, ...(isTaken ? {} : { next }), ...(covers && { covers }) };
}

/** Name of a register in its object. */
export function registerOf({ data, name }: NonNullable<ToldOp['leaf']>, entry?: string): string {
  if (data.kind === 'tree') return `${PLACE}${name}`;
  return entry === undefined ? name : `${name}/${entry}`;
}
