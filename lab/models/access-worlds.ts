/**
 * Random spaces in which some keep the rules and some do not: backdate, fork, cite what they do not hold, give
 * more than they have, remove who is above them, write through feeds that nobody knows. What must hold all the
 * same is worked out in another way than the evaluation does.
 */
import { SimRng } from '@atoll/testkit';
import { decide, type SpaceBlocks } from './access.ts';
import { Scene, type Write } from './access-scene.ts';
import { ZONES, isFromThere } from './access-zones.ts';
import {
  LEVELS,
  ROOT_CREDENTIAL,
  SOUND_ACCESS,
  type AccessRules,
  type Block,
  type Grant,
  type Path,
  type Statement,
} from './access-types.ts';

/** Keep the rules; the first has founded the space, the next two were let in first. */
const HONEST = ['ann', 'bob', 'cid'] as const;
/** Keep none. */
const CROOKED = ['eve', 'mal'] as const;
const PEOPLE: readonly string[] = [...HONEST, ...CROOKED];
const PATHS: readonly Path[] = [[], ['a'], ['a', 'b'], ['ab'], ['group', 'crew']];
/** Closed zones of one world. */
const ZONES_MAX = 3;
/** How far a revocation goes. */
const REACHES = [{}, {}, { keepsZones: true }, { purge: true }] as const;
const SUBJECTS: readonly string[] = [...PEOPLE, 'crew', 'anyone'];

function isHonest(who: string): boolean {
  return (HONEST as readonly string[]).includes(who);
}

/** What a world came to: what is broken, and how much was in it. */
export interface World {
  readonly broken: readonly string[];
  readonly blocks: number;
  readonly counted: number;
}

/** Plays one world of about `steps` blocks and checks it. */
export function playAccess(seed: number, steps: number, rules: AccessRules = SOUND_ACCESS): World {
  const world = new RandomSpace(seed);
  world.play(steps);
  const { scene } = world;
  const access = decide(scene, rules);
  const broken = [
    ...differsWhenShuffled(scene, rules, world.rng),
    ...countsWithoutGrant(scene, access.writes),
    ...countsAfterRemoval(scene, access.writes),
    ...honestOnesLose(scene, access.writes),
    ...seenOnesLose(scene, access.writes, rules),
  ];
  return { broken, blocks: scene.blocks.length, counted: access.writes.length };
}

/** A space of about `steps` blocks. */
export function randomSpace(seed: number, steps: number, lies = 1): Scene {
  const world = new RandomSpace(seed, lies);
  world.play(steps);
  return world.scene;
}

class RandomSpace {
  readonly rng: SimRng;
  readonly scene = new Scene('ann');
  readonly #grants: string[] = [ROOT_CREDENTIAL];
  readonly #revocations: string[] = [];
  /** How often a lie is told of those that could be. Below 1, nobody keeps the rules of the honest. */
  readonly #lies: number;
  /** In some worlds the root is handed over, which leaves less to be said of the others. */
  readonly #handsOver: boolean;
  /** In some there are closed zones. */
  readonly #hasZones: boolean;
  readonly #paths: Path[] = [...PATHS];

