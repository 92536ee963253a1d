/** A profile that was put back from an old backup writes on, while the others seal an epoch and drop history. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { beforeEach, describe, expect, test } from 'vitest';
import { Space, type SpacePorts } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';
import type { EpochOffer } from './epoch-wire.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  body: s.richText(),
  items: s.list(s.string()),
  votes: s.counter(),
  tags: s.set(s.string()),
  notes: s.map(s.string()),
});

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** One change of every kind, each in a block of its own. */
async function write(space: Space, word: string): Promise<void> {
  const page = pageOf(space);
  const changes = [
    (): unknown => (page.title = word),
    () => page.text.insert(0, `${word} `),
    () => page.body.insert(0, `${word} `),
    () => page.items.insert(0, word),
    () => page.votes.increment(1),
    () => page.tags.add(word),
    () => page.notes.set('last', word),
  ];
  for (const change of changes) {
    change();
    await space.flush();
  }
}

/** Everything that a page shows. */
function shownIn(space: Space): unknown {
  const { body, items, notes, tags, text, title, votes } = pageOf(space);
  return {
    ...{ title, text: text.toString(), body: body.toString(), items: items.toArray() },
    ...{ votes: votes.value, tags: [...tags.toArray()].sort(), notes: [...notes] },
  };
}

/** Ada, who seals and drops, and a backup of Jun, who has gone on after it. */
class Scene {
  readonly ada: Person;
  readonly jun: Person;
  readonly one: Space;
  two: Space;
  ports: SpacePorts;

  private constructor(of: Pick<Scene, 'ada' | 'jun' | 'one' | 'two' | 'ports'>) {
    this.ada = of.ada;
    this.jun = of.jun;
    this.one = of.one;
    this.two = of.two;
    this.ports = of.ports;
  }

  static async make(seed: number): Promise<Scene> {
    const ada = await Person.make('Ada', seed);
    const jun = await Person.make('Jun', seed + 1);
    const one = await ada.found();
    one.database.add(Page, { title: 'Trunk', text: 'trunk', items: ['t0', 't1'] });
    await one.flush();
    const original = await jun.join(one, ada.deviceSigner, 'writer');
    original.database.register(Page);
    await write(original, 'early');
    await exchange(one, original);
    await original.exchange.noteShared();
    const ports = await restored(jun.ports, one.id);
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await write(original, word);
    await exchange(one, original);
    await original[Symbol.asyncDispose]();
    await one.epochs.propose();
    expect(await one.epochs.dropHistory(0)).toBeGreaterThan(30);
    await write(one, 'tail');
    const { ring } = one.keys;
    const two = await Space.open(ports, { space: one.id, ring, writer: jun.writer() });
    two.database.register(Page);
    return new Scene({ ada, jun, one, two, ports });
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

  /** Closes, tries to take over, and opens again. */
  async takeOver(offer: EpochOffer, how?: { readonly leavesWork?: boolean }): Promise<void> {
    const { exchange: taken } = this.two;
    await this.two[Symbol.asyncDispose]();
    try {
      await taken.adopt(offer, how);
    } finally {
      const { ring } = this.one.keys;
      const writer = this.jun.writer();
      this.two = await Space.open(this.ports, { space: this.one.id, ring, writer });
      this.two.database.register(Page);
    }
  }

  async settle(): Promise<void> {
    await exchange(this.one, this.two);
    await exchange(this.one, this.two);
    expect(await this.two.exchange.trial()).toBe('sealed');
    await this.two.exchange.confirm();
    expect(rootOf(this.two)).toBe(rootOf(this.one));
  }
}

describe('a profile from an old backup, where the others have dropped history', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.make(80);
  });

  test('takes the epoch over if it has written nothing since', async () => {
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(0);
    await scene.takeOver(offer);
    await scene.settle();
    expect(pageOf(scene.two).title).toBe('tail');
  });

  test('does not take it over once it has written, and keeps all that it shows', async () => {
    await write(scene.two, 'offline');
    const before = shownIn(scene.two);
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(7);
    await expect(scene.takeOver(offer)).rejects.toMatchObject({ code: 'SPACE_WORK_APART' });
    expect(await scene.two.exchange.trial()).toBe('none');
    expect(shownIn(scene.two)).toEqual(before);
    // What the others send meanwhile does not change that, nor does another start.
    await exchange(scene.one, scene.two).catch(() => undefined);
    await write(scene.two, 'more');
    const later = shownIn(scene.two);
    expect(await scene.two.exchange.workApart(await scene.fetch())).toBe(14);
    await expect(scene.takeOver(offer)).rejects.toMatchObject({ code: 'SPACE_WORK_APART' });
    expect(shownIn(scene.two)).toEqual(later);
  });

  test('counts what it writes in a new feed upon such work', async () => {
    await write(scene.two, 'offline');
    const { ring } = scene.one.keys;
    await scene.two[Symbol.asyncDispose]();
    const writer = scene.jun.writer({ mayContinue: false });
    scene.two = await Space.open(scene.ports, { space: scene.one.id, ring, writer });
    scene.two.database.register(Page);
    await write(scene.two, 'anew');
    expect(await scene.two.exchange.workApart(await scene.fetch())).toBe(14);
  });

  test('takes it over when its work is left on purpose', async () => {
    await write(scene.two, 'offline');
    const offer = await scene.fetch();
    await scene.takeOver(offer, { leavesWork: true });
    await scene.settle();
    expect(pageOf(scene.two).title).toBe('tail');
    expect(pageOf(scene.two).text.toString()).not.toContain('offline');
  });

  test('writes on in a new feed after an unclean end, and takes the epoch over with what it wrote', async () => {
    const { ring } = scene.one.keys;
    await scene.two[Symbol.asyncDispose]();
    const writer = scene.jun.writer({ mayContinue: false });
    scene.two = await Space.open(scene.ports, { space: scene.one.id, ring, writer });
    scene.two.database.register(Page);
    await write(scene.two, 'anew');
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(0);
    await scene.takeOver(offer);
    await scene.settle();
    expect(pageOf(scene.two).text.toString()).toContain('anew');
  });
});
