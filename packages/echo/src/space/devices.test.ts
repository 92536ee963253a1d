/** Devices of a member that are suspended: what they write on counts nowhere, and they read nothing new. */
import { recoverySecrets, softwareAgreer, softwareSigner, wordsToSeed } from '@atoll/crypto';
import {
  KeyRing,
  changeRecovery,
  decideDevice,
  publishReadingKey,
  readingSecret,
  suspendDevice,
  withEntries,
} from '@atoll/halo';
import { idFromBytes, type Signer } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { BLOCK_HAS_CONTROL } from './space-index.ts';
import { stillOpening } from './space-opening.ts';
import { Space, type SpaceWriter } from './space.ts';
import { Person, exchange, exchangeAll, rootOf } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string(), text: s.text() });

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** Ada has founded it on her laptop, and has a phone; Jun may write. */
async function town(seed: number, phoneKnows: readonly Uint8Array[] = []) {
  const ada = await Person.make('Ada', seed);
  const jun = await Person.make('Jun', seed + 1);
  const phone = await ada.device(seed + 2);
  const secrets: Uint8Array[] = [];
  const writers = [ada, phone].map((who): SpaceWriter => ({
    ...who.writer(),
    laterSecrets: () => secrets,
  }));
  const one = await Space.found(ada.ports, writers[0] as SpaceWriter);
  one.database.add(Page, { title: 'Trunk', text: 'trunk' });
  await one.flush();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const options = {
    space: one.id,
    ring: KeyRing.import(one.keys.ring.export()),
    // The phone is not told of later secrets by itself.
    writer: { ...phone.writer(), laterSecrets: () => phoneKnows },
  };
  const three = await Space.open(phone.ports, options);
  await exchangeAll([one, two, three]);
  const device = idFromBytes('device', phone.deviceSigner.publicKey);
  const renew = (): void => void secrets.push(new SimRng(seed).bytes(32));
  const suspend = async () => {
    const { log } = phone;
    const { deviceSigner } = ada;
    return withEntries(log, [await suspendDevice({ log, atMs: 1, device, deviceSigner })]);
  };
  return { ada, jun, phone, device, one, two, three, secrets, renew, suspend };
}

test('a suspended device changes nothing any more, wherever its blocks went first', async () => {
  const { one, two, three, renew, suspend } = await town(701);
  pageOf(three).title = 'by the phone';
  await exchangeAll([one, two, three]);
  pageOf(three).title = 'too late';
  pageOf(three).text.insert(0, 'late ');
  await three.flush();
  await exchange(two, three);
  expect(pageOf(two).title).toBe('too late');
  renew();
  expect(await one.devices.show(await suspend())).toBe(true);
  await exchangeAll([one, two, three]);
  for (const space of [one, two, three]) {
    expect(pageOf(space).title).toBe('by the phone');
    expect(pageOf(space).text.toString()).toBe('trunk');
  }
  expect(rootOf(two)).toBe(rootOf(one));
  expect(three.devices.isStopped).toBe(true);
  expect(() => (pageOf(three).title = 'again')).toThrow(
    expect.objectContaining({ code: 'SPACE_DEVICE_STOPPED' }),
  );
});

test('it reads nothing that is sealed by anybody who knows, and the others read each other', async () => {
  const { one, two, three, renew, suspend } = await town(711);
  renew();
  await one.devices.show(await suspend());
  await exchangeAll([one, two, three]);
  pageOf(one).title = 'by the laptop';
  await exchangeAll([one, two, three]);
  expect(pageOf(two).title).toBe('by the laptop');
  pageOf(two).title = 'by Jun';
  await exchangeAll([one, two, three]);
  expect(pageOf(one).title).toBe('by Jun');
  expect(pageOf(three).title).toBe('Trunk');
});

test('a device that shows a stop as it introduces itself says nothing else in that block: keys have to cover it first', async () => {
  const { ada, one, two, secrets, renew, suspend } = await town(801);
  renew();
  const tablet = await ada.device(805, await suspend());
  const four = await Space.open(tablet.ports, {
    space: one.id,
    ring: KeyRing.import(one.keys.ring.export()),
    writer: { ...tablet.writer(), laterSecrets: () => secrets },
  });
  await exchange(one, four);
  const first = four.index.branches.blockCount;
  pageOf(four).title = 'by the tablet';
  await four.flush();
  expect(four.index.branches.seqOf(first)).toBe(0);
  expect(four.index.flagsOf(first)).toBe(BLOCK_HAS_CONTROL);
  await exchangeAll([one, two, four]);
  for (const space of [one, two]) expect(pageOf(space).title).toBe('by the tablet');
  expect(rootOf(four)).toBe(rootOf(two));
});