  constructor(seed: number, lies = 1) {
    this.rng = new SimRng(seed);
    this.#lies = lies;
    this.#handsOver = seed % 4 === 0;
    this.#hasZones = seed % 5 === 2;
    for (const to of ['bob', 'cid', 'eve', 'mal']) {
      this.#grants.push(
        this.scene.grant('ann', { to, path: [], level: 'control', by: [ROOT_CREDENTIAL] }),
      );
    }
    this.scene.meet(...PEOPLE);
  }

  play(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const who = this.#pick(PEOPLE);
      if (this.rng.int(4) === 0) {
        this.scene.tell(this.#pick(PEOPLE), who);
        continue;
      }
      if (this.#hasZones && this.rng.int(12) === 0) this.#beginZone(who);
      else if (this.#lies === 1 && isHonest(who)) this.#honest(who);
      else this.#crooked(who);
      if (this.rng.int(60) === 0) this.#seal();
    }
  }

  /** Writes by the right that Ann has given, lets in and removes who is not honest. */
  #honest(who: string): void {
    const own = this.#ownOf(who);
    const turn = this.rng.int(12);
    if (who === 'ann' && this.#handsOver && this.rng.int(25) === 0)
      return this.#handOver(who, [own]);
    if (turn === 0 && who !== 'ann') return this.#grant(who, [own], {});
    if (turn === 1) {
      const subject = this.#pick(CROOKED);
      const seen = [...this.scene.seenBy(who)];
      const cut = seen.filter((no) => this.scene.blocks[no]?.author === subject);
      this.#revocations.push(this.scene.revoke(who, { subject, by: [own], cut }));
      return;
    }
    this.scene.write(who, own, this.#pick(PATHS));
  }

  /** Now and then the one of somebody else, or by a right that does not allow it. */
  #beginZone(who: string): void {
    const isHis = isHonest(who) || this.rng.chance(0.8);
    const name = isHis ? `z${String(this.#paths.length)}` : this.#pick(['z5', 'z6']);
    const path = [ZONES, name];
    if (this.#paths.length < PATHS.length + ZONES_MAX) this.#paths.push(path);
    const to = isHis ? who : this.#pick(SUBJECTS);
    const by = isHonest(who) ? [this.#ownOf(who)] : this.#rightOf(who);
    this.#grants.push(this.scene.grant(who, { to, path, level: 'own', by, zone: true }));
  }

  #crooked(who: string): void {
    const options = this.rng.chance(this.#lies) ? this.#place(who) : {};
    const by = this.#rightOf(who);
    if (this.#handsOver && this.rng.int(20) === 0) return this.#handOver(who, by, options);
    switch (this.rng.int(6)) {
      case 0:
        return this.#grant(who, by, options);
      case 1:
        return this.#revoke(who, by, options);
      case 2: {
        const isBack = this.rng.chance(this.#lies === 1 ? 0.95 : 0.5);
        const kind = isBack ? 'withdrawal' : 'countersignature';
        const of = this.#revocations.length === 0 ? '' : this.#pick(this.#revocations);
        return void this.scene.block(who, { ...options, statements: [{ kind, of, by }] });
      }
      default:
        return void this.scene.write(who, by[0] ?? '', this.#pick(this.#paths), options);
    }
  }

  #revoke(who: string, by: readonly string[], options: Write): void {
    const revocation = {
      subject: this.#pick(SUBJECTS),
      path: this.#pick(this.#paths),
      by,
      cut: this.#some(),
      ...REACHES[this.rng.int(REACHES.length)],
    };
    if (this.rng.int(4) > 0) {
      this.#revocations.push(this.scene.revoke(who, revocation, options));
      return;
    }
    // Gives less in one block, or takes at once what it gives.
    const [id, less] = [this.scene.id(), this.scene.id()];
    const grant = { to: revocation.subject, path: revocation.path, level: this.#pick(LEVELS), by };
    const statements: Statement[] = [
      { ...revocation, kind: 'revocation', id },
      { ...grant, kind: 'grant', id: less },
    ];
    if (this.rng.int(3) === 0) statements.reverse();
    this.scene.block(who, { ...options, statements });
    this.#grants.push(less);
    this.#revocations.push(id);
  }

  /** One that he holds, mostly; now and then through the crew. */
  #rightOf(who: string): readonly string[] {
    const right = this.#mostlyOf(this.#heldBy(who));
    const ofCrew = this.#given(({ to }) => to === 'crew');
    const joined = this.#given(({ path, to }) => to === who && path[0] === 'group');
    if (ofCrew.length === 0 || joined.length === 0 || this.rng.chance(0.6)) return [right];
    return [this.#pick(ofCrew), this.#pick(joined)];
  }

  #grant(who: string, by: readonly string[], options: Write): void {
    const isFair = this.#lies === 1 && isHonest(who);
    const premise = {
      subject: this.#pick(PEOPLE),
      path: this.#pick(PATHS),
      level: this.#pick(LEVELS),
    };
    const grant: Omit<Grant, 'kind' | 'id'> = {
      to: this.#pick(isFair ? [...CROOKED, 'crew'] : SUBJECTS),
      path: this.#pick(isFair ? PATHS : this.#paths),
      level: isFair ? this.#pick(['read', 'write']) : this.#pick(LEVELS),
      by,
      ...(this.rng.int(4) === 0 ? { premise } : {}),
      ...(this.rng.int(6) === 0 ? { until: 1 + this.rng.int(3) } : {}),
    };
    this.#grants.push(this.scene.grant(who, grant, options));
  }

  /** Hands the root over, or tries to. */
  #handOver(who: string, by: readonly string[], options: Write = {}): void {
    const id = this.scene.id();
    const to = this.#pick(this.#lies === 1 && isHonest(who) ? ['bob', 'cid'] : SUBJECTS);
    const whole = { path: [], level: 'own', by } as const;
    this.scene.block(who, {
      ...options,
      statements: [{ kind: 'grant', id, to, handover: true, ...whole }],
    });
    this.#grants.push(id);
  }

  /** Where a block of somebody crooked pretends to stand. */
  #place(who: string): Write {
    const options: { feed?: string; from?: number | 'nothing'; knows?: readonly number[] } = {};
    if (this.rng.int(4) === 0) options.feed = this.#pick(['b', 'c']);
    if (this.rng.int(3) === 0) options.knows = this.#some();
    const own = this.scene.blocks.filter(({ author }) => author === who);
    const at = own.length === 0 ? undefined : own[this.rng.int(own.length)];
    if (at !== undefined && this.rng.int(4) === 0) {
      options.from = at.no;
      options.feed = at.feed.split('/')[1] ?? 'a';
    }
    return options;
  }

  /** One of these, or now and then any there is. */
  #mostlyOf(held: readonly string[]): string {
    return held.length === 0 || this.rng.chance(0.2) ? this.#pick(this.#grants) : this.#pick(held);
  }

  #heldBy(who: string): readonly string[] {
    const given = this.#given(({ to }) => to === who || to === 'crew');
    return who === this.scene.founder ? [ROOT_CREDENTIAL, ...given] : given;
  }

  #given(is: (grant: Grant) => boolean): readonly string[] {
    return this.scene.blocks.flatMap(({ statements }) =>
      statements.flatMap((one) => (one.kind === 'grant' && is(one) ? [one.id] : [])),
    );
  }

  #ownOf(who: string): string {
    return { ann: ROOT_CREDENTIAL, bob: this.#grants[1], cid: this.#grants[2] }[who] ?? '';
  }

  /** An epoch under a block that knows of the one before. */
  #seal(): void {
    const { blocks, epochs } = this.scene;
    const before = epochs.at(-1)?.anchor;
    if (before !== undefined) this.scene.seenBy('ann').add(before);
    const { no } = this.scene.block('ann', { knows: [...this.scene.seenBy('ann')] });
    if (blocks.length > 0) epochs.push({ number: epochs.length + 1, anchor: no });
  }

  #some(): number[] {
    const all = this.scene.blocks.length;
    return Array.from({ length: this.rng.int(4) }, () => this.rng.int(all));
  }

  #pick<T>(of: readonly T[]): T {
    return of[this.rng.int(of.length)] as T;
  }
}

