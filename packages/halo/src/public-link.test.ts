/** Links to public spaces, the records that they lead to, and the reader that has nothing to say. */
import { simEd25519, simAgreer, simSigner, SimRng } from '@atoll/testkit';
import { readFileSync } from 'node:fs';
import { ROOT_ZONE, fromHex, toHex, type KeyPlatform } from '@atoll/kernel';
import { softwareKeys } from '@atoll/crypto';
import { describe, expect, test } from 'vitest';
import { admitGuest } from './admit-guest.ts';
import { suspendDevice } from './device-statements.ts';
import { checkIdentityLog } from './identity-log-check.ts';
import { publishReadingKey, revokeAccess } from './issue.ts';
import { joinStatements } from './join-statements.ts';
import { readingSecret } from './derive.ts';
import { KeyRing, type MembershipSecret } from './key-ring.ts';
import { followerLog, linkReader, type LinkReader } from './link-reader.ts';
import {
  formatPublicLink,
  hasPublicLink,
  parsePublicLink,
  publicFingerprint,
  publicLinkUrl,
} from './public-link.ts';
import { openPublicRecord, sealPublicRecord } from './public-record.ts';
import { openKeyCopy } from './rotation.ts';
import type { Statement } from './statements.ts';
import { person } from './testing/people.ts';
import { publicVectors } from './testing/public-vectors.ts';
import { foundTown, letIn, type Town } from './testing/town.ts';
import { encodeTicket, type SpaceTicket } from './ticket.ts';

const keys: KeyPlatform = { ...softwareKeys, signer: (seed) => Promise.resolve(simSigner(seed)) };
const secret = new Uint8Array(16).fill(7);
const silent = { counts: false, why: 'link-says-nothing' };

/** Ada has founded a space, Mira writes in it, and Ada has published it. */
async function publicTown() {
  const town = await foundTown(5);
  const mira = await person('Mira');
  const miraIn = await letIn(town, mira, 'write');
  const reader = await linkReader(keys, secret, town.space);
  const { dag, founded, founder, founderFeed, space } = town;
  const { credential, statements } = await admitGuest({
    ...{ rng: dag.rng, space, guest: reader, level: 'read', parent: founded.credential },
    ...{ issuer: founder.identity, deviceSigner: founder.deviceSigner, keys: founded.keys },
  });
  const published = await dag.append(space, founderFeed, {
    credential: founded.credential,
    statements,
    deps: [miraIn.feed.tip],
  });
  return { town, reader, credential, published, miraIn };
}

/** What becomes of statements in the first block of a feed that the link's holder opens. */
async function said(
  { town, reader, published }: Awaited<ReturnType<typeof publicTown>>,
  statements: readonly Statement[],
) {
  const { dag, space } = town;
  const feed = dag.feed();
  const opening = await joinStatements({
    space,
    author: {
      ...{ log: reader.log, deviceSigner: reader.deviceSigner, readingSecret: new Uint8Array(32) },
      profile: { name: 'Somebody', colour: 1 },
    },
    feed: feed.opening,
  });
  const at = await dag.append(space, feed, {
    deps: [published],
    statements: [...opening, ...statements],
  });
  const { authority } = fold(town);
  const { hash } = dag.block(at);
  return { authority, verdicts: authority.decisions().filter(({ block }) => block === hash), at };
}

function membershipOf({ founded }: Town): MembershipSecret {
  const secret = founded.keys.get(founded.membership);
  if (secret?.kind !== 'membership') throw new RangeError('no membership key');
  return secret;
}

function fold({ dag, space }: Town) {
  return dag.fold(
    space,
    dag.blocks.map(({ index }) => index),
  );
}

