/** Indexes against looking at every object, while two replicas change them. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';

const Person = defineType('org.example.Person', {
  name: s.string(),
  state: s.string().default('new'),
  tags: s.set(s.string()),
});

const NAMES = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...NAMES);
const step = fc.record({
  who: fc.boolean(),
  at: fc.nat({ max: 5 }),
  name,
  kind: fc.constantFrom('add', 'name', 'state', 'tag', 'untag', 'delete', 'restore', 'pull', 'ask'),
});

function titlesOf(found: readonly { readonly id: string }[]): string[] {
  return found.map(({ id }) => id).sort();
}

function check({ db }: WorldReplica): void {
  const all = db.query(Person).run();
  for (const each of NAMES) {
    const asked = (where: Record<string, unknown>): string[] =>
      titlesOf(db.query(Person).where(where).run());
    expect(asked({ name: each })).toEqual(titlesOf(all.filter((one) => one.name === each)));
    expect(asked({ state: each })).toEqual(titlesOf(all.filter((one) => one.state === each)));
    expect(asked({ tags: { contains: each } })).toEqual(
      titlesOf(all.filter((one) => one.tags.has(each))),
    );
  }
  const fresh = db.query(Person).where({ state: 'new' }).count();
  expect(fresh).toBe(all.filter((one) => one.state === 'new').length);
}

test.prop([fc.array(step, { maxLength: 40 })], { numRuns: 150 })(
  'an index gives just the objects that have the value now',
  (steps) => {
    const replicas = [new WorldReplica('ada'), new WorldReplica('bob')] as const;
    for (const replica of replicas) replica.db.register(Person);
    for (const { at, kind, name: value, who } of steps) {
      const replica = who ? replicas[0] : replicas[1];
      const { db } = replica;
      const people = db.query(Person).deleted('include').run();
      const person = people[at % Math.max(1, people.length)];
      if (kind === 'add') db.add(Person, { name: value, tags: [value] });
      else if (kind === 'pull') replica.pull(who ? replicas[1] : replicas[0]);
      else if (kind === 'ask') check(replica);
      else if (person === undefined) continue;
      else if (kind === 'name') person.name = value;
      else if (kind === 'state') person.state = value;
      else if (kind === 'tag') person.tags.add(value);
      else if (kind === 'untag') person.tags.delete(value);
      else db[kind](person);
      replica.tick();
    }
    for (const replica of replicas) check(replica);
  },
);
