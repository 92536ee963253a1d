/** Models that break a law on purpose: the suite that every model must pass notices each of them. */
import { Writer } from '@atoll/codec';
import { modelLaws, type ModelBed } from '@atoll/testkit/contracts';
import { expect, test } from 'vitest';
import { countsModel, type CountOp, type Counts, type CountsView } from './counter-map.fixture.ts';
import { compareStamps, type Model } from './model.ts';

type Counting = Model<Counts, CountOp, CountsView>;

/** Histories that a broken model is tried on at most; the suite tries forty by default. */
const SEEDS = 40;

/** Laws that a model breaks, by their first words; of some or of all. */
function brokenLaws(model: Counting, which = ''): readonly string[] {
  const bed: ModelBed<Counts, CountOp, CountsView> = {
    model,
    edit: (view, random) => view.add('abc'[random(3)] as string, random(9) - 4),
  };
  return modelLaws(bed)
    .filter(({ check, name }) => {
      if (!name.startsWith(which)) return false;
      for (let seed = 1; seed <= SEEDS; seed++) {
        try {
          check(seed * 7919);
        } catch {
          return true;
        }
      }
      return false;
    })
    .map(({ name }) => name.split(' ').slice(0, 2).join(' '));
}

const COMMUTES = 'concurrent ops';
const IDEMPOTENT = 'an op';
const REPLAYS = 'loading all';
const VOIDS = 'what turns';
const CANONICAL = 'every op';
const MALFORMED = 'malformed and';
const BECOMES = 'what it';
const UNDOES = 'undo of';

function ignoringTwice(apply: (state: Counts, op: CountOp) => void): Counting['apply'] {
  return (state, op, context) => {
    const { stamp } = context;
    const key = `${stamp.feed} ${stamp.seq} ${stamp.op}`;
    if (state.applied.has(key)) return undefined;
    state.applied.set(key, stamp);
    apply(state, op);
    if (state.last === undefined || compareStamps(stamp, state.last.stamp) > 0) {
      state.last = { name: op.name, stamp };
    }
    return undefined;
  };
}

/** Each breaks at least this law. */
const BROKEN: { readonly [what: string]: readonly [law: string, model: Counting] } = {
  'the last that comes wins, whatever its stamp': [
    COMMUTES,
    {
      ...countsModel,
      apply: ignoringTwice((state, { by, name }) => void state.sums.set(name, by)),
    },
  ],
  'an op that comes twice counts twice': [
    IDEMPOTENT,
    {
      ...countsModel,
      apply: (state, { by, name }) => {
        state.sums.set(name, (state.sums.get(name) ?? 0) + by);
        return undefined;
      },
    },
  ],
  'the view changes the state besides writing an op': [
    REPLAYS,
    {
      ...countsModel,
      view: (editor) => {
        const view = countsModel.view(editor);
        return {
          ...view,
          add: (name, by) => {
            view.add(name, by);
            editor.state().sums.set('shown', editor.state().applied.size);
          },
        };
      },
    },
  ],
  'what it shows depends on how often it was asked': [
    REPLAYS,
    (() => {
      let asked = 0;
      return {
        ...countsModel,
        snapshot: (state: Counts) =>
          new Writer().varint(asked++).raw(countsModel.snapshot(state)).finish(),
      };
    })(),
  ],
  'what it has applied is also kept outside of its state': [
    VOIDS,
    (() => {
      const seen = new Set<string>();
      return {
        ...countsModel,
        apply: (state: Counts, op: CountOp, context: Parameters<Counting['apply']>[2]) => {
          const { stamp } = context;
          const isNew = !seen.has(`${stamp.feed} ${stamp.seq} ${stamp.op} ${state.applied.size}`);
          seen.add(`${stamp.feed} ${stamp.seq} ${stamp.op} ${state.applied.size}`);
          return isNew ? countsModel.apply(state, op, context) : undefined;
        },
      };
    })(),
  ],
  'bytes behind an op are passed over': [
    CANONICAL,
    {
      ...countsModel,
      decode: (bytes, meter) => {
        for (let length = bytes.length; length > 0; length--) {
          const op = countsModel.decode(bytes.subarray(0, length), meter);
          if (op !== undefined) return op;
        }
        return undefined;
      },
    },
  ],
  'it throws at bytes that are no op': [
    MALFORMED,
    {
      ...countsModel,
      decode: (bytes, meter) => {
        const op = countsModel.decode(bytes, meter);
        if (op === undefined) throw new RangeError('no op');
        return op;
      },
    },
  ],
  'it throws when a strange op is applied': [
    MALFORMED,
    {
      ...countsModel,
      apply: (state, op, context) => {
        if (Math.abs(op.by) > 4) throw new RangeError('too much');
        return countsModel.apply(state, op, context);
      },
    },
  ],
  'it grows with the square of what is written': [
    MALFORMED,
    {
      ...countsModel,
      snapshot: (state) => {
        const writer = new Writer().raw(countsModel.snapshot(state));
        return writer.raw(new Uint8Array(state.applied.size ** 2 * 1024)).finish();
      },
    },
  ],
  'a hostile op makes it grow without end': [
    MALFORMED,
    {
      ...countsModel,
      snapshot: (state) => {
        const sum = [...state.sums.values()].reduce((most, by) => Math.max(most, by), 0);
        const writer = new Writer().raw(countsModel.snapshot(state));
        return writer.raw(new Uint8Array(Math.min(Math.abs(sum), 64) * 4096)).finish();
      },
    },
  ],
  'the way back to a moment leaves something out': [
    BECOMES,
    {
      ...countsModel,
      become: (state, wanted) => countsModel.become?.(state, wanted).slice(1) ?? [],
    },
  ],
  'an undo takes back half': [
    UNDOES,
    {
      ...countsModel,
      invert: (_, { op }) => ({ op: { name: op.name, by: -Math.trunc(op.by / 2) } }),
    },
  ],
};

test('the model that the broken ones are made of breaks no law', () => {
  expect(brokenLaws(countsModel)).toEqual([]);
});

test.each(Object.entries(BROKEN))('the suite notices that %s', (_what, [law, model]) => {
  expect(brokenLaws(model, law)).toEqual([law]);
});
