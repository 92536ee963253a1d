/** What collection does to one text that was rewritten again and again: bytes of its epochs, and their cost. */
import { defineType, s } from '@atoll/schema';
import { encodeState } from '../packages/echo/src/snapshot/stored-state.ts';
import { ownNames } from '../packages/echo/src/snapshot/field-stores.ts';
import { Space } from '../packages/echo/src/space/space.ts';
import { Person } from '../packages/echo/src/space/testing/space-fixture.ts';

const EDITS = 20_000;
const LENGTH = 4000;
const KIB = 1024;

const Page = defineType('bench.Page', { body: s.text() });

/** Prints a table. `fetched`: bytes of the kept epoch, as a joiner fetches it. */
export async function tellTextBytes(
  fetched: (person: Person, space: Space) => Promise<number>,
): Promise<void> {
  const person = await Person.make('Ada', 5);
  const space = await Space.found(person.ports, person.writer());
  const page = space.database.add(Page, {});
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let at = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    const { length } = page.body;
    // People write on where they are, and go elsewhere now and then.
    if (random(12) === 0) at = random(length + 1);
    if (length > LENGTH && random(2) === 0) {
      const from = random(length - 12);
      page.body.delete(from, 12);
    } else {
      page.body.insert(Math.min(at, length), 'word ');
      at = Math.min(at, length) + 5;
    }
    space.database.commit();
    if (edit % 50 === 49) await space.flush();
  }
  const { fold } = space.database;
  const rowBytes = (): number => {
    let bytes = 0;
    for (let row = 0; row < fold.rows.count; row++) {
      const state = fold.state(row);
      if (state?.fields.size !== 1) continue;
      bytes = Math.max(bytes, encodeState(state, ownNames(fold.blocks))?.length ?? 0);
    }
    return bytes;
  };
  console.log(`\nOne text: ${EDITS} edits, ${page.body.length} characters at the end.\n`);
  console.log('| | its state | snapshot of the epoch | CPU of the epoch |');
  console.log('|---|--:|--:|--:|');
  const tell = (name: string, fetchedBytes: number | undefined, ms: number | undefined): void => {
    const cells = [
      `${Math.round(rowBytes() / KIB)} KiB`,
      fetchedBytes === undefined ? '' : `${Math.round(fetchedBytes / KIB)} KiB`,
      ms === undefined ? '' : `${Math.round(ms)} ms`,
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  };
  tell('before', undefined, undefined);
  for (const name of ['listed', 'collected', 'next']) {
    const start = process.cpuUsage();
    await space.epochs.propose();
    const used = process.cpuUsage(start);
    const terms = space.epochs.book.current?.terms;
    if (terms !== undefined) await space.epochs.archive.make(terms);
    tell(name, await fetched(person, space), (used.user + used.system) / 1000);
  }
  await space[Symbol.asyncDispose]();
}
