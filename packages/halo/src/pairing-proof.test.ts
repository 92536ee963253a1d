/** What host and guest must prove to each other, and every way in which the proof is wrong. */
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { signStatement } from '@atoll/crypto';
import { idFromBytes } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { readingSecret } from './derive.ts';
import { admitDevice } from './identity.ts';
import { checkIdentityLog } from './identity-log-check.ts';
import {
  acceptanceBytes,
  type GuestMessage,
  type HostMessage,
  type Offer,
} from './pairing-messages.ts';
import {
  judgeAcceptance,
  judgeOffer,
  judgeResume,
  signAcceptance,
  signOffer,
  signResume,
  type AcceptanceCheck,
  type GuestSelf,
} from './pairing-proof.ts';
import { agreementPublic } from './testing/keys.ts';
import { person } from './testing/people.ts';

const rng = new SimRng(31);
const handshakeHash = rng.bytes(32);
const space = idFromBytes('space', rng.bytes(32));

async function spaceOffer(): Promise<Offer> {
  const { log } = await person('Ada');
  const { device } = log.genesis;
  const terms = { kind: 'space', space, spaceName: 'Azores', level: 'write' } as const;
  return { ...terms, log, device, name: 'Ada' };
}

async function deviceOffer(): Promise<Offer> {
  const { log } = await person('Ada');
  return { kind: 'device', log, device: log.genesis.device, name: 'Ada' };
}

async function jun(): Promise<Extract<GuestSelf, { kind: 'space' }>> {
  const { deviceSigner, haloSecret, log } = await person('Jun');
  const readingKey = agreementPublic(readingSecret(haloSecret, space));
  return { kind: 'space', log, deviceSigner, name: 'Jun', colour: 2, readingKey };
}

type Accept = Extract<GuestMessage, { say: 'accept' }>;

async function accepted(self: GuestSelf, offer: Offer): Promise<Accept> {
  const message = await signAcceptance(self, offer, handshakeHash);
  if (message.say !== 'accept') throw new TypeError('not an acceptance');
  return message;
}

async function judged(
  message: Pick<Accept, 'acceptance' | 'signature'>,
  offer: Offer,
  over: Partial<AcceptanceCheck> = {},
): ReturnType<typeof judgeAcceptance> {
  const { deviceSigner } = await person('Ada');
  const { acceptance, signature } = message;
  const check = { platform: simEd25519, deviceSigner, offer, handshakeHash, acceptance, signature };
  return judgeAcceptance({ ...check, ...over });
}

describe('an offer', () => {
  test('is true from a device of the inviting identity, over this line alone', async () => {
    const { deviceSigner } = await person('Ada');
    const offer = await spaceOffer();
    const message = (await signOffer(deviceSigner, offer, handshakeHash)) as Extract<
      HostMessage,
      { say: 'offer' }
    >;
    expect(await judgeOffer(simEd25519, message, handshakeHash)).toBe(true);
    expect(await judgeOffer(simEd25519, message, rng.bytes(32))).toBe(false);
    const renamed = { ...message, offer: { ...message.offer, name: 'Eve' } };
    expect(await judgeOffer(simEd25519, renamed, handshakeHash)).toBe(false);
  });

  test('is false from a device that the log does not hold', async () => {
    const thief = simSigner(rng.bytes(32));
    const offer = { ...(await spaceOffer()), device: idFromBytes('device', thief.publicKey) };
    const message = (await signOffer(thief, offer, handshakeHash)) as Extract<
      HostMessage,
      { say: 'offer' }
    >;
    expect(await judgeOffer(simEd25519, message, handshakeHash)).toBe(false);
  });
});

