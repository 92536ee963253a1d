/** What moderators say counts by their right, the same for all who have the same blocks. */
import { SimRng } from '@atoll/testkit';
import { idFromBytes, type IdentityId, type ObjectId } from '@atoll/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { revokeAccess } from './issue.ts';
import { AUTHOR_SAYS, ITEM_SAYS, type Door } from './statements-public.ts';
import type { Statement } from './statements.ts';
import type { Folded, TestFeed } from './testing/dag.ts';
import { person } from './testing/people.ts';
import { foundTown, letIn } from './testing/town.ts';

const filled = (byte: number, count = 32): Uint8Array<ArrayBuffer> =>
  new Uint8Array(count).fill(byte);
const stranger = idFromBytes('identity', filled(0x71));
const item = idFromBytes('object', filled(0x72, 16));

function door(isOpen: boolean, perHour = 10): Door {
  return {
    ...{ kind: 'door', nonce: filled(1, 16), isOpen, takesItself: true, types: ['Note'] },
    ...{ perAuthor: 2, perHour, bytesMax: 1000, key: filled(2), lobby: filled(3) },
    ...{ kube: 'https://kube.example', copies: [] },
  };
}

const hide = (object: ObjectId = item) => ({ kind: 'moderation', says: 'hide', object }) as const;
const show = (object: ObjectId = item) => ({ kind: 'moderation', says: 'show', object }) as const;
const ban = (identity: IdentityId = stranger) =>
  ({ kind: 'moderation', says: 'ban', identity }) as const;
const banAll = () => ({ ...ban(), says: 'ban-all' }) as const;
const allow = () => ({ ...ban(), says: 'allow' }) as const;

/** Ada founds; Mira moderates with her; Jun writes. */
async function town() {
  const made = await foundTown(11);
  const mira = await letIn(made, await person('Mira'), 'control');
  const jun = await letIn(made, await person('Jun'), 'write');
  const { dag, founded, founderFeed, space } = made;
  const says = (
    who: { readonly feed: TestFeed; readonly credential: typeof mira.credential },
    statements: readonly Statement[],
    deps: readonly number[] = [],
  ): Promise<number> =>
    dag.append(space, who.feed, { credential: who.credential, statements, deps });
  const ada = { feed: founderFeed, credential: founded.credential };
  return { made, ada, mira, jun, says };
}

function why({ authority, noOf }: Folded, block: number): string | undefined {
  const place = { object: item, author: stranger, block: noOf(block) };
  return authority.moderation.whyHidden(place)?.why;
}

test('the latest door counts, by who controls the space', async () => {
  const { made, ada, mira, jun, says } = await town();
  const { authority: before } = made.dag.fold(made.space);
  expect(before.moderation.door()).toBeUndefined();
  const opened = await says(ada, [door(true)]);
  await says(jun, [door(true, 999)], [opened]);
  expect(made.dag.fold(made.space).authority.moderation.door()?.perHour).toBe(10);
  await says(mira, [door(false)], [opened]);
  expect(made.dag.fold(made.space).authority.moderation.door()?.isOpen).toBe(false);
});

test('who does not control the space hides nothing and bans nobody', async () => {
  const { made, jun, says } = await town();
  const taken = made.dag.tips()[0] ?? 0;
  await says(jun, [hide(), banAll()]);
  const folded = made.dag.fold(made.space);
  expect(why(folded, taken)).toBeUndefined();
  expect(folded.authority.moderation.banned()).toEqual([]);
  expect(folded.authority.moderation.hidden()).toEqual([]);
});

test('a ban hides what was taken up by who did not know of it, and what was seen only if it says so', async () => {
  const { made, ada, mira, says } = await town();
  const seen = await says(ada, [door(true)]);
  const bans = await says(ada, [ban()]);
  const unaware = await says(mira, [door(true)], [seen]);
  const folded = made.dag.fold(made.space);
  expect(why(folded, seen)).toBeUndefined();
  expect(why(folded, unaware)).toBe('banned');
  await says(ada, [banAll()], [bans, unaware]);
  const later = made.dag.fold(made.space);
  expect([why(later, seen), why(later, unaware)]).toEqual(['banned', 'banned']);
  await says(mira, [allow()], made.dag.tips());
  const over = made.dag.fold(made.space);
  expect([why(over, seen), why(over, unaware)]).toEqual([undefined, undefined]);
  expect(over.authority.moderation.banned()).toEqual([]);
});

test('who shows an item after the ban has looked at it, who did before has not', async () => {
  const { made, ada, mira, says } = await town();
  const taken = await says(ada, [show()]);
  const bans = await says(ada, [banAll()]);
  expect(why(made.dag.fold(made.space), taken)).toBe('banned');
  const shown = await says(mira, [show()], [bans]);
  expect(why(made.dag.fold(made.space), taken)).toBeUndefined();
  await says(ada, [hide()], [shown]);
  const { authority, noOf } = made.dag.fold(made.space);
  const hidden = { why: 'hidden', by: made.founder.identity };
  const place = { object: item, author: undefined, block: noOf(taken) };
  expect(authority.moderation.whyHidden(place)).toEqual(hidden);
});

test('what a moderator said without knowing that she is none any more does not count', async () => {
  const { made, ada, mira, says } = await town();
  const taken = await says(ada, [door(true)]);
  const miraId = (await person('Mira')).identity;
  const { space, founded } = made;
  const subject = { to: 'identity', identity: miraId } as const;
  await says(ada, [revokeAccess({ space, subject, parent: founded.credential })]);
  await says(mira, [hide(), door(false)], [taken]);
  const folded = made.dag.fold(space);
  expect(why(folded, taken)).toBeUndefined();
  expect(folded.authority.moderation.door()?.isOpen).toBe(true);
});

test('two moderators who act at once hide the same on every replica', async () => {
  const step = fc.record({
    isAda: fc.boolean(),
    meets: fc.boolean(),
    says: fc.constantFrom(...ITEM_SAYS, ...AUTHOR_SAYS),
    which: fc.integer({ min: 1, max: 3 }),
  });
  const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const { made, ada, mira, says } = await town();
    const blocks: number[] = [];
    for (const { isAda, meets, says: word, which } of steps) {
      const of = ITEM_SAYS.some((one) => one === word)
        ? { object: idFromBytes('object', filled(which, 16)) }
        : { identity: idFromBytes('identity', filled(which)) };
      const statement = { kind: 'moderation', says: word, ...of } as Statement;
      const who = isAda ? ada : mira;
      const deps = meets ? made.dag.tips().filter((tip) => tip !== who.feed.tip) : [];
      blocks.push(await says(who, [statement], deps));
    }
    const shown = ({ authority: { moderation }, noOf }: Folded): unknown => [
      moderation.banned(),
      moderation.hidden(),
      blocks.map((block) =>
        [1, 2, 3].map((which) => {
          const author = idFromBytes('identity', filled(which));
          const object = idFromBytes('object', filled(which, 16));
          return moderation.whyHidden({ object, author, block: noOf(block) });
        }),
      ),
    ];
    const expected = shown(made.dag.fold(made.space));
    const rng = new SimRng(5);
    for (let at = 0; at < 2; at++) {
      expect(shown(made.dag.fold(made.space, made.dag.arrival(rng)))).toEqual(expected);
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), run), {
    numRuns: 40,
  });
});