/** The same blocks under other numbers and in another order. */
function differsWhenShuffled(scene: Scene, rules: AccessRules, rng: SimRng): string[] {
  const order = scene.blocks.map(({ no }) => no);
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.int(at + 1);
    const one = order[at] as number;
    order[at] = order[other] as number;
    order[other] = one;
  }
  const now = new Map(order.map((no, at) => [no, at]));
  const name = (no: number): number => now.get(no) ?? no;
  const blocks = order.map((no) => {
    const block = scene.blocks[no] as Block;
    const statements = block.statements.map((statement) =>
      statement.kind === 'revocation' ? { ...statement, cut: statement.cut.map(name) } : statement,
    );
    const prev = block.prev === undefined ? {} : { prev: name(block.prev) };
    return { ...block, ...prev, no: name(no), deps: block.deps.map(name), statements };
  });
  const epochs = scene.epochs.map((epoch) => ({ ...epoch, anchor: name(epoch.anchor) }));
  const here = decide(scene, rules);
  const there = decide({ founder: scene.founder, blocks, epochs }, rules);
  const writes = [...here.writes.map(name)].sort((a, b) => a - b);
  const isSame =
    JSON.stringify([here.statements, writes, here.readers]) ===
    JSON.stringify([there.statements, there.writes, there.readers]);
  return isSame ? [] : ['another order, another decision'];
}

