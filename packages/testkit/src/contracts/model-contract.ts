/** The laws that every custom data model must pass. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelBudget, ModelBudgetError, UndoLog, type Model } from '@atoll/echo';
import { toHex } from '@atoll/kernel';
import { ModelReplica, type ModelBlock } from './model-world.ts';

/** How the suite uses a model. */
export interface ModelBed<State, Op, View> {
  readonly model: Model<State, Op, View>;
  /** Makes some random change through the view; `random(n)` is an integer from 0 to n - 1. */
  edit(view: View, random: (below: number) => number): void;
  /** Histories to try for each law. */
  readonly runs?: number;
  /** Bytes that a snapshot may have for each byte of ops; default 64. */
  readonly growth?: number;
}

/** Bytes that a snapshot may have besides. */
const SNAPSHOT_BYTES = 4096;

type Random = (below: number) => number;

/** A law, tried on one history. */
export interface ModelLaw {
  readonly name: string;
  /** Throws if the model breaks it on the history that this seed makes. */
  check(seed: number): void;
}

/** Registers the suite: commutes, idempotent, snapshot = replay, bounded, survives malformed ops, canonical. */
export function modelContract<State, Op, View>(bed: ModelBed<State, Op, View>): void {
  const runs = { numRuns: bed.runs ?? 40 };
  const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  describe(`${bed.model.id}@${bed.model.version}`, () => {
    for (const { check, name } of modelLaws(bed)) {
      test(name, () => {
        fc.assert(
          fc.property(anySeed, (seed) => check(seed)),
          runs,
        );
      });
    }
  });
}

/** The laws of that suite for a model, one by one. */
export function modelLaws<State, Op, View>(bed: ModelBed<State, Op, View>): readonly ModelLaw[] {
  const laws = new Laws(bed);
  const all: ModelLaw[] = [];
  const law = (name: string, check: (random: Random) => void): void => {
    all.push({ name, check: (seed) => check(randomFrom(seed)) });
  };
  law('concurrent ops commute: in every causal order all show the same', (random) =>
    laws.commutes(random),
  );
  law('an op that is applied twice counts once', (random) => laws.idempotent(random));
  law('loading all ops anew gives what was shown', (random) => laws.replays(random));
  law('what turns void is gone as if it had never been, and comes back whole', (random) =>
    laws.voids(random),
  );
  law('every op has one encoding', (random) => laws.canonical(random));
  law('malformed and hostile ops change nothing else, and nothing hangs or grows', (random) =>
    laws.malformed(random),
  );
  if (bed.model.become !== undefined && bed.model.toJSON !== undefined) {
    law('what it showed at any moment of its past can be brought back', (random) =>
      laws.becomes(random),
    );
  }
  if (bed.model.invert !== undefined && bed.model.toJSON !== undefined) {
    law('undo of all own edits shows what was there before', (random) => laws.undoes(random));
  }
  return all;
}

class Laws<State, Op, View> {
  readonly #bed: ModelBed<State, Op, View>;
  readonly #model: Model<State, Op, View>;
  readonly #plain: Model<unknown, unknown, View>;

  constructor(bed: ModelBed<State, Op, View>) {
    this.#bed = bed;
    this.#model = bed.model;
    this.#plain = bed.model as unknown as Model<unknown, unknown, View>;
  }

  commutes(random: Random): void {
    const writers = this.#history(random, 3);
    const [first] = writers as [ModelReplica<View>];
    meet(writers);
    const shown = toHex(first.snapshot());
    for (const other of writers) {
      expect(toHex(other.snapshot())).toBe(shown);
      expect(other.root()).toBe(first.root());
    }
    const late = this.#reader('late');
    late.take(shuffled(first.log, random));
    expect(toHex(late.snapshot())).toBe(shown);
    expect(late.root()).toBe(first.root());
  }

  idempotent(random: Random): void {
    const [writer] = this.#history(random, 1) as [ModelReplica<View>];
    const model = this.#model;
    const once = model.empty();
    const twice = model.empty();
    writer.ops().forEach(({ bytes }, at) => {
      const op = model.decode(bytes, new ModelBudget());
      if (op === undefined) return;
      const budget = new ModelBudget();
      const stamp = { lamport: at, feed: 'f', seq: at, op: 0 };
      const context = { stamp, step: (count?: number) => budget.step(count) };
      model.apply(once, op, context);
      model.apply(twice, op, context);
      model.apply(twice, op, context);
    });
    expect(toHex(model.snapshot(twice))).toBe(toHex(model.snapshot(once)));
  }

