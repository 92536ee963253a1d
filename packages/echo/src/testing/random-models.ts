/** Random ops of custom data models, as bytes that nobody reads, from a seed. For tests. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { Database } from '../database.ts';
import type { GlobalDot } from '../open-transaction.ts';

/** Name of the type. */
export const MODELS = 'test.Models';

const Models = defineType(MODELS, {
  first: s.model('org.example.counter-map', 1),
  second: s.model('org.example.counter-map', 2),
});

/** One random edit: a new object, or an op that needs some of those that are there. */
export function randomModelEdit(db: Database, random: (below: number) => number): void {
  const things = db.query(Models).run();
  const thing = things[random(Math.max(1, things.length))];
  if (thing === undefined || random(8) === 0) {
    db.add(Models, {});
    return;
  }
  writeOp(db, thing, random);
}

function writeOp(
  db: Database,
  thing: InstanceOf<typeof Models>,
  random: (below: number) => number,
): void {
  const type = db.register(Models);
  const leaf = type.compiled.leaves[random(2)];
  const row = db.fold.rows.find(
    Uint8Array.from({ length: 16 }, (_, at) =>
      Number.parseInt(thing.id.slice(at * 2, at * 2 + 2), 16),
    ),
  );
  if (leaf === undefined) return;
  const ref = { row, type, leaf };
  const there = db.models.opsOf(ref)?.ops ?? [];
  const needs: GlobalDot[] = [];
  for (const op of there) {
    if (random(3) === 0) needs.push(db.mutations.dotOf(op.block, op.op));
  }
  const bytes = Uint8Array.from({ length: random(20) }, () => random(256));
  db.mutations.model(ref, { bytes, needs, memory: undefined });
}
