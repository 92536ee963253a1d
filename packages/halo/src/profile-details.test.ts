/** Words and pictures of people: whose counts, and what a picture may be. */
import { expect, describe, test } from 'vitest';
import { PICTURE_BYTES_MAX, pictureFacts, type ProfileDetails } from './profile-details.ts';
import { decodeStatements, encodeStatements } from './statement-codec.ts';
import { person } from './testing/people.ts';
import { foundTown, letIn } from './testing/town.ts';

function details(
  text: string,
  picture: Uint8Array<ArrayBuffer> = new Uint8Array(),
): ProfileDetails {
  return { kind: 'profile-details', text, picture };
}

/** The first bytes of a PNG of this size. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

/** The first segments of a JPEG of this size, with `before` between start and frame. */
function jpeg(width: number, height: number, before: readonly number[] = []): Uint8Array {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Uint8Array.of(0xff, 0xd8, ...before, 0xff, 0xc2, 0, 17, 8, ...size, 3, 1, 0x22, 0);
}

test('the latest details count, only of who may read, and a name leaves them alone', async () => {
  const town = await foundTown();
  const { dag, space } = town;
  const mira = await letIn(town, await person('Mira'), 'read');
  const kai = await letIn(town, await person('Kai'), 'read');
  const identity = (await person('Mira')).identity;
  const say = (who: typeof mira, ...statements: readonly object[]): Promise<unknown> =>
    dag.append(space, who.feed, {
      credential: who.credential,
      statements: statements as readonly ProfileDetails[],
    });
  expect(dag.fold(space).authority.detailsOf(identity)).toBeUndefined();
  await say(mira, details('Rows', png(64, 64)));
  await say(mira, details('Rows on Tuesdays', png(96, 96)));
  await say(mira, { kind: 'profile', name: 'Miranda', colour: 5 });
  // By a right that is somebody else's.
  await dag.append(space, kai.feed, {
    credential: mira.credential,
    statements: [details('Kai as Mira')],
  });
  const { authority } = dag.fold(space);
  expect(authority.detailsOf(identity)).toEqual({ text: 'Rows on Tuesdays', picture: png(96, 96) });
  expect(authority.profileOf(identity)).toEqual({ name: 'Miranda', colour: 5 });
  expect(authority.detailsOf((await person('Kai')).identity)).toBeUndefined();
  expect(authority.members().find((one) => one.identity === identity)?.details?.text).toBe(
    'Rows on Tuesdays',
  );
});

test('too many words or too large a picture are no statement', () => {
  const whole = details('x', new Uint8Array(PICTURE_BYTES_MAX));
  expect(decodeStatements(encodeStatements([whole]))).toEqual([whole]);
  for (const more of [
    details('x'.repeat(561)),
    details('', new Uint8Array(PICTURE_BYTES_MAX + 1)),
  ]) {
    expect(() => decodeStatements(encodeStatements([more]))).toThrow();
  }
});

describe('a picture', () => {
  test('is told apart by its first bytes, with its size', () => {
    expect(pictureFacts(png(96, 80))).toEqual({ type: 'image/png', width: 96, height: 80 });
    const facts = { type: 'image/jpeg', width: 96, height: 80 };
    expect(pictureFacts(jpeg(96, 80))).toEqual(facts);
    expect(pictureFacts(jpeg(96, 80, [0xff, 0xe0, 0, 4, 1, 2]))).toEqual(facts);
  });

  test('that claims to be huge, or is nothing known, is not shown', () => {
    const none = [
      png(100_000, 100_000),
      png(96, 0),
      png(96, 513),
      jpeg(60_000, 60_000),
      // A second start inside, a segment without a length, a kind of frame that browsers do not show.
      jpeg(96, 96, [0xff, 0xd8, 0, 2]),
      jpeg(96, 96, [0xff, 0xe0, 0, 0]),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xc3, 0, 17, 8, 0, 9, 0, 9, 3),
      png(96, 96).subarray(0, 20),
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      new Uint8Array(),
      new Uint8Array(PICTURE_BYTES_MAX + 1),
    ];
    for (const picture of none) expect(pictureFacts(picture)).toBeUndefined();
  });

  test('cut off anywhere breaks nothing', () => {
    for (const whole of [png(96, 80), jpeg(96, 80, [0xff, 0xdb, 0, 4, 1, 2])]) {
      for (let end = 0; end < whole.length; end++) {
        expect(() => pictureFacts(whole.subarray(0, end))).not.toThrow();
      }
    }
  });
});