/** All that the grants could ever give, if nothing were ever revoked and everybody knew everything. */
export function countsWithoutGrant(
  { blocks, founder }: SpaceBlocks,
  writes: readonly number[],
): string[] {
  const held = new Map<string, { readonly path: Path; readonly level: number }[]>();
  const give = (to: string, path: Path, level: number): boolean => {
    const own = held.get(to) ?? [];
    const covers = (one: { readonly path: Path }): boolean =>
      isBelow(path, one.path) && isFromThere(one.path, path, false);
    if (own.some((one) => one.level >= level && covers(one))) return false;
    held.set(to, [...own, { path, level }]);
    return true;
  };
  give(founder, [], LEVELS.indexOf('own'));
  const has = (who: string, path: Path, level: number): boolean =>
    [who, ...groupsOf(held, who)].some((one) =>
      (held.get(one) ?? []).some(
        (right) =>
          right.level >= level && isBelow(path, right.path) && isFromThere(right.path, path, false),
      ),
    );
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const { author, statements } of blocks) {
      for (const statement of statements) {
        if (statement.kind !== 'grant') continue;
        const level = LEVELS.indexOf(statement.level);
        if (statement.zone === true) {
          const isHis = statement.to === author && has(author, [], LEVELS.indexOf('write'));
          if (isHis && give(author, statement.path, level)) isNew = true;
          continue;
        }
        const isOwn = has(author, statement.path, LEVELS.indexOf('own'));
        if (!isOwn && !(level < 2 && has(author, statement.path, 2))) continue;
        if (give(statement.to, statement.path, level)) isNew = true;
      }
    }
  }
  return writes.flatMap((no) => {
    const { author, write } = blocks[no] as Block;
    const isHeld = write === undefined || has(author, write.path, LEVELS.indexOf('write'));
    return isHeld ? [] : [`a write counts that nobody has allowed: ${String(no)}`];
  });
}

function groupsOf(
  held: ReadonlyMap<string, readonly { readonly path: Path }[]>,
  who: string,
): readonly string[] {
  const groups = new Set<string>();
  for (let more = [who]; more.length > 0;) {
    more = more.flatMap((one) =>
      (held.get(one) ?? []).flatMap(({ path: [space, group] }) =>
        space === 'group' && group !== undefined && !groups.has(group) ? [group] : [],
      ),
    );
    for (const group of more) groups.add(group);
  }
  return [...groups];
}

