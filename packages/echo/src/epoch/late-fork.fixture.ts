/** A profile whose old backup writes on, and who hears of it when: where tests of forks under epochs begin. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { Space } from '../space/space.ts';
import { Person, exchangeAll, restored } from '../space/testing/space-fixture.ts';
import type { ReturningLog } from './returning-log.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  rich: s.richText(),
  items: s.list(s.string()),
});

const TRUNK = {
  title: 'Trunk',
  text: 'trunk of the text',
  rich: 'rich',
  items: ['t0', 't1', 't2'],
};

/** Adds the one page. */
export function addPage(
  { database }: Space,
  page: { title: string; text: string; rich: string; items: string[] } = TRUNK,
): void {
  database.add(Page, page);
}

function thePage({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** What the one page shows. */
export function pageOf(space: Space): {
  readonly text: { toString(): string };
  readonly items: { toArray(): readonly string[] };
} {
  return thePage(space);
}

/** Something of everything, with a word in it. */
export async function write(space: Space, word: string): Promise<void> {
  const page = thePage(space);
  page.title = word;
  page.text.insert(3, ` ${word}`);
  page.rich.insert(2, `${word}\n`);
  page.rich.mark(3, 2, 'bold', true);
  page.items.insert(1, word);
  page.items.move(0, 2);
  if (page.text.length > 12) page.text.delete(6, 2);
  await space.flush();
}

/** Gives what somebody has to a log that comes back, run by run. */
export async function give(
  from: Space,
  { replica }: ReturningLog,
  runs: number = Infinity,
): Promise<void> {
  let given = 0;
  for await (const run of from.replica.missingFor(replica.tips())) {
    if (given++ < runs) await replica.receive(run, 'giver');
  }
}

/** Three of them. */
export async function people(
  seed: number,
): Promise<{ readonly ada: Person; readonly jun: Person; readonly kim: Person }> {
  const [ada, jun, kim] = await Promise.all(
    ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, seed + at)),
  );
  if (ada === undefined || jun === undefined || kim === undefined) throw new RangeError();
  return { ada, jun, kim };
}

/** Jun has gone on after a backup of her profile was made, and the backup is about to write on, too. */
export class LateFork {
  readonly events: string[] = [];
  readonly ada: Person;
  readonly kim: Person;
  readonly one: Space;
  readonly two: Space;
  readonly three: Space;
  readonly copy: Space;

  private constructor(of: Omit<LateFork, 'type'>) {
    this.events = of.events;
    [this.ada, this.kim] = [of.ada, of.kim];
    [this.one, this.two, this.three, this.copy] = [of.one, of.two, of.three, of.copy];
  }

  static async make(seed: number): Promise<LateFork> {
    const { ada, jun, kim } = await people(seed);
    const events: string[] = [];
    const log = { event: (_: string, name: string) => void events.push(name) };
    const one = await Space.found({ ...ada.ports, log }, ada.writer());
    addPage(one);
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    const three = await kim.join(one, ada.deviceSigner, 'writer');
    for (const word of ['ab', 'ac']) await write(two, word);
    await exchangeAll([one, two, three]);
    const backup = await restored(jun.ports, one.id);
    const { ring } = one.keys;
    const copy = await Space.open(backup, { space: one.id, ring, writer: jun.writer() });
    for (const word of ['c', 'd', 'e', 'f']) await write(two, word);
    for (const word of ['X', 'Y', 'Z']) await write(copy, word);
    return new LateFork({ events, ada, kim, one, two, three, copy });
  }
}