describe('an acceptance of a space', () => {
  test('is a request in the name of its identity', async () => {
    const offer = await spaceOffer();
    const { identity } = await person('Jun');
    const request = await judged(await accepted(await jun(), offer), offer);
    expect(request).toMatchObject({ kind: 'space', identity, name: 'Jun', colour: 2 });
  });

  test('is nothing on another line, for another space, or to a device invitation', async () => {
    const offer = await spaceOffer();
    const message = await accepted(await jun(), offer);
    expect(await judged(message, offer, { handshakeHash: rng.bytes(32) })).toBeUndefined();
    const other = { ...offer, space: idFromBytes('space', rng.bytes(32)) };
    expect(await judged(message, other)).toBeUndefined();
    expect(await judged(message, await deviceOffer())).toBeUndefined();
  });

  test('is nothing in the name of somebody else', async () => {
    const offer = await spaceOffer();
    const mira = await person('Mira');
    const self = await jun();
    // Jun's device signs everything, and shows Mira's log.
    const message = await accepted({ ...self, log: mira.log }, offer);
    expect(await judged(message, offer)).toBeUndefined();
  });

  test('is nothing with a reading key of somebody else, or one that nobody signed', async () => {
    const offer = await spaceOffer();
    const own = await accepted(await jun(), offer);
    const mira = await person('Mira');
    const theirs = await accepted(
      { ...(await jun()), ...mira, kind: 'space', name: 'Mira' },
      offer,
    );
    if (own.acceptance.kind !== 'space' || theirs.acceptance.kind !== 'space') {
      throw new TypeError('not for a space');
    }
    const { readingKey } = own.acceptance;
    const unsigned = { ...readingKey, key: agreementPublic(rng.bytes(32)) };
    for (const wrong of [theirs.acceptance.readingKey, unsigned]) {
      const acceptance = { ...own.acceptance, readingKey: wrong };
      const body = acceptanceBytes(acceptance);
      const statement = { purpose: 'invitation-guest', audience: handshakeHash, body } as const;
      const signature = await signStatement((await jun()).deviceSigner, statement);
      expect(await judged({ acceptance, signature }, offer)).toBeUndefined();
    }
  });

  test('is nothing after a change of its name', async () => {
    const offer = await spaceOffer();
    const { acceptance, signature } = await accepted(await jun(), offer);
    const renamed = { acceptance: { ...acceptance, name: 'Ada' }, signature };
    expect(await judged(renamed, offer)).toBeUndefined();
  });
});

describe('an acceptance by a device', () => {
  const self: GuestSelf = {
    kind: 'device',
    deviceSigner: simSigner(rng.bytes(32)),
    agreementKey: agreementPublic(rng.bytes(32)),
    name: 'Phone',
  };

  test('becomes an admission that both devices signed', async () => {
    const offer = await deviceOffer();
    const request = await judged(await accepted(self, offer), offer);
    if (request?.kind !== 'device') throw new TypeError('refused');
    const log = { ...offer.log, admissions: [request.admission] };
    const devices = await checkIdentityLog(simEd25519, log);
    expect(devices?.map(({ device }) => device)).toContain(request.device);
  });

  test('is nothing to an invitation into a space, and nothing against a log that has moved on', async () => {
    const offer = await deviceOffer();
    const message = await accepted(self, offer);
    expect(await judged(message, await spaceOffer())).toBeUndefined();
    const { deviceSigner } = await person('Ada');
    const admission = await admitDevice({
      log: offer.log,
      admitting: deviceSigner,
      newSigner: simSigner(rng.bytes(32)),
      newAgreementKey: rng.bytes(32),
    });
    const moved = { ...offer, log: { ...offer.log, admissions: [admission] } };
    expect(await judged(message, moved)).toBeUndefined();
  });
});

test('only the admitted device can ask for its ticket again, on its own line', async () => {
  const offer = await spaceOffer();
  expect(await judged(await accepted(await jun(), offer), offer)).toBeDefined();
  const resume = async (name: string) => {
    const { deviceSigner } = await person(name);
    const message = await signResume(deviceSigner, handshakeHash);
    if (message.say !== 'resume') throw new TypeError('not a request');
    return message;
  };
  const own = await resume('Jun');
  expect(await judgeResume(simEd25519, own, handshakeHash)).toBe(true);
  expect(await judgeResume(simEd25519, own, rng.bytes(32))).toBe(false);
  const { device } = await resume('Mira');
  expect(await judgeResume(simEd25519, { ...own, device }, handshakeHash)).toBe(false);
});