test('nobody seals to the secret that it knows, before there is another one', async () => {
  const { one, two, three, renew, suspend } = await town(721);
  const log = await suspend();
  await one.devices.show(log);
  await exchange(one, two);
  pageOf(two).title = 'by Jun';
  await exchangeAll([one, two, three]);
  expect(pageOf(three).title).toBe('Trunk');
  renew();
  expect(await one.devices.show(log)).toBe(true);
  await exchangeAll([one, two, three]);
  pageOf(two).title = 'by Jun again';
  await exchangeAll([one, two, three]);
  expect(pageOf(one).title).toBe('by Jun again');
  expect(pageOf(three).title).toBe('Trunk');
});

test('a device that writes for the first time states the key that it knows neither beside a stop nor knowing of it', async () => {
  const { ada, phone, one, suspend } = await town(741);
  const tablet = await ada.device(9741, phone.log);
  const ring = KeyRing.import(one.keys.ring.export());
  const theirs = await Space.open(tablet.ports, { space: one.id, ring, writer: tablet.writer() });
  // Nothing has come yet of what the others have written.
  await theirs.devices.show(await suspend());
  await exchange(one, theirs);
  expect(theirs.devices.isKnown).toBe(true);
  for (const { authority, identity } of [one, theirs]) {
    expect(authority.keys.readingKey(identity)).toBeUndefined();
  }
  const { deviceSigner, identity } = ada;
  const key = softwareAgreer(readingSecret(ada.haloSecret, one.id)).publicKey;
  const reading = { space: one.id, identity, deviceSigner, counter: 0, key };
  const opening = [await publishReadingKey(reading)];
  expect(stillOpening(opening, one.authority, identity)).toHaveLength(0);
});

test('who shows a stop while no secret is safe states no key, and one as soon as there is one', async () => {
  const { ada, one, renew, secrets, suspend } = await town(751);
  const log = await suspend();
  const tablet = await ada.device(9751, log);
  const ring = KeyRing.import(one.keys.ring.export());
  const laterSecrets = (): readonly Uint8Array[] => secrets;
  const secretOfNow = (): Uint8Array | undefined => secrets.at(-1);
  const writer = { ...tablet.writer(), laterSecrets, secretOfNow };
  const theirs = await Space.open(tablet.ports, { space: one.id, ring, writer });
  await theirs.introduce();
  expect(theirs.authority.identities.isTroubled(one.identity)).toBe(true);
  expect(theirs.authority.keys.readingKey(one.identity)).toBeUndefined();
  renew();
  await theirs.devices.show(log);
  const { publicKey } = softwareAgreer(readingSecret(secrets[0] as Uint8Array, one.id));
  expect(theirs.authority.keys.readingKey(one.identity)?.key).toEqual(publicKey);
});

test('a secret is not stated that a device may know of whose stop was heard while it was signed', async () => {
  const { ada, phone, device: phoneKey, one, renew } = await town(745);
  const tablet = await ada.device(9745, phone.log);
  const desk = await ada.device(9746, tablet.log);
  const ring = KeyRing.import(one.keys.ring.export());
  const theirs = await Space.open(tablet.ports, { space: one.id, ring, writer: tablet.writer() });
  await exchange(one, theirs);
  const { deviceSigner } = ada;
  const { log } = desk;
  const first = await suspendDevice({ log, atMs: 1, device: phoneKey, deviceSigner });
  const known = withEntries(log, [first]);
  const device = idFromBytes('device', desk.deviceSigner.publicKey);
  const by = tablet.deviceSigner;
  const second = await suspendDevice({ log: known, atMs: 2, device, deviceSigner: by });
  const sign = deviceSigner.sign.bind(deviceSigner);
  Object.assign(deviceSigner, {
    sign: async (bytes: Uint8Array) => {
      Object.assign(deviceSigner, { sign });
      await theirs.devices.show(withEntries(known, [second]));
      await exchange(one, theirs);
      return sign(bytes);
    },
  });
  renew();
  await one.devices.show(known);
  expect(one.authority.identities.isStopped(one.identity, device)).toBe(true);
  expect(one.authority.keys.readingKey(one.identity)).toBeUndefined();
});

