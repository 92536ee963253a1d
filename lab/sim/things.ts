/** What simulated people do to objects: every kind of field, op, deletion, undo. One action a call. */
import type { AnyObject, Conflict, Database, UndoLog } from '@atoll/echo';
import { errorCode } from '@atoll/kernel';
import { defineRelation, defineType, s, type InstanceOf } from '@atoll/schema';
import type { SimRng } from '@atoll/testkit';
import { randomEdit } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../packages/echo/src/testing/random-kinds.ts';
import { editPage } from './rich-actions.ts';

// Not exported: the static type is inferred, as in an application.
const Thing = defineType('org.atoll.sim.Thing', {
  title: s.string().searchable(),
  done: s.boolean().default(false),
  amount: s.number().optional().index(),
  tags: s.set(s.string()),
  votes: s.counter(),
  notes: s.text().searchable(),
  page: s.richText(),
  steps: s.list(s.string()),
  labels: s.map(s.string()),
  place: s.record({ street: s.string().optional(), city: s.string().optional() }),
  next: s.ref().optional(),
  place3: s.value({ x: s.number(), y: s.number(), z: s.number() }).optional(),
  code: s.string().optional().unique(),
});
type ThingObject = InstanceOf<typeof Thing>;

const Link = defineRelation('org.atoll.sim.Link', {
  source: Thing,
  target: Thing,
  fields: { since: s.day().optional(), weight: s.counter() },
});

/** Objects beyond which a world only edits. */
const OBJECTS_MAX = 12;
/** Never in anything that leaves a device, unless it is sealed. */
export const SECRET_WORD = 'plaintext-marker';
/** Places in which undo is asked for by itself. */
const SCOPES = ['board', 'editor'] as const;
/** Fields that several may have written at once. */
const CONFLICTING = ['title', 'amount', 'done', 'place.city', 'next', 'code'] as const;

/** Names of what a world's queries ask for. */
export const THING: string = Thing.name;

/** Makes all types known, so that everybody reads them in the same version. */
export function registerTypes(db: Database): void {
  db.register(Thing);
  db.register(Link);
  registerKinds(db);
}

/** Ids of the things of a database. */
export function thingIds(db: Database): string[] {
  return db
    .query(Thing)
    .run()
    .map(({ id }) => id);
}

/** Of those that are deleted: an epoch may forget them. */
export function deletedIds(db: Database): string[] {
  return db
    .query(Thing)
    .deleted('only')
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
  const world = { rng, db, things, thing: rng.pick(things) };
  const roll = rng.float();
  if (roll < 0.15) randomKindsEdit(db, (below) => rng.int(below), undo);
  else if (roll < 0.25) randomEdit(db, (below) => rng.int(below));
  else if (roll < 0.35 && undo !== undefined) undoOrRedo(rng, undo, world.thing);
  else if (roll < 0.42 && undo !== undefined) gesture(world, undo);
  else rng.pick(ACTIONS)(world);
}

interface Place {
  readonly rng: SimRng;
  readonly db: Database;
  readonly things: readonly ThingObject[];
  readonly thing: ThingObject;
}

const ACTIONS: readonly ((place: Place) => void)[] = [
  ({ rng, thing }) => (thing.title = `${SECRET_WORD} ${word(rng)}`),
  ({ thing }) => (thing.done = !thing.done),
  ({ rng, thing }) => (thing.amount = rng.chance(0.2) ? undefined : rng.int(100)),
  editText,
  editText,
  ({ rng, thing }) => editPage(rng, thing.page),
  ({ rng, thing }) => editPage(rng, thing.page),
  editList,
  editList,
  ({ rng, thing }) => (rng.chance(0.6) ? thing.tags.add(word(rng)) : thing.tags.delete(word(rng))),
  ({ rng, thing }) =>
    rng.chance(0.8) ? thing.votes.increment(rng.int(3) + 1) : thing.votes.assign(rng.int(9)),
  ({ rng, thing }) =>
    rng.chance(0.7) ? thing.labels.set(word(rng), word(rng)) : thing.labels.delete(word(rng)),
  ({ rng, thing }) => (thing.place.city = word(rng)),
  ({ rng, thing, things }) => (thing.next = rng.pick(things)),
  ({ rng, thing }) => (thing.place3 = { x: rng.int(9), y: rng.int(9), z: 0 }),
  ({ rng, thing }) => (thing.code = word(rng)),
  removeOrRestore,
  ({ rng, db, things }) => db.transaction(() => rename(rng, things)),
  takenBack,
  resolve,
  resolve,
  link,
];

