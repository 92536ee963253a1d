/** What simulated people do to objects: every kind of field, deletion, undo. One action a call. */
import type { Database, UndoLog } from '@atoll/echo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { SimRng } from '@atoll/testkit';

// Not exported: the static type is inferred, as in an application.
const Thing = defineType('org.atoll.sim.Thing', {
  title: s.string(),
  done: s.boolean().default(false),
  amount: s.number().optional(),
  tags: s.set(s.string()),
  votes: s.counter(),
  notes: s.text(),
  steps: s.list(s.string()),
  labels: s.map(s.string()),
  place: s.record({ street: s.string().optional(), city: s.string().optional() }),
  next: s.ref().optional(),
});
type ThingObject = InstanceOf<typeof Thing>;

/** Objects beyond which a world only edits. */
const OBJECTS_MAX = 12;
/** Never in anything that leaves a device, unless it is sealed. */
export const SECRET_WORD = 'plaintext-marker';

/** Ids of the things of a database. */
export function thingIds(db: Database): string[] {
  return db
    .query(Thing)
    .run()
    .map(({ id }) => id);
}

/** Does one random thing. */
export function act(rng: SimRng, db: Database, undo: UndoLog | undefined): void {
  const things = db.query(Thing).run();
  if (things.length === 0 || (things.length < OBJECTS_MAX && rng.chance(0.1))) {
    db.add(Thing, { title: `${SECRET_WORD} ${word(rng)}` });
    return;
  }
  const thing = rng.pick(things);
  const actions = [
    () => (thing.title = `${SECRET_WORD} ${word(rng)}`),
    () => (thing.done = !thing.done),
    () => (thing.amount = rng.int(100)),
    () => editText(rng, thing),
    () => editText(rng, thing),
    () => editList(rng, thing),
    () => (rng.chance(0.6) ? thing.tags.add(word(rng)) : thing.tags.delete(word(rng))),
    () => thing.votes.increment(rng.int(3) + 1),
    () =>
      rng.chance(0.7) ? thing.labels.set(word(rng), word(rng)) : thing.labels.delete(word(rng)),
    () => (thing.place.city = word(rng)),
    () => (thing.next = rng.pick(things)),
    () => removeOrRestore(rng, db, thing),
    () => db.transaction(() => rename(rng, things)),
    () => (rng.chance(0.5) ? undo?.undo() : undo?.redo()),
  ];
  rng.pick(actions)();
}

function rename(rng: SimRng, things: readonly ThingObject[]): void {
  for (const thing of things.slice(0, 3)) thing.title = word(rng);
}

function editText(rng: SimRng, { notes }: ThingObject): void {
  const at = rng.int(notes.length + 1);
  if (notes.length > 0 && rng.chance(0.3)) {
    notes.delete(Math.min(at, notes.length - 1), 1);
  } else notes.insert(at, rng.chance(0.1) ? '😀é' : word(rng));
}

function editList(rng: SimRng, { steps }: ThingObject): void {
  const at = rng.int(steps.length + 1);
  if (steps.length > 1 && rng.chance(0.3)) {
    steps.move(rng.int(steps.length), rng.int(steps.length));
  } else if (steps.length > 0 && rng.chance(0.3)) {
    steps.delete(rng.int(steps.length));
  } else if (steps.length > 0 && rng.chance(0.2)) {
    steps.set(rng.int(steps.length), word(rng));
  } else steps.insert(at, word(rng));
}

function removeOrRestore(rng: SimRng, db: Database, thing: ThingObject): void {
  const gone = db.query(Thing).deleted('only').run();
  if (gone.length > 0 && rng.chance(0.6)) db.restore(rng.pick(gone));
  else db.delete(thing);
}

function word(rng: SimRng): string {
  return rng.pick(['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen']);
}
