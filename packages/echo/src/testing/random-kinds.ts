/** Random edits of fields of every kind, of records under keys and of a tree, from a seed. For tests. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { Database } from '../database.ts';
import { EchoError } from '../echo-error.ts';
import type { UndoLog } from '../undo-log.ts';

/** Names of the types and of the tree. */
export const KINDS = 'test.Kinds';
export const LEAF = 'test.Leaf';
export const TREE = 'test.tree';

/** A type with a register of every kind. */
const Kinds = defineType(KINDS, {
  text: s.string().nullable().default('none'),
  size: s.number().optional(),
  whole: s.bigint().optional(),
  moment: s.date().optional(),
  day: s.day().optional(),
  raw: s.bytes().optional(),
  any: s.json().optional(),
  state: s.enum(['open', 'closed']).default('open'),
  mixed: s.union([s.bigint(), s.date(), s.day(), s.literal(true), s.null()]).optional(),
  shape: s
    .tagged('kind', {
      circle: { radius: s.number() },
      named: { name: s.string(), on: s.day().optional() },
    })
    .optional(),
  other: s.ref().optional(),
  days: s.set(s.day()),
  sums: s.list(s.bigint()),
  limits: s.map(s.number().nullable()),
  places: s.map(
    s.record({
      street: s.string(),
      since: s.day().optional(),
      at: s.record({ x: s.number().default(0), y: s.number().optional() }),
    }),
  ),
  parent: s.tree(TREE),
});

/** A second type in the same tree. */
const Leaf = defineType(LEAF, { up: s.tree(TREE), label: s.string() });

/** Makes the types known to who has written nothing. */
export function registerKinds(db: Database): void {
  db.register(Kinds);
  db.register(Leaf);
}

type KindsObject = InstanceOf<typeof Kinds>;
type Random = (below: number) => number;

const DAYS = ['2024-02-29', '2026-03-01', '0001-01-01', '9999-12-31'];
const KEYS = ['a', 'b', 'é', ''];

/** One random edit. */
export function randomKindsEdit(db: Database, random: Random, undo?: UndoLog): void {
  const things = db.query(Kinds).deleted('include').run();
  const thing = things[random(Math.max(1, things.length))];
  if (thing === undefined || random(10) === 0) {
    addOne(db, things, random);
    return;
  }
  switch (random(undo === undefined ? 5 : 6)) {
    case 0:
    case 1:
      editRegister(thing, things, random);
      return;
    case 2:
      editCollection(thing, random);
      return;
    case 3:
      randomMove(db, random);
      return;
    case 4:
      if (random(3) > 0) restoreIfKept(db, thing);
      else db.delete(thing);
      return;
    default:
      if (random(2) === 0) undo?.undo();
      else undo?.redo();
  }
}

/** What an epoch is about to collect does not come back. */
function restoreIfKept(db: Database, thing: KindsObject): void {
  try {
    db.restore(thing);
  } catch (failure) {
    if (!(failure instanceof EchoError) || failure.code !== 'ECHO_COLLECTED') throw failure;
  }
}

function addOne(db: Database, things: readonly KindsObject[], random: Random): void {
  const parent = things[random(things.length + 1)] ?? null;
  if (random(3) === 0) {
    db.add(Leaf, { label: `leaf ${random(90)}`, up: parent });
    return;
  }
  db.add(Kinds, {
    text: null,
    whole: -(2n ** 70n) + BigInt(random(9)),
    days: [pick(DAYS, random), pick(DAYS, random)],
    limits: { [pick(KEYS, random)]: null },
    places: { [pick(KEYS, random)]: { street: 'First', at: { y: random(5) } } },
    parent,
  });
}

function editRegister(thing: KindsObject, things: readonly KindsObject[], random: Random): void {
  const edits: readonly (() => void)[] = [
    () => (thing.text = random(3) === 0 ? null : 'text'),
    () => (thing.size = [-0, 0.5, 1e300, -7][random(4)]),
    () => (thing.whole = random(2) === 0 ? undefined : 2n ** BigInt(random(300))),
    () => (thing.moment = new Date(random(1e9))),
    () => (thing.day = pick(DAYS, random)),
    () => (thing.raw = Uint8Array.of(random(256))),
    () => (thing.any = [null, { a: [1, 'x'] }][random(2)]),
    () => (thing.state = random(2) === 0 ? 'open' : 'closed'),
    () => (thing.mixed = [null, true as const, 5n, new Date(5), DAYS[0]][random(5)]),
    () => {
      if (random(2) === 0) thing.shape = { kind: 'circle', radius: random(9) };
      else thing.shape = { kind: 'named', name: 'n', on: pick(DAYS, random) };
    },
    () => (thing.other = things[random(things.length)]),
  ];
  edits[random(edits.length)]?.();
}

function editCollection(thing: KindsObject, random: Random): void {
  const { days, sums, limits, places } = thing;
  const key = pick(KEYS, random);
  const edits: readonly (() => void)[] = [
    () => days.add(pick(DAYS, random)),
    () => days.delete(pick(DAYS, random)),
    () => sums.insert(random(sums.length + 1), BigInt(random(100))),
    () => {
      if (sums.length === 0) return;
      const from = random(sums.length);
      const count = 1 + random(sums.length - from);
      sums.moveRange(from, count, random(sums.length - count + 1));
    },
    () => limits.set(key, random(2) === 0 ? null : random(9)),
    () => limits.delete(key),
    () => places.set(key, { street: 'Second', at: { x: random(3) } }),
    () => places.delete(key),
    () => {
      const place = places.get(key);
      if (place === undefined) return;
      if (random(2) === 0) place.street = `${random(50)}`;
      else place.at.x = random(50);
    },
  ];
  edits[random(edits.length)]?.();
}

/** Puts an object somewhere else in the tree; what would be below itself stays where it is. */
export function randomMove(db: Database, random: Random): void {
  const nodes = [...db.query(Kinds).deleted('include').run(), ...db.query(Leaf).run()];
  const node = nodes[random(Math.max(1, nodes.length))];
  const parent = nodes[random(nodes.length + 1)];
  if (node === undefined) return;
  if (parent !== undefined) {
    if (parent.id === node.id) return;
    if (db.trees.ancestors(parent, TREE).some((above) => above.id === node.id)) return;
  }
  const beside = db.children(parent ?? null, TREE).filter((each) => each.id !== node.id);
  const sibling = beside[random(Math.max(1, beside.length))];
  const place = [
    {},
    { index: random(beside.length + 1) },
    sibling === undefined ? {} : { before: sibling },
    sibling === undefined ? {} : { after: sibling },
  ][random(4)];
  db.move(node, { parent: parent ?? null, ...place });
}

function pick(values: readonly string[], random: Random): string {
  return values[random(values.length)] as string;
}
