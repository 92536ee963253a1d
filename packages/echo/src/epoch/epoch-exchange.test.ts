/** A member's epoch taken over through questions and answers: on trial, over crashes, from liars. */
import { epochIdOf, type KeyRing } from '@atoll/halo';
import { StoreError } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { Space, type SpacePorts } from '../space/space.ts';
import { DyingStore } from '../space/testing/dying-store.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';
import type { EpochExchange } from './epoch-exchange.ts';
import { AnswerSeal, decodeQuestion, encodeQuestion, type EpochOffer } from './epoch-wire.ts';

const Many = defineType('test.Many', { title: s.string() });

async function edit(space: Space, seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  registerKinds(space.database);
  for (let at = 0; at < count; at++) {
    if (at % 2 === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
    await space.flush();
  }
}

/** Ada has dropped what is under the first epoch; Jun was there before it and has written meanwhile. */
class Scene {
  readonly one: Space;
  readonly jun: Person;
  readonly ring: KeyRing;
  ports: SpacePorts;
  two: Space;

  private constructor(one: Space, jun: Person, two: Space) {
    this.one = one;
    this.jun = jun;
    this.two = two;
    this.ring = two.keys.ring;
    this.ports = jun.ports;
  }

  static async make(seed: number): Promise<Scene> {
    const ada = await Person.make('Ada', seed * 10);
    const jun = await Person.make('Jun', seed * 10 + 1);
    const one = await ada.found();
    await edit(one, seed, 20);
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    await edit(two, seed + 100, 6);
    await exchange(one, two);
    await edit(two, seed + 200, 12);
    await edit(one, seed + 300, 20);
    await one.epochs.propose();
    await one.epochs.dropHistory(0);
    await edit(one, seed + 400, 4);
    return new Scene(one, jun, two);
  }

  /** Somebody who belongs here and has nothing yet. */
  async newcomer(): Promise<void> {
    await this.close();
    const store = new MemoryStore(new MemoryDisk(new SimRng(7)));
    this.ports = { ...this.jun.ports, store };
    await this.open();
  }

  async close(): Promise<EpochExchange> {
    const { exchange: taken } = this.two;
    await this.two[Symbol.asyncDispose]();
    return taken;
  }

  async open(ports: SpacePorts = this.ports): Promise<Space> {
    const writer = this.jun.writer({ mayContinue: ports.store === this.jun.ports.store });
    this.two = await Space.open(ports, { space: this.one.id, ring: this.ring, writer });
    return this.two;
  }

  async offer(): Promise<EpochOffer> {
    const answer = await this.one.exchange.answer(this.two.exchange.offerQuestion);
    const offer = answer === undefined ? undefined : this.two.exchange.readOffer(answer);
    if (offer === undefined) throw new RangeError('an epoch is kept');
    return offer;
  }

  readonly ask = async (question: Uint8Array): Promise<Uint8Array> => {
    const answer = await this.one.exchange.answer(question);
    if (answer === undefined) throw new RangeError('no answer');
    return answer;
  };

  /** Fetches, adopts and opens again. */
  async takeOver(): Promise<EpochOffer> {
    const offer = await this.offer();
    await this.two.exchange.fetch(offer, this.ask);
    const taken = await this.close();
    await taken.adopt(offer);
    await this.open();
    return offer;
  }

  /** Fetches the same state under terms that nobody has sealed, from a member who lies. */
  async fetchForged(offer: EpochOffer): Promise<EpochOffer> {
    const forged = { ...offer, terms: { ...offer.terms, number: 7 } };
    const seal = sealOf(this, offer);
    await this.two.exchange.fetch(forged, async (question) => {
      const asked = decodeQuestion(question);
      if (asked.ask !== 'part') throw new RangeError('only parts are asked');
      const honest = encodeQuestion({ ...asked, epoch: epochIdOf(offer.terms) });
      const part = seal.openPart(honest, await this.ask(honest));
      return seal.sealPart(question, part, this.ports.rng);
    });
    return forged;
  }

  blocks(): Promise<number> {
    return this.ports.store.read(this.one.id, 0, 100_000).then(({ length }) => length);
  }
}

describe('an epoch that was taken over', () => {
  test('is on trial until the votes have come; then what it stands for is let go', async () => {
    const scene = await Scene.make(1);
    const before = await scene.blocks();
    await scene.takeOver();
    expect(await scene.two.exchange.trial()).toBe('open');
    expect(await scene.blocks()).toBe(before);
    await exchange(scene.one, scene.two);
    await exchange(scene.one, scene.two);
    expect(await scene.two.exchange.trial()).toBe('sealed');
    expect(await scene.two.exchange.answer(scene.one.exchange.offerQuestion)).toBeUndefined();
    const onTrial = await scene.blocks();
    await scene.two.exchange.confirm();
    expect(await scene.two.exchange.trial()).toBe('none');
    expect(await scene.blocks()).toBeLessThan(onTrial);
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
    // From here on it is given to others.
    expect(await scene.two.exchange.answer(scene.one.exchange.offerQuestion)).toBeDefined();
    await scene.close();
    await scene.open();
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
  });

  test('is all that somebody new needs, with the tail', async () => {
    const scene = await Scene.make(2);
    await scene.newcomer();
    await scene.takeOver();
    expect(await scene.two.exchange.answer(scene.one.exchange.offerQuestion)).toBeUndefined();
    await exchange(scene.one, scene.two);
    expect(await scene.two.exchange.trial()).toBe('sealed');
    await scene.two.exchange.confirm();
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
    await edit(scene.two, 5, 6);
    await exchange(scene.one, scene.two);
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
  });

  test('is given up without a trace when nobody has sealed it', async () => {
    const scene = await Scene.make(3);
    // A member alone: its epoch is proposed and never acknowledged by those who vote.
    const root = rootOf(scene.two);
    const before = await scene.blocks();
    const offer = await scene.offer();
    const forged = await scene.fetchForged(offer);
    const taken = await scene.close();
    await taken.adopt(forged);
    await scene.open();
    await exchange(scene.one, scene.two);
    await exchange(scene.one, scene.two);
    expect(await scene.two.exchange.trial()).toBe('open');
    const back = await scene.close();
    await back.revert();
    await scene.open();
    expect(await scene.blocks()).toBeGreaterThanOrEqual(before);
    expect(rootOf(scene.two)).toBe(root);
    // And the true one can be taken over afterwards.
    await scene.takeOver();
    await exchange(scene.one, scene.two);
    await exchange(scene.one, scene.two);
    expect(await scene.two.exchange.trial()).toBe('sealed');
    await scene.two.exchange.confirm();
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
  });

  test('is given up for the one that was kept before, which alone has what was dropped', async () => {
    const scene = await Scene.make(8);
    await scene.takeOver();
    await exchange(scene.one, scene.two);
    await exchange(scene.one, scene.two);
    await scene.two.exchange.confirm();
    const root = rootOf(scene.two);
    const forged = await scene.fetchForged(await scene.offer());
    const taken = await scene.close();
    await taken.adopt(forged);
    await scene.open();
    expect(await scene.two.exchange.trial()).toBe('open');
    const back = await scene.close();
    await back.revert();
    await scene.open();
    expect(await scene.two.exchange.trial()).toBe('none');
    expect(rootOf(scene.two)).toBe(root);
    expect(root).toBe(rootOf(scene.one));
  });

  test('a crash after any commit leaves the state before or after, and nothing written here is lost', async () => {
    for (let commits = 0, isDone = false; !isDone; commits++) {
      const scene = await Scene.make(4);
      const store = new DyingStore(scene.jun.ports.store, commits);
      const offer = await scene.offer();
      await scene.two.exchange.fetch(offer, scene.ask);
      await scene.close();
      await scene.open({ ...scene.ports, store });
      const taken = await scene.close();
      store.isCounting = true;
      try {
        await taken.adopt(offer);
        store.isCounting = false;
        await scene.open({ ...scene.ports, store });
        await exchange(scene.one, scene.two);
        await exchange(scene.one, scene.two);
        store.isCounting = true;
        await scene.two.exchange.confirm();
        isDone = true;
      } catch (failure) {
        expect(failure).toBeInstanceOf(StoreError);
      }
      // The machine starts again, with what is on its disk.
      await scene.open();
      if ((await scene.two.exchange.trial()) === 'none' && !isDone) await scene.takeOver();
      await exchange(scene.one, scene.two);
      await exchange(scene.one, scene.two);
      if ((await scene.two.exchange.trial()) === 'sealed') await scene.two.exchange.confirm();
      expect(await scene.two.exchange.trial()).toBe('none');
      expect(rootOf(scene.two)).toBe(rootOf(scene.one));
      expect(commits).toBeLessThan(40);
    }
  });
});

describe('a fetch that was cut', () => {
  /** Cuts after so many answers, and starts the program again; then fetches the rest. */
  async function cutAndResumed(
    seed: number,
    answers: number,
    between: (scene: Scene) => Promise<void> = () => Promise.resolve(),
  ): Promise<{ readonly scene: Scene; readonly first: number; readonly then: number }> {
    const scene = await Scene.make(seed);
    await scene.newcomer();
    for (let at = 0; at < 1500; at++) scene.one.database.add(Many, { title: `thing ${at}` });
    await scene.one.flush();
    await scene.one.epochs.propose();
    await scene.one.epochs.dropHistory(0);
    const offer = await scene.offer();
    let asked = 0;
    const cut = async (question: Uint8Array): Promise<Uint8Array> => {
      if (asked++ >= answers) throw new RangeError('the line is cut');
      return scene.ask(question);
    };
    await expect(scene.two.exchange.fetch(offer, cut, { atOnce: 1 })).rejects.toThrow('cut');
    const first = asked - 1;
    await scene.close();
    await between(scene);
    await scene.open();
    const { chunks } = await scene.two.exchange.fetch(offer, scene.ask, { atOnce: 1 });
    const taken = await scene.close();
    await taken.adopt(offer);
    await scene.open();
    await exchange(scene.one, scene.two);
    await scene.two.exchange.confirm();
    expect(rootOf(scene.two)).toBe(rootOf(scene.one));
    expect(await scene.ports.store.names('fetch-')).toEqual([]);
    return { scene, first, then: chunks };
  }

  test('goes on after a restart where it was', async () => {
    const whole = (await cutAndResumed(11, 0)).then;
    expect(whole).toBeGreaterThan(15);
    for (const answers of [1, 12]) {
      const { then } = await cutAndResumed(11, answers);
      // The order is proved as a whole.
      expect(then).toBe(answers < 4 ? whole : whole - answers);
    }
  }, 60_000);

  test('begins anew where what has come is damaged', async () => {
    const whole = (await cutAndResumed(11, 0)).then;
    const { then } = await cutAndResumed(11, 12, async ({ ports }) => {
      const values = new Map<string, Uint8Array>();
      for (const name of await ports.store.names('fetch-')) values.set(name, new Uint8Array(90));
      expect(values.size).toBeGreaterThan(8);
      await ports.store.commit({ values });
    });
    expect(then).toBe(whole);
  }, 60_000);
});

describe('answers', () => {
  test('of somebody without the keys of the zone are refused', async () => {
    const scene = await Scene.make(5);
    const offer = await scene.offer();
    const other = new AnswerSeal({ history: new Uint8Array(32).fill(9), space: scene.one.id });
    const answer = other.sealOffer(offer, scene.ports.rng);
    expect(() => scene.two.exchange.readOffer(answer)).toThrow('sealed by a member');
    const asked = async (question: Uint8Array): Promise<Uint8Array> =>
      other.sealPart(question, { total: 3, bytes: new Uint8Array(3) }, scene.ports.rng);
    await expect(scene.two.exchange.fetch(offer, asked)).rejects.toMatchObject({
      code: 'SNAPSHOT_REFUSED',
    });
    expect(scene.two.exchange.readOffer(new Uint8Array(32))).toBeUndefined();
    expect(scene.two.exchange.readOffer(new Uint8Array(80).fill(1))).toBeUndefined();
  });

  test('to another question do not open', async () => {
    const scene = await Scene.make(5);
    const offer = await scene.offer();
    let first: Uint8Array | undefined;
    const asked = async (question: Uint8Array): Promise<Uint8Array> =>
      (first ??= await scene.ask(question));
    await expect(scene.two.exchange.fetch(offer, asked)).rejects.toThrow('for its question');
  });

  test.each([
    ['that begin and never end', (part: Uint8Array) => ({ total: part.length + 1, bytes: part })],
    ['that are empty and claim much', () => ({ total: 1000, bytes: new Uint8Array(0) })],
    ['that are longer than they say', (part: Uint8Array) => ({ total: 1, bytes: part })],
    ['that are cut', (part: Uint8Array) => cut(part.subarray(0, part.length >> 1))],
    ['that are empty', () => cut(new Uint8Array(0))],
    ['with more behind them', (part: Uint8Array) => cut(Uint8Array.of(...part, 0))],
  ])('%s end the fetch, and change nothing', async (_what, lie) => {
    const scene = await Scene.make(6);
    const offer = await scene.offer();
    const seal = sealOf(scene, offer);
    const root = rootOf(scene.two);
    let asked = 0;
    const ask = async (question: Uint8Array): Promise<Uint8Array> => {
      if (++asked > 50) throw new RangeError('asked for ever');
      const { bytes } = seal.openPart(question, await scene.ask(question));
      return seal.sealPart(question, lie(bytes), scene.ports.rng);
    };
    await expect(scene.two.exchange.fetch(offer, ask)).rejects.toMatchObject({
      code: 'SNAPSHOT_REFUSED',
    });
    await scene.close();
    await scene.open();
    expect(rootOf(scene.two)).toBe(root);
    expect(await scene.two.exchange.trial()).toBe('none');
  });

  test('with bytes changed at random are refused or are the same state', async () => {
    const scene = await Scene.make(7);
    const offer = await scene.offer();
    const seal = sealOf(scene, offer);
    const random = randomFrom(7);
    for (let run = 0; run < 60; run++) {
      let at = 1 + random(8);
      const ask = async (question: Uint8Array): Promise<Uint8Array> => {
        const honest = seal.openPart(question, await scene.ask(question));
        if (--at !== 0) return seal.sealPart(question, honest, scene.ports.rng);
        const bytes = honest.bytes.slice();
        for (let times = 0; times <= random(4); times++) bytes[random(bytes.length)] = random(256);
        return seal.sealPart(question, { ...honest, bytes }, scene.ports.rng);
      };
      await scene.two.exchange.fetch(offer, ask).catch((failure: unknown) => {
        expect(failure).toMatchObject({ code: 'SNAPSHOT_REFUSED' });
      });
    }
  });
});

test('a stale member fetches what differs, and not what it has', async () => {
  const Thing = defineType('test.Thing', { title: s.string() });
  const ada = await Person.make('Ada', 80);
  const jun = await Person.make('Jun', 81);
  const one = await ada.found();
  for (let at = 0; at < 10_000; at++) one.database.add(Thing, { title: `thing ${at}` });
  await one.flush();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  await exchange(one, two);
  for (let at = 0; at < 20; at++) one.database.add(Thing, { title: `late ${at}` });
  await one.flush();
  await one.epochs.propose();
  await one.epochs.dropHistory(0);
  const bytesFor = async (space: Space): Promise<number> => {
    let bytes = 0;
    const answer = await one.exchange.answer(space.exchange.offerQuestion);
    const offer = space.exchange.readOffer(answer ?? new Uint8Array(0));
    if (offer === undefined) throw new RangeError('no offer');
    await space.exchange.fetch(offer, async (question) => {
      const part = (await one.exchange.answer(question)) ?? new Uint8Array(0);
      bytes += part.length;
      return part;
    });
    return bytes;
  };
  const stale = await bytesFor(two);
  const store = new MemoryStore(new MemoryDisk(new SimRng(7)));
  const writer = jun.writer({ mayContinue: false });
  const { ring } = two.keys;
  const fresh = await Space.open({ ...jun.ports, store }, { space: one.id, ring, writer });
  const whole = await bytesFor(fresh);
  expect(stale).toBeLessThan(whole / 3);
});

function cut(bytes: Uint8Array): { readonly total: number; readonly bytes: Uint8Array } {
  return { total: bytes.length, bytes };
}

function sealOf(scene: Scene, { generation }: EpochOffer): AnswerSeal {
  const history = scene.ring.zone(generation)?.history ?? new Uint8Array(32);
  return new AnswerSeal({ history, space: scene.one.id });
}