test.each([
  ['by itself', 0],
  ['to write', 1],
])(
  'whom it lets in all the same makes no keys where nobody knows him yet, neither %s',
  async (_why, slot) => {
    const { one, phone, renew, suspend } = await town(725);
    const other = await phone.device(9725);
    const ring = KeyRing.import(one.keys.ring.export());
    renew();
    await one.devices.show(await suspend());
    const writer = other.writer({ slot });
    const theirs = await Space.open(other.ports, { space: one.id, ring, writer });
    await exchange(one, theirs);
    expect(() => theirs.database.add(Page, { title: 'by him', text: '' })).toThrow(
      expect.objectContaining({ code: 'SPACE_DEVICE_STOPPED' }),
    );
    const tried = theirs.authority.decisions().filter(({ kind }) => kind === 'rotation');
    expect(tried.every(({ verdict }) => verdict.counts)).toBe(true);
  },
);

test('what it wrote counts again when the words say that it stays, also after a restart', async () => {
  const { ada, one, two, three, renew, suspend, device } = await town(731);
  pageOf(three).title = 'in between';
  await three.flush();
  await exchange(two, three);
  renew();
  const log = await suspend();
  await one.devices.show(log);
  await exchangeAll([one, two]);
  expect(pageOf(two).title).toBe('Trunk');
  const { signingSeed } = recoverySecrets(await wordsToSeed(ada.words));
  const recoverySigner = softwareSigner(signingSeed);
  const stays = await decideDevice({ log, atMs: 2, device, fate: 'stays', recoverySigner });
  await one.devices.show(withEntries(log, [stays]));
  await exchangeAll([one, two]);
  expect(pageOf(two).title).toBe('in between');
  expect(pageOf(one).title).toBe('in between');
  await one.writeSnapshot();
  const { ring } = one.keys;
  await one[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  await again.settled();
  expect(pageOf(again).title).toBe('in between');
});

test('what is sealed once other words are known is under no key that the old ones may have led to', async () => {
  const { ada, jun, phone, one, two, three, renew } = await town(791);
  const signerOf = async (words: readonly string[]): Promise<Signer> =>
    softwareSigner(recoverySecrets(await wordsToSeed(words)).signingSeed);
  // Jun's words serve as new ones: any others would.
  const [oldSigner, newSigner] = [await signerOf(ada.words), await signerOf(jun.words)];
  const { deviceSigner } = ada;
  const { log } = phone;
  const agreementKey = new SimRng(5).bytes(32);
  const terms = { log, atMs: 1, deviceSigner, oldSigner, newSigner, agreementKey };
  const changed = withEntries(log, [await changeRecovery(terms)]);
  const before = KeyRing.import(two.keys.ring.export());
  await one.devices.show(changed);
  await exchange(one, two);
  pageOf(two).title = 'by Jun';
  await two.flush();
  const isFresh = (): boolean =>
    two.keys.ring.all().some(({ generation }) => before.get(generation) === undefined);
  expect(isFresh()).toBe(true);
  renew();
  await one.devices.show(changed);
  await exchangeAll([one, two, three]);
  pageOf(two).title = 'by Jun again';
  await exchangeAll([one, two]);
  expect(pageOf(one).title).toBe('by Jun again');
});

test('to show the same again says nothing', async () => {
  const { one, renew, suspend } = await town(741);
  renew();
  const log = await suspend();
  expect(await one.devices.show(log)).toBe(true);
  const { blocks } = one.figures();
  expect(await one.devices.show(log)).toBe(false);
  expect(one.figures().blocks).toBe(blocks);
});

test('a secret that comes after the blocks opens them, without a further block having to come', async () => {
  const known: Uint8Array[] = [];
  const { ada, one, two, three, secrets, renew } = await town(751, known);
  const { deviceSigner } = ada;
  const { log, deviceSigner: stolen } = await ada.device(760);
  const device = idFromBytes('device', stolen.publicKey);
  const said = await suspendDevice({ log, atMs: 1, device, deviceSigner });
  renew();
  await one.devices.show(withEntries(log, [said]));
  pageOf(one).title = 'under new keys';
  await one.flush();
  await exchangeAll([one, two, three]);
  expect(pageOf(two).title).toBe('under new keys');
  expect(pageOf(three).title).toBe('Trunk');
  known.push(...secrets);
  await three.devices.gainKeys();
  expect(pageOf(three).title).toBe('under new keys');
  expect(rootOf(three)).toBe(rootOf(one));
});