describe('the reader of a link', () => {
  test('follows from the link and the space alone', async () => {
    const { space } = await foundTown(5);
    const { space: other } = await foundTown(6);
    const one = await linkReader(keys, secret, space);
    expect((await linkReader(keys, secret, space)).identity).toBe(one.identity);
    expect((await linkReader(keys, secret, other)).identity).not.toBe(one.identity);
    const second = new Uint8Array(16).fill(8);
    expect((await linkReader(keys, second, space)).identity).not.toBe(one.identity);
  });

  test('is sealed to like a member, and is none', async () => {
    const { town, reader, published } = await publicTown();
    const { authority } = fold(town);
    expect(authority.links()).toEqual([reader.identity]);
    expect(authority.members().map(({ identity }) => identity)).not.toContain(reader.identity);
    for (const of of ['membership', ROOT_ZONE] as const) {
      expect(authority.readers(of).map(({ identity }) => identity)).toContain(reader.identity);
    }
    expect(authority.roleOf(reader.identity)).toBe('reader');
    expect(town.dag.block(published).seq).toBeGreaterThan(0);
  });

  test('is waited for by nobody when keys are to be made', async () => {
    const { town, reader } = await publicTown();
    const { authority } = fold(town);
    expect(authority.placeAmongReaders(reader.identity, 'membership')).toBeUndefined();
    const mira = await person('Mira');
    expect(authority.placeAmongReaders(mira.identity, 'membership')).toBe(1);
  });

  test('opens no feed: nothing that is written in its name has an author', async () => {
    const scene = await publicTown();
    const { authority, at } = await said(scene, []);
    expect(authority.authorOf(at)).toBeUndefined();
    const { credential } = scene;
    expect(authority.mayWrite({ block: at, credential })).toMatchObject({ counts: false });
    expect(authority.mayRead({ block: at, credential })).toMatchObject({ counts: false });
    expect(authority.profileOf(scene.reader.identity)).toBeUndefined();
  });

  test('cannot leave: whoever has the link ends it for nobody else', async () => {
    const scene = await publicTown();
    const { identity } = scene.reader;
    const leaving = revokeAccess({
      ...{ space: scene.town.space, parent: scene.credential },
      subject: { to: 'identity', identity },
    });
    const { authority } = await said(scene, [leaving]);
    expect(authority.links()).toEqual([identity]);
  });

  test('keeps its one reading key, whoever presents another', async () => {
    const scene = await publicTown();
    const { town, reader, miraIn } = scene;
    const before = fold(town).authority.keys.readingKey(reader.identity)?.key;
    const taken = await publishReadingKey({
      ...{ space: town.space, identity: reader.identity, deviceSigner: reader.deviceSigner },
      ...{ counter: 9, key: simAgreer(new Uint8Array(32).fill(3)).publicKey },
    });
    const at = await town.dag.append(town.space, miraIn.feed, {
      deps: [scene.published],
      statements: [taken],
    });
    const { authority } = fold(town);
    const { hash } = town.dag.block(at);
    expect(authority.decisions().find(({ block }) => block === hash)?.verdict).toEqual(silent);
    expect(authority.keys.readingKey(reader.identity)?.key).toEqual(before);
    expect(authority.keys.isStale('membership')).toBe(false);
  });

  test('has no devices to add and none to stop', async () => {
    const scene = await publicTown();
    const { reader } = scene;
    const own = { signer: simSigner(new Uint8Array(32).fill(4)), agreementKey: agreement(4) };
    const log = await followerLog(reader, own);
    const [admission] = log.admissions;
    if (admission === undefined) throw new RangeError('no admission');
    const suspension = await suspendDevice({
      ...{ log, atMs: 1, device: reader.log.genesis.device, deviceSigner: own.signer },
    });
    const { verdicts, authority } = await said(scene, [admission, suspension]);
    const byKind = new Map(verdicts.map(({ kind, verdict }) => [kind, verdict]));
    expect(byKind.get('device-admission')).toEqual(silent);
    expect(byKind.get('device-suspension')).toEqual(silent);
    expect(authority.identities.devicesOf(reader.identity)).toHaveLength(1);
  });

  test('lets a follower show in a session that it has the link', async () => {
    const { reader } = await publicTown();
    const own = { signer: simSigner(new Uint8Array(32).fill(4)), agreementKey: agreement(4) };
    const devices = await checkIdentityLog(simEd25519, await followerLog(reader, own));
    expect(devices?.map(({ agreementKey }) => agreementKey)).toContainEqual(own.agreementKey);
  });

  test('gets no key that writes the mailbox: not when it is published, and not as one who lacks keys', async () => {
    const { town, reader } = await publicTown();
    const { authority } = fold(town);
    const generation = town.founded.membership;
    const rotation = authority.keys.rotation(generation);
    const [copy] = authority.keys.copiesFor(reader.identity, generation);
    if (copy === undefined || rotation === undefined) throw new RangeError('no copy');
    const agreer = simAgreer(readingSecret(reader.haloSecret, town.space));
    const opened = await openKeyCopy(agreer, copy, rotation);
    const { key, postbox } = membershipOf(town);
    expect(opened).toEqual({ kind: 'membership', generation, key, postbox });
    expect(authority.isGivenAll(reader.identity, 'membership')).toBe(false);
    expect(authority.needs.mayHave(reader.identity, generation)?.isWhole).toBe(false);
    const mira = await person('Mira');
    expect(authority.needs.mayHave(mira.identity, generation)?.isWhole).toBe(true);
    // What all members read it reads, with all of history.
    expect(authority.isGivenAll(reader.identity, ROOT_ZONE)).toBe(true);
  });

  test('ends when it is removed: keys that it had are used no more', async () => {
    const { town, reader } = await publicTown();
    const { dag, founded, founderFeed, space } = town;
    await dag.append(space, founderFeed, {
      credential: founded.credential,
      statements: [
        revokeAccess({
          ...{ space, parent: founded.credential },
          subject: { to: 'identity', identity: reader.identity },
        }),
      ],
    });
    const { authority } = fold(town);
    expect(authority.links()).toEqual([]);
    expect(authority.keys.isStale('membership')).toBe(true);
    expect(authority.keys.isStale(ROOT_ZONE)).toBe(true);
  });
});

