/** A model for tests: counts by name. It keeps every op, so it can leave any of them out. */
import { Reader, Writer } from '@atoll/codec';
import { compareStamps, defineModel, type Model, type ModelStamp } from './model.ts';

/** Sets a name's mark, or adds to its count. */
export interface CountOp {
  readonly name: string;
  readonly by: number;
}

/** Counts by name. */
export interface Counts {
  readonly sums: Map<string, number>;
  readonly applied: Map<string, ModelStamp>;
  /** Name of the greatest op, which shows whether stamps are equal everywhere. */
  last: { readonly name: string; readonly stamp: ModelStamp } | undefined;
}

/** What applications hold. */
export interface CountsView {
  readonly counts: { readonly [name: string]: number };
  add(name: string, by: number): void;
  onChange(listener: (reset: boolean) => void): () => void;
}

/** Counts by name. */
export const countsModel: Model<Counts, CountOp, CountsView> = defineModel<
  Counts,
  CountOp,
  CountsView
>({
  id: 'org.example.counter-map',
  version: 1,
  voidable: true,
  empty: () => ({ sums: new Map(), applied: new Map(), last: undefined }),
  encode: ({ name, by }) => new Writer().text(name).zigzag(by).finish(),
  decode(bytes, meter) {
    meter.step(bytes.length);
    try {
      const reader = new Reader(bytes);
      const name = reader.text(64);
      const by = reader.zigzag();
      reader.end();
      return { name, by };
    } catch {
      return undefined;
    }
  },
  apply(state, op, { stamp }) {
    const key = `${stamp.feed} ${stamp.seq} ${stamp.op}`;
    if (state.applied.has(key)) return undefined;
    state.applied.set(key, stamp);
    state.sums.set(op.name, (state.sums.get(op.name) ?? 0) + op.by);
    if (state.last === undefined || compareStamps(stamp, state.last.stamp) > 0) {
      state.last = { name: op.name, stamp };
    }
    return undefined;
  },
  snapshot(state) {
    const writer = new Writer();
    for (const [name, sum] of [...state.sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
      writer.text(name).zigzag(sum);
    }
    return writer.text(state.last?.name ?? '').finish();
  },
  view: (editor) => ({
    get counts() {
      return Object.fromEntries(editor.state().sums);
    },
    add: (name, by) => editor.write({ name, by }),
    onChange: (listener) => editor.onChange(({ reset }) => listener(reset)),
  }),
  toJSON: (state) =>
    Object.fromEntries(
      [...state.sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  become: (state, wanted) =>
    [...new Set([...state.sums.keys(), ...wanted.sums.keys()])]
      .map((name) => ({ name, by: (wanted.sums.get(name) ?? 0) - (state.sums.get(name) ?? 0) }))
      .filter(({ by }) => by !== 0),
  invert: (_, { op }) => ({ op: { name: op.name, by: -op.by } }),
});