  becomes(random: Random): void {
    const [writer] = this.#history(random, 1) as [ModelReplica<View>];
    const model = this.#model;
    const ops = writer.ops().map(({ bytes }) => bytes);
    const then = random(ops.length + 1);
    const wanted = this.#played(model.empty(), ops.slice(0, then), 0);
    const now = this.#played(model.empty(), ops, 0);
    const back = model.become?.(now, wanted) ?? [];
    this.#played(
      now,
      back.map((op) => model.encode(op)),
      ops.length,
    );
    expect(model.toJSON?.(now)).toEqual(model.toJSON?.(wanted));
  }

  #played(state: State, ops: readonly Uint8Array[], from: number): State {
    ops.forEach((bytes, at) => {
      const op = this.#model.decode(bytes, new ModelBudget());
      const budget = new ModelBudget();
      const stamp = { lamport: from + at, feed: 'f', seq: from + at, op: 0 };
      if (op === undefined) return;
      this.#model.apply(state, op, { stamp, step: (count?: number) => budget.step(count) });
    });
    return state;
  }

  replays(random: Random): void {
    const writers = this.#history(random, 2);
    meet(writers);
    const [writer] = writers as [ModelReplica<View>];
    const fresh = this.#reader('fresh');
    fresh.take(writer.log);
    expect(toHex(fresh.snapshot())).toBe(toHex(writer.snapshot()));
  }

  voids(random: Random): void {
    const writers = this.#history(random, 3);
    meet(writers);
    const [first, second] = writers as [ModelReplica<View>, ModelReplica<View>];
    const before = toHex(first.snapshot());
    const cut = random(second.own.length + 1);
    const gone = new Set(second.own.slice(cut));
    const isVoid = (block: ModelBlock): boolean => gone.has(block);
    for (const writer of writers) writer.refold([...gone], isVoid);
    const without = new ModelReplica(this.#plain, 'reader', isVoid);
    without.take(shuffled(first.log, random));
    for (const writer of writers) {
      expect(toHex(writer.snapshot())).toBe(toHex(without.snapshot()));
      expect(writer.root()).toBe(without.root());
    }
    for (const writer of writers) writer.refold([...gone], () => false);
    for (const writer of writers) expect(toHex(writer.snapshot())).toBe(before);
  }

  canonical(random: Random): void {
    const [writer] = this.#history(random, 1) as [ModelReplica<View>];
    const again = (bytes: Uint8Array): Uint8Array | undefined => {
      const op = tryDecode(this.#model, bytes);
      return op === undefined ? undefined : this.#model.encode(op);
    };
    for (const { bytes } of writer.ops()) {
      expect(toHex(again(bytes) ?? new Uint8Array())).toBe(toHex(bytes));
      for (let change = 0; change < 8; change++) {
        const other = damaged(bytes, random);
        const encoded = again(other);
        if (encoded !== undefined) expect(toHex(encoded)).toBe(toHex(other));
      }
    }
  }

  malformed(random: Random): void {
    const writers = this.#history(random, 3);
    meet(writers);
    const [first, mallory] = writers as [ModelReplica<View>, ModelReplica<View>];
    const known = first.ops();
    for (let count = 0; count < 12; count++) {
      const model = known[random(Math.max(1, known.length))]?.bytes ?? new Uint8Array();
      mallory.writeBytes(random(4) === 0 ? noise(random) : damaged(model, random));
      if (random(3) === 0) mallory.tick();
    }
    this.#bed.edit(first.view(), random);
    meet(writers);
    const shown = first.snapshot();
    for (const writer of writers) expect(toHex(writer.snapshot())).toBe(toHex(shown));
    const late = this.#reader('late');
    late.take(shuffled(first.log, random));
    expect(toHex(late.snapshot())).toBe(toHex(shown));
    expect(late.root()).toBe(first.root());
    const bytes = first.ops().reduce((sum, op) => sum + op.bytes.length, 0);
    const bound = SNAPSHOT_BYTES + bytes * (this.#bed.growth ?? 64);
    expect(shown.length).toBeLessThanOrEqual(bound);
  }

  undoes(random: Random): void {
    const [writer] = this.#history(random, 1) as [ModelReplica<View>];
    writer.view();
    const before = JSON.stringify(writer.plain());
    const log = new UndoLog(writer.db);
    for (let edit = 0; edit < 4; edit++) {
      this.#bed.edit(writer.view(), random);
      writer.tick();
    }
    for (let left = 0; left < 40 && log.undo() !== undefined; left++) writer.tick();
    expect(JSON.stringify(writer.plain())).toBe(before);
  }

  #reader(name: string): ModelReplica<View> {
    return new ModelReplica(this.#plain, name);
  }

  /** Some writers, some of whose changes the others know. */
  #history(random: Random, count: number): ModelReplica<View>[] {
    const names = ['ada', 'bob', 'eve'].slice(0, count);
    const writers = names.map((name) => new ModelReplica(this.#plain, name));
    const [first] = writers as [ModelReplica<View>];
    first.create();
    for (const other of writers) other.take(first.log);
    for (let step = 4 + random(10); step > 0; step--) {
      const writer = writers[random(count)] as ModelReplica<View>;
      this.#bed.edit(writer.view(), random);
      if (random(2) === 0) writer.tick();
      const source = writers[random(count)] as ModelReplica<View>;
      if (random(3) === 0 && source !== writer) {
        source.tick();
        writer.take(source.log);
      }
    }
    for (const writer of writers) writer.tick();
    return writers;
  }
}

function meet(replicas: readonly ModelReplica<unknown>[]): void {
  for (const each of replicas) each.tick();
  for (const to of replicas) for (const from of replicas) if (from !== to) to.take(from.log);
}

function tryDecode<Op>(
  model: Model<never, Op, never> | { decode: Model<unknown, Op>['decode'] },
  bytes: Uint8Array,
): Op | undefined {
  try {
    return model.decode(bytes, new ModelBudget());
  } catch (failure) {
    if (failure instanceof ModelBudgetError) return undefined;
    throw failure;
  }
}

function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const other = bytes.slice();
  if (other.length === 0) return noise(random);
  switch (random(4)) {
    case 0:
      return other.slice(0, random(other.length));
    case 1:
      return Uint8Array.of(...other, random(256));
    case 2:
      other[random(other.length)] = [0, 1, 0x7f, 0x80, 0xff][random(5)] as number;
      return other;
    default:
      other[random(other.length)] = random(256);
      return other;
  }
}

function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: random(40) }, () => random(256));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/** Integers below a bound, from a seed: xorshift, so that a failing history can be had again. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