describe('a link', () => {
  const link = { secret, fingerprint: new Uint8Array(12).fill(9), kube: 'kube.example.org' };

  test('is below 100 characters with the longest server, and is read again', () => {
    const longest = { ...link, kube: `${'k'.repeat(24)}.example` };
    expect(formatPublicLink(longest).length).toBeLessThan(100);
    expect(parsePublicLink(formatPublicLink(longest))).toEqual(longest);
    const url = publicLinkUrl('https://atoll.example/', link);
    expect(url.length).toBeLessThan(100);
    expect(parsePublicLink(` see ${url} for more`)).toEqual(link);
    expect(hasPublicLink(url)).toBe(true);
  });

  test('that was cut off or changed is none', () => {
    const text = formatPublicLink(link);
    const changed = `${text.slice(0, 8)}${text[8] === 'A' ? 'B' : 'A'}${text.slice(9)}`;
    for (const bad of ['', 'hello', text.slice(0, -3), changed, `${text}AAAA`]) {
      expect(() => parsePublicLink(bad)).toThrow(/no link to a public space/);
    }
  });
});

describe('the record of a link', () => {
  const signer = simSigner(new Uint8Array(32).fill(21));

  async function scene(seed = 5) {
    const { founded, space } = await foundTown(seed);
    const genesis = founded.statements.find((one) => one.kind === 'space-genesis');
    if (genesis?.kind !== 'space-genesis') throw new RangeError('no genesis');
    const ticket: SpaceTicket = {
      ...{ kind: 'space', genesis, space, keys: KeyRing.import(founded.keys.export()) },
      ...{ name: 'Garden', level: 'read', credential: founded.credential, kubes: ['kube.test'] },
    };
    const fingerprint = publicFingerprint(space, signer.publicKey);
    return { ticket, link: { secret, fingerprint, kube: '' } };
  }

  const ports = { rng: new SimRng(3), signer };

  test('gives whoever has the link what it takes to read', async () => {
    const { link, ticket } = await scene();
    const sealed = await sealPublicRecord(ports, secret, ticket);
    const opened = await openPublicRecord({ ed25519: simEd25519 }, link, sealed);
    expect(opened?.space).toBe(ticket.space);
    expect(opened?.keys.export()).toEqual(ticket.keys.export());
  });

  test('is not replaced by one that another holder of the link has made', async () => {
    const { link, ticket } = await scene();
    const other = simSigner(new Uint8Array(32).fill(22));
    const forged = await sealPublicRecord({ ...ports, signer: other }, secret, ticket);
    expect(await openPublicRecord({ ed25519: simEd25519 }, link, forged)).toBeUndefined();
    const elsewhere = await sealPublicRecord(ports, secret, (await scene(6)).ticket);
    expect(await openPublicRecord({ ed25519: simEd25519 }, link, elsewhere)).toBeUndefined();
  });

  test('that is rubbish is passed over', async () => {
    const { link, ticket } = await scene();
    const sealed = await sealPublicRecord(ports, secret, ticket);
    sealed[40] = (sealed[40] ?? 0) ^ 1;
    for (const bytes of [new Uint8Array(0), new Uint8Array(80), sealed]) {
      expect(await openPublicRecord({ ed25519: simEd25519 }, link, bytes)).toBeUndefined();
    }
  });
});

function agreement(fill: number): LinkReader['haloSecret'] {
  return simAgreer(new Uint8Array(32).fill(fill)).publicKey.slice();
}

describe('golden bytes', () => {
  test('this program still writes them, and reads what the file holds', async () => {
    const file = new URL('../../../spec/vectors/public-links.json', import.meta.url);
    const golden = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly code: string;
      readonly record: string;
      readonly ticket: string;
    };
    expect(await publicVectors()).toEqual(golden);
    const ports = { ed25519: simEd25519 };
    const record = fromHex(golden.record) ?? new Uint8Array();
    const opened = await openPublicRecord(ports, parsePublicLink(golden.code), record);
    expect(opened && toHex(encodeTicket(opened))).toBe(golden.ticket);
  });
});
