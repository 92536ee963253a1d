/** Who lacks keys, who may be given them, and who has to give them. */
import { ROOT_ZONE, type CredentialId, type KeyId } from '@atoll/kernel';
import { simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { copyKeys } from './generation.ts';
import { grantAccess, publishReadingKey, revokeAccess } from './issue.ts';
import type { GenerationSecret } from './key-ring.ts';
import type { SpaceAuthority } from './space-authority.ts';
import { NEEDS_MAX } from './key-needs.ts';
import type { Statement } from './statements.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, letIn } from './testing/town.ts';
import type { TestFeed } from './testing/dag.ts';

/** Ada has founded it; Mira, Leo and Jun write. */
async function scene() {
  const town = await foundTown(61);
  const { dag, founded, founder, founderFeed, space } = town;
  const people = await Promise.all(['Mira', 'Leo', 'Jun'].map(person));
  const inside: Awaited<ReturnType<typeof letIn>>[] = [];
  for (const who of people) inside.push(await letIn(town, who, 'write'));
  const [mira, leo, jun] = people as [Person, Person, Person];
  const [atMira, atLeo, atJun] = inside.map(({ credential, feed }) => ({ credential, feed })) as [
    Author,
    Author,
    Author,
  ];
  const atAda: Author = { credential: founded.credential, feed: founderFeed };
  const secret = founded.keys.get(founded.content) as GenerationSecret;
  const generation = secret.generation;
  const write = (at: Author, statements: readonly Statement[]) => {
    const deps = dag.tips().filter((tip) => tip !== at.feed.tip);
    return dag.append(space, at.feed, { credential: at.credential, statements, deps });
  };
  const need = (generations: readonly KeyId[] = [generation]): Statement => {
    return { kind: 'key-need', space, generations };
  };
  const copyFor = (identity: Person['identity']): Statement => {
    const reader = authority()
      .readers()
      .find((one) => one.identity === identity);
    if (reader === undefined) throw new RangeError(identity);
    return copyKeys({ rng: dag.rng, space, secret, reader });
  };
  const authority = (): SpaceAuthority => dag.fold(space).authority;
  return {
    ...{ town, mira, leo, jun, ada: founder, atAda, atMira, atLeo, atJun },
    ...{ write, need, copyFor, authority, generation },
  };
}

interface Author {
  readonly credential: CredentialId;
  readonly feed: TestFeed;
}

describe('a member who lacks keys', () => {
  test('is helped by one other, and by a further one for each time it says so again', async () => {
    const { ada, atAda, atJun, atLeo, atMira, authority, ...all } = await scene();
    const { copyFor, generation, jun, leo, mira, need, write } = all;
    const open = (who: Person): number => authority().needs.openTo(who.identity).length;
    await write(atJun, [need()]);
    expect([open(ada), open(mira), open(jun)]).toEqual([1, 1, 0]);
    expect(authority().needs.openTo(ada.identity)).toEqual([
      expect.objectContaining({ identity: jun.identity, generation }),
    ]);
    await write(atMira, [copyFor(jun.identity)]);
    expect([open(ada), open(mira), open(leo)]).toEqual([0, 0, 0]);
    // What Mira sealed was rubbish: somebody else has to, and not she.
    await write(atJun, [need()]);
    expect([open(ada), open(mira), open(leo)]).toEqual([1, 0, 1]);
    await write(atLeo, [copyFor(jun.identity)]);
    await write(atAda, [copyFor(jun.identity)]);
    expect([open(ada), open(mira), open(leo)]).toEqual([0, 0, 0]);
  });

  test('is not helped by copies that were there before it said so', async () => {
    const { atJun, atMira, ada, authority, copyFor, jun, need, write } = await scene();
    await write(atMira, [copyFor(jun.identity)]);
    await write(atJun, [need()]);
    expect(authority().needs.openTo(ada.identity)).toHaveLength(1);
  });

  test('says so in vain once it was removed, and of what nobody knows', async () => {
    const { ada, atAda, atJun, authority, jun, mira, need, town, write } = await scene();
    const unknown = '77'.repeat(32) as KeyId;
    await write(atJun, [need([unknown])]);
    expect(authority().needs.openTo(ada.identity)).toEqual([]);
    await write(atJun, [need()]);
    const subject = { to: 'identity', identity: jun.identity } as const;
    const { founded, space } = town;
    await write(atAda, [revokeAccess({ space, subject, parent: founded.credential })]);
    for (const who of [ada, mira]) {
      expect(authority().needs.openTo(who.identity)).toEqual([]);
    }
    for (const of of ['membership', ROOT_ZONE] as const) {
      for (const generation of authority().keys.generations(of)) {
        expect(authority().needs.mayHave(jun.identity, generation)).toBeUndefined();
        expect(authority().needs.mayHave(mira.identity, generation)).toBeDefined();
      }
    }
  });

  test('does not make others work without end', async () => {
    const { ada, atJun, authority, generation, jun, need, write } = await scene();
    for (let times = 0; times < NEEDS_MAX + 3; times++) await write(atJun, [need()]);
    expect(authority().needs.timesOf(jun.identity, generation)).toBe(NEEDS_MAX);
    expect(authority().needs.openTo(ada.identity)).toHaveLength(1);
  });

  test('who is removed helps nobody: what it has sealed does not count', async () => {
    const { ada, atAda, atJun, atMira, authority, copyFor, jun, mira, need, town, write } =
      await scene();
    await write(atJun, [need()]);
    await write(atMira, [copyFor(jun.identity)]);
    expect(authority().needs.openTo(ada.identity)).toEqual([]);
    const subject = { to: 'identity', identity: mira.identity } as const;
    const { founded, space } = town;
    await write(atAda, [revokeAccess({ space, subject, parent: founded.credential })]);
    expect(authority().needs.openTo(ada.identity)).toHaveLength(1);
  });
});

describe('keys may be given', () => {
  test('whole to who reads history, content alone to who does not, nothing to strangers', async () => {
    const { ada, atAda, authority, generation, jun, town, write } = await scene();
    const { dag, founded, space } = town;
    const kim = await person('Kim');
    const grant = await grantAccess({
      ...{ rng: dag.rng, space, level: 'read', parent: founded.credential, withoutHistory: true },
      subject: { to: 'identity', identity: kim.identity },
      issuer: ada.identity,
      deviceSigner: ada.deviceSigner,
    });
    const { needs } = authority();
    expect(needs.mayHave(jun.identity, generation)?.isWhole).toBe(true);
    expect(needs.mayHave(kim.identity, generation)).toBeUndefined();
    await write(atAda, [kim.log.genesis, grant]);
    // There is no key yet to which may be sealed.
    expect(authority().needs.mayHave(kim.identity, generation)).toBeUndefined();
    const key = await publishReadingKey({
      ...{ space, identity: kim.identity, deviceSigner: kim.deviceSigner, counter: 0 },
      key: simAgreer(kim.haloSecret).publicKey,
    });
    await write(atAda, [key]);
    expect(authority().keys.current(ROOT_ZONE)).toBe(generation);
    // In use: it is what was let in to. What is not any more, and does not list it, is not given.
    expect(authority().needs.mayHave(kim.identity, generation)).toEqual({
      reader: { identity: kim.identity, key: key.key },
      isWhole: false,
    });
  });
});
