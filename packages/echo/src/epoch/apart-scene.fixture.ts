/** Somebody who seals and drops, and a backup of a profile that has gone on after it. */
import type { Role } from '@atoll/halo';
import { expect } from 'vitest';
import type { Database } from '../database.ts';
import { Space, type SpacePorts } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';
import type { EpochOffer } from './epoch-wire.ts';

/** What happens in a scene, each step in as many blocks as it likes. */
export interface ApartStory {
  /** Types are registered. */
  readonly register: (db: Database) => void;
  /** What the profile may do, and what it is given beside; by default it may write everything. */
  readonly role?: Role;
  readonly rights?: (of: Pick<ApartScene, 'ada' | 'jun' | 'one'>) => Promise<void>;
  /** What both know and the backup has. */
  readonly before: (one: Space, original: Space) => Promise<void>;
  /** What the profile writes on after the backup; it goes under the epoch. */
  readonly wentOn: (space: Space) => Promise<void>;
  /** What the other one writes under the epoch. */
  readonly others?: (space: Space) => Promise<void>;
  /** What the other one writes behind it. */
  readonly tail: (space: Space) => Promise<void>;
}

/** Ada, who seals and drops, and a backup of Jun, who has gone on after it. */
export class ApartScene {
  readonly ada: Person;
  readonly jun: Person;
  readonly one: Space;
  two: Space;
  ports: SpacePorts;
  readonly #story: ApartStory;

  private constructor(
    of: Pick<ApartScene, 'ada' | 'jun' | 'one' | 'two' | 'ports'>,
    story: ApartStory,
  ) {
    this.ada = of.ada;
    this.jun = of.jun;
    this.one = of.one;
    this.two = of.two;
    this.ports = of.ports;
    this.#story = story;
  }

  static async make(seed: number, story: ApartStory): Promise<ApartScene> {
    const ada = await Person.make('Ada', seed);
    const jun = await Person.make('Jun', seed + 1);
    const one = await ada.found();
    story.register(one.database);
    const original = await jun.join(one, ada.deviceSigner, story.role ?? 'writer');
    story.register(original.database);
    await story.rights?.({ ada, jun, one });
    await exchange(one, original);
    await story.before(one, original);
    await exchange(one, original);
    // What nobody has named since is known to others only by what the profile notes.
    await original.exchange.noteShared();
    const ports = await restored(jun.ports, one.id);
    await story.wentOn(original);
    await exchange(one, original);
    await original[Symbol.asyncDispose]();
    await story.others?.(one);
    await one.flush();
    await one.epochs.propose();
    expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
    await story.tail(one);
    await one.flush();
    const two = await openFor({ ports, one, jun }, story);
    return new ApartScene({ ada, jun, one, two, ports }, story);
  }

  /** Closes the profile's space and opens it again. */
  async reopen(how: { readonly mayContinue?: boolean } = {}): Promise<void> {
    await this.two[Symbol.asyncDispose]();
    this.two = await openFor(this, this.#story, how);
  }

  /** Opens it after an end without a word. */
  async start(how: { readonly mayContinue?: boolean } = {}): Promise<void> {
    this.two = await openFor(this, this.#story, how);
  }

  async fetch(): Promise<EpochOffer> {
    const answer = await this.one.exchange.answer(this.two.exchange.offerQuestion);
    const offer = answer === undefined ? undefined : this.two.exchange.readOffer(answer);
    if (offer === undefined) throw new RangeError('an epoch is kept');
    await this.two.exchange.fetch(offer, async (question) => {
      const part = await this.one.exchange.answer(question);
      if (part === undefined) throw new RangeError('no answer');
      return part;
    });
    return offer;
  }

  /** Closes, takes over, and opens again. */
  async takeOver(offer: EpochOffer): Promise<void> {
    const { exchange: taken } = this.two;
    await this.two[Symbol.asyncDispose]();
    try {
      await taken.adopt(offer);
    } finally {
      this.two = await openFor(this, this.#story);
    }
  }

  /** The tail comes, and the trial ends well. */
  async confirm(): Promise<void> {
    await exchange(this.one, this.two);
    await exchange(this.one, this.two);
    expect(await this.two.exchange.trial()).toBe('sealed');
    await this.two.exchange.confirm();
  }

  /** Both have everything, and the same. */
  async settle(): Promise<void> {
    await exchange(this.one, this.two);
    await exchange(this.one, this.two);
    expect(rootOf(this.two)).toBe(rootOf(this.one));
  }
}

/** The profile's space, opened. */
async function openFor(
  { jun, one, ports }: Pick<ApartScene, 'jun' | 'one' | 'ports'>,
  story: ApartStory,
  how: { readonly mayContinue?: boolean } = {},
): Promise<Space> {
  const { ring } = one.keys;
  const space = await Space.open(ports, { space: one.id, ring, writer: jun.writer(how) });
  story.register(space.database);
  return space;
}