/** The founder is above all: whom she removes writes only what she or an epoch had, or was given again. */
export function countsAfterRemoval(scene: SpaceBlocks, writes: readonly number[]): string[] {
  const { blocks, epochs } = scene;
  if (blocks.some(handsOver)) return [];
  const isAgain = (block: Block, removal: Block): boolean =>
    [...pastOf(scene, block), block.no].some((no) => {
      const one = blocks[no] as Block;
      const revoked = one.no === removal.no ? kinds(one).indexOf('revocation') : -1;
      const gives = kinds(one).lastIndexOf('grant') > revoked;
      return gives && (one.no === removal.no || pastOf(scene, one).has(removal.no));
    });
  return blocks.flatMap((removal) =>
    removal.statements.flatMap((statement) => {
      if (statement.kind !== 'revocation' || removal.author !== scene.founder) return [];
      // Out of a zone or a team he may write elsewhere.
      if (statement.path.length > 0) return [];
      const kept = [removal.no, ...statement.cut, ...epochs.map(({ anchor }) => anchor)];
      return writes.flatMap((no) => {
        const block = blocks[no] as Block;
        const isKept = kept.some((tip) => tip === no || pastOf(scene, blocks[tip]).has(no));
        if (block.author !== statement.subject || isKept || isAgain(block, removal)) return [];
        return [`a write counts after its author was removed: ${String(no)}`];
      });
    }),
  );
}

/** Bob and Cid were let in before anybody crooked: nobody can take away what they write. */
function honestOnesLose({ blocks }: Scene, writes: readonly number[]): string[] {
  if (blocks.some(handsOver)) return [];
  const isCounted = new Set(writes);
  return blocks.flatMap(({ author, no, write }) => {
    if (write === undefined || !isHonest(author) || isCounted.has(no)) return [];
    return [`a write of somebody honest does not count: ${String(no)}`];
  });
}

/** What counted when it was written, and all who took anything away afterwards had seen, counts for good. */
function seenOnesLose(scene: Scene, writes: readonly number[], rules: AccessRules): string[] {
  const { blocks, epochs, founder } = scene;
  const isPurged = blocks.some((one) => one.statements.some(isCountersignature));
  if (isPurged) return [];
  const isCounted = new Set(writes);
  const takers = blocks.filter(({ statements }) => statements.some(takesAway));
  return blocks.flatMap((block) => {
    const { no } = block;
    if (block.write === undefined || isCounted.has(no)) return [];
    const past = pastOf(scene, block);
    const later = [...takers.map((one) => one.no), ...epochs.map(({ anchor }) => anchor)];
    const isSeen = later.every((one) => past.has(one) || pastOf(scene, blocks[one]).has(no));
    if (!isSeen) return [];
    const then = blocks.filter((one) => one.no === no || past.has(one.no));
    const before = epochs.filter(({ anchor }) => past.has(anchor));
    const { writes: counted } = decide({ founder, blocks: then, epochs: before }, rules);
    return counted.includes(no) ? [`a write is taken away that was seen: ${String(no)}`] : [];
  });
}

/** The founder is above all until she gives the root away; that may be what an epoch settles. */
function handsOver({ author, statements }: Block): boolean {
  return author === 'ann' && statements.some((one) => 'handover' in one && one.handover === true);
}

function kinds({ statements }: Block): readonly Statement['kind'][] {
  return statements.map(({ kind }) => kind);
}

function takesAway({ kind }: Statement): boolean {
  return kind === 'revocation' || kind === 'withdrawal';
}

function isCountersignature({ kind }: Statement): boolean {
  return kind === 'countersignature';
}

const pasts = new WeakMap<Block, ReadonlySet<number>>();

function pastOf(scene: SpaceBlocks, block: Block | undefined): ReadonlySet<number> {
  if (block === undefined) return new Set();
  const known = pasts.get(block);
  if (known !== undefined) return known;
  const past = new Set<number>();
  for (const no of block.prev === undefined ? block.deps : [block.prev, ...block.deps]) {
    past.add(no);
    for (const earlier of pastOf(scene, scene.blocks[no])) past.add(earlier);
  }
  pasts.set(block, past);
  return past;
}

function isBelow(path: Path, above: Path): boolean {
  return above.every((id, at) => path[at] === id);
}
