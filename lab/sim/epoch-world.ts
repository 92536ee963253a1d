/**
 * Random worlds of epochs: admins and writers of one space edit everything there is, exchange now and then,
 * propose, vote, drop their history, go away and come back, also to peers that have nothing but a snapshot
 * left. A witness keeps the whole history; all come to its state.
 */
import { Space } from '../../packages/echo/src/space/space.ts';
import { fetchKept } from '../../packages/echo/src/space/testing/fetch-kept.ts';
import { Person, exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../packages/echo/src/testing/random-kinds.ts';
import { SimFailure } from './sim-failure.ts';

/** What a world came to. */
export interface EpochWorldResult {
  readonly epochs: number;
  readonly dropped: number;
  readonly takenOver: number;
  readonly edits: number;
}

interface Member {
  readonly person: Person;
  space: Space;
}

/** One world. */
export class EpochWorld {
  readonly #random: (below: number) => number;
  readonly #members: Member[] = [];
  readonly #witness: Member;
  #dropped = 0;
  #takenOver = 0;
  #edits = 0;

  private constructor(seed: number, founder: Member, others: readonly Member[], witness: Member) {
    this.#random = randomFrom(seed);
    this.#members.push(founder, ...others);
    this.#witness = witness;
  }

  /** Plays a world. @throws SimFailure when two replicas differ, or something stays unused. */
  static async play(seed: number, steps: number): Promise<EpochWorldResult> {
    const random = randomFrom(seed + 1_000_000);
    const ada = await Person.make('Ada', seed * 8);
    const space = await ada.found();
    registerKinds(space.database);
    const others: Member[] = [];
    const count = 2 + random(2);
    for (let at = 1; at <= count; at++) {
      const person = await Person.make(`Member ${at}`, seed * 8 + at);
      const role = at === count ? 'writer' : 'admin';
      const joined = await person.join(space, ada.deviceSigner, role);
      registerKinds(joined.database);
      await joined.introduce();
      await exchange(joined, space);
      others.push({ person, space: joined });
    }
    const person = await Person.make('Witness', seed * 8 + 7);
    const witness = { person, space: await person.join(space, ada.deviceSigner, 'reader') };
    const world = new EpochWorld(seed, { person: ada, space }, others, witness);
    for (let step = 0; step < steps; step++) await world.#step();
    await world.#settle();
    return {
      epochs: space.epochs.book.current?.number ?? world.#epochs,
      dropped: world.#dropped,
      takenOver: world.#takenOver,
      edits: world.#edits,
    };
  }

  get #epochs(): number {
    return Math.max(...this.#members.map(({ space }) => space.epochs.book.current?.number ?? 0));
  }

  async #step(): Promise<void> {
    const member = this.#pick();
    const dice = this.#random(20);
    if (dice < 9) await this.#edit(member);
    else if (dice < 14) await this.#meet(member, this.#pick());
    else if (dice < 16) await member.space.epochs.propose();
    else if (dice < 17) await member.space.epochs.hurry();
    else if (dice < 19) await this.#drop(member);
    else await this.#reopen(member);
  }

  async #edit({ space }: Member): Promise<void> {
    for (let edit = 0; edit <= this.#random(4); edit++) {
      if (this.#random(2) === 0) randomEdit(space.database, this.#random);
      else randomKindsEdit(space.database, this.#random);
      space.database.commit();
      this.#edits++;
    }
    await space.flush();
  }

  /** Both exchange; who gets what builds on nothing that is here takes over the other's epoch. */
  async #meet(a: Member, b: Member): Promise<void> {
    if (a === b) return;
    // The witness hears of everything before anybody can drop it.
    await this.#tellWitness(a);
    await this.#tellWitness(b);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      if (await this.#lacks(to, from)) await this.#takeOver(to, from);
    }
    await exchange(a.space, b.space);
    await a.space.epochs.settled();
    await b.space.epochs.settled();
  }

  /** The witness only listens: else it would give everybody the history that the others have dropped. */
  async #tellWitness({ space }: Member): Promise<void> {
    const { replica } = this.#witness.space;
    await space.flush();
    for await (const run of space.replica.missingFor(replica.tips())) {
      await replica.receive(run, 'peer');
    }
    await this.#witness.space.settled();
  }

  /** True if `from` has dropped something that `to` has not had. */
  async #lacks(to: Member, from: Member): Promise<boolean> {
    const offer = await from.space.epochs.archive.source();
    return offer !== undefined && to.space.index.branches.blockOf(offer.terms.anchor) === undefined;
  }

  async #takeOver(to: Member, from: Member): Promise<void> {
    const { id, keys } = to.space;
    const { ring } = keys;
    await to.space[Symbol.asyncDispose]();
    await fetchKept(from.space, to.person);
    await this.#open(to, { id, ring });
    this.#takenOver++;
  }

  async #drop(member: Member): Promise<void> {
    await this.#tellWitness(member);
    this.#dropped += await member.space.epochs.dropHistory(0);
  }

  async #reopen(member: Member): Promise<void> {
    const { id, keys } = member.space;
    await member.space[Symbol.asyncDispose]();
    await this.#open(member, { id, ring: keys.ring });
  }

  async #open(
    member: Member,
    of: { readonly id: Space['id']; readonly ring: Space['keys']['ring'] },
  ): Promise<void> {
    const writer = member.person.writer();
    const options = { space: of.id, ring: of.ring, writer };
    member.space = await Space.open(member.person.ports, options);
    registerKinds(member.space.database);
  }

  async #settle(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      for (const a of this.#members) for (const b of this.#members) await this.#meet(a, b);
    }
    const expected = rootOf(this.#witness.space);
    const chain = this.#witness.space.epochs.book.current?.id;
    for (const { person, space } of [...this.#members, this.#witness]) {
      if (rootOf(space) !== expected) throw new SimFailure(`${person.name} has another root`);
      if (space.epochs.book.current?.id !== chain) {
        throw new SimFailure(`${person.name} stands by another epoch`);
      }
      if (space.parked.blocks > 0) throw new SimFailure(`${person.name} could not use blocks`);
      if (space.epochs.status().refused > 0) throw new SimFailure(`${person.name} refused`);
    }
  }

  #pick(): Member {
    return this.#members[this.#random(this.#members.length)] as Member;
  }
}