function rename(rng: SimRng, things: readonly ThingObject[]): void {
  for (const thing of things.slice(0, 3)) thing.title = word(rng);
}

/** A transaction that throws leaves nothing. */
function takenBack({ rng, db, thing }: Place): void {
  const before = JSON.stringify(thing);
  try {
    db.transaction(() => {
      thing.title = 'never';
      thing.notes.insert(0, 'never');
      thing.tags.add('never');
      if (rng.chance(0.5)) db.delete(thing);
      throw new RangeError('changed its mind');
    });
  } catch (failure) {
    if (!(failure instanceof RangeError)) throw failure;
  }
  if (JSON.stringify(thing) !== before)
    throw new RangeError('a refused transaction left something');
}

function editText({ rng, thing: { notes } }: Place): void {
  const at = rng.int(notes.length + 1);
  if (notes.length > 0 && rng.chance(0.3)) {
    notes.delete(Math.min(at, notes.length - 1), 1);
  } else notes.insert(at, rng.chance(0.1) ? '😀é' : word(rng));
}

function editList({ rng, thing: { steps } }: Place): void {
  const { length } = steps;
  const at = rng.int(length + 1);
  if (length > 1 && rng.chance(0.3)) steps.move(rng.int(length), rng.int(length));
  else if (length > 2 && rng.chance(0.3)) {
    const from = rng.int(length);
    const count = 1 + rng.int(length - from);
    steps.moveRange(from, count, rng.int(length - count + 1));
  } else if (length > 0 && rng.chance(0.3)) steps.delete(rng.int(length));
  else if (length > 0 && rng.chance(0.2)) steps.set(rng.int(length), word(rng));
  else steps.insert(at, word(rng));
}

function removeOrRestore({ rng, db, thing }: Place): void {
  const gone = db.query(Thing).deleted('only').run();
  if (gone.length === 0 || !rng.chance(0.6)) {
    db.delete(thing);
    return;
  }
  try {
    db.restore(rng.pick(gone));
  } catch (failure) {
    // An epoch has listed it.
    if (errorCode(failure) !== 'ECHO_COLLECTED') throw failure;
  }
}

/** Settles what several have written at once, by one of the values or another. */
function resolve({ rng, db, things }: Place): void {
  for (const thing of things) {
    for (const field of CONFLICTING) {
      const conflicts: readonly Conflict[] = db.conflicts(thing, field);
      if (conflicts.length < 2) continue;
      if (field === 'title' && rng.chance(0.3)) {
        db.resolve(thing, field, { value: word(rng), of: conflicts });
      } else db.resolve(thing, field, rng.pick(conflicts));
      return;
    }
  }
}

function link({ rng, db, thing, things }: Place): void {
  const links: AnyObject[] = db.relations(thing, { type: Link });
  const [known] = links;
  if (known !== undefined && rng.chance(0.3)) db.delete(known);
  else if (links.length < 3) db.add(Link, { source: thing, target: rng.pick(things) });
}

/** Several actions in one place that are taken back as one. */
function gesture(place: Place, undo: UndoLog): void {
  const { rng } = place;
  const scope = rng.pick(SCOPES);
  const run = undo.gesture({ scope });
  for (let times = rng.int(3) + 1; times > 0; times--) run(() => rng.pick(ACTIONS)(place));
}

function undoOrRedo(rng: SimRng, undo: UndoLog, { id }: ThingObject): void {
  const selector = rng.pick([{}, {}, { scope: rng.pick(SCOPES) }, { object: id }]);
  const next = undo.next('undo', selector);
  if (next !== undefined && rng.chance(0.2)) undo.preview(next.id);
  if (rng.chance(0.6)) undo.undo(selector);
  else undo.redo(selector);
}

function word(rng: SimRng): string {
  return rng.pick(['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen']);
}
