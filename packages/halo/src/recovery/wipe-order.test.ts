/** Orders to wipe: who can give one, who can read it, and what is none. */
import { ready } from '@atoll/crypto';
import { idFromBytes, type DeviceKey } from '@atoll/kernel';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { changeRecovery, decideDevice, suspendDevice } from '../device-statements.ts';
import { withEntries, type IdentityLog, type LogStatement } from '../identity.ts';
import { Household } from '../testing/household.ts';
import { CAPSULE_HEADER_BYTES } from './capsule-codec.ts';
import {
  openWipeOrder,
  sealWipeOrder,
  signedWipeOrder,
  wipeOrderIn,
  wipeOrderSeed,
} from './wipe-order.ts';

beforeAll(() => ready());

const AGREER = simAgreer(new Uint8Array(32).fill(7));

/** Ada's log with a phone, and what is needed to say more. */
async function home(seed: number): Promise<{ house: Household; phone: DeviceKey }> {
  const house = await Household.make(seed);
  const phone = await house.device(house.laptop.signer);
  return { house, phone: phone.key };
}

function plus(log: IdentityLog, ...more: readonly LogStatement[]): IdentityLog {
  return withEntries(log, more);
}

describe('only the words order it', () => {
  test('a suspension, a removal and the words of somebody else order nothing', async () => {
    const { house, phone } = await home(1);
    const { laptop, log, recovery } = house;
    const said = { log, atMs: 1, device: phone };
    expect(wipeOrderIn(log, phone)).toBeUndefined();
    const stop = await suspendDevice({ ...said, deviceSigner: laptop.signer });
    expect(wipeOrderIn(plus(log, stop), phone)).toBeUndefined();
    const goes = await decideDevice({ ...said, fate: 'goes', recoverySigner: recovery });
    expect(wipeOrderIn(plus(log, goes), phone)).toBeUndefined();
    // A thief with a device, who signs with its key as if it were the words, and gives it a great number.
    for (const recoverySigner of [laptop.signer, simSigner(new Uint8Array(32).fill(5))]) {
      const forged = await decideDevice({ ...said, fate: 'goes-and-wipes', recoverySigner });
      expect(wipeOrderIn(plus(log, { ...forged, counter: 9 }), phone)).toBeUndefined();
    }
    const order = await decideDevice({ ...said, fate: 'goes-and-wipes', recoverySigner: recovery });
    expect(wipeOrderIn(plus(log, order), phone)).toEqual(order);
    expect(wipeOrderIn(plus(log, order), laptop.key)).toBeUndefined();
    expect(await signedWipeOrder(simEd25519, plus(log, order), phone)).toEqual(order);
    // As the words, with another signature.
    const unsigned = { ...order, counter: 3, signature: new Uint8Array(64) };
    expect(await signedWipeOrder(simEd25519, plus(log, unsigned), phone)).toBeUndefined();
  });

  test('what they say later takes it back, and of two that are equal the wiping one counts', async () => {
    const { house, phone } = await home(2);
    const { log, recovery: recoverySigner } = house;
    const said = { atMs: 1, device: phone, recoverySigner };
    const order = await decideDevice({ ...said, log, fate: 'goes-and-wipes' });
    const ordered = plus(log, order);
    const stays = await decideDevice({ ...said, log: ordered, fate: 'stays' });
    expect(wipeOrderIn(plus(ordered, stays), phone)).toBeUndefined();
    const equal = await decideDevice({ ...said, log, fate: 'goes' });
    expect(wipeOrderIn(plus(ordered, equal), phone)).toEqual(order);
  });

  test('words that were changed order nothing any more, but what they had ordered stands', async () => {
    const { house, phone } = await home(3);
    const { laptop, log, recovery } = house;
    const newSigner = simSigner(new Uint8Array(32).fill(8));
    const changing = { atMs: 1, oldSigner: recovery, deviceSigner: laptop.signer, newSigner };
    const agreementKey = AGREER.publicKey.slice();
    const change = await changeRecovery({ ...changing, log, agreementKey });
    const found = {
      atMs: 1,
      device: phone,
      fate: 'goes-and-wipes',
      recoverySigner: recovery,
    } as const;
    const late = await decideDevice({ ...found, log });
    expect(wipeOrderIn(plus(log, change, late), phone)).toBeUndefined();
    const ordered = plus(log, late);
    const after = await changeRecovery({ ...changing, log: ordered, agreementKey });
    expect(wipeOrderIn(plus(ordered, after), phone)).toEqual(late);
  });
});

describe('a record', () => {
  async function ordered(
    seed: number,
  ): Promise<{ log: IdentityLog; phone: DeviceKey; before: IdentityLog }> {
    const { house, phone } = await home(seed);
    const { log, recovery: recoverySigner } = house;
    const said = { log, atMs: 1, device: phone, recoverySigner };
    const order = await decideDevice({ ...said, fate: 'goes-and-wipes' });
    return { before: log, log: plus(log, order), phone };
  }

  test('tells its device of the order, and nobody else of anything', async () => {
    const { before, log, phone } = await ordered(4);
    const rng = new SimRng(4);
    const record = await sealWipeOrder({ rng }, AGREER.publicKey, log);
    expect(record.length).toBe(CAPSULE_HEADER_BYTES + 4096 + 16);
    const to = { agreer: AGREER, device: phone, log: before };
    const opened = await openWipeOrder(simEd25519, record, to);
    expect(opened).toEqual(log);
    const other = simAgreer(new Uint8Array(32).fill(6));
    expect(await openWipeOrder(simEd25519, record, { ...to, agreer: other })).toBeUndefined();
    const laptop = log.genesis.device;
    expect(await openWipeOrder(simEd25519, record, { ...to, device: laptop })).toBeUndefined();
  });

  test('that is damaged, of another identity, without an order or forged is none', async () => {
    const { before, log, phone } = await ordered(5);
    const rng = new SimRng(5);
    const to = { agreer: AGREER, device: phone, log: before };
    const opens = async (of: IdentityLog): Promise<IdentityLog | undefined> =>
      openWipeOrder(simEd25519, await sealWipeOrder({ rng }, AGREER.publicKey, of), to);
    const record = await sealWipeOrder({ rng }, AGREER.publicKey, log);
    for (let at = 0; at < record.length; at += 641) {
      const changed = record.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const result = await openWipeOrder(simEd25519, changed, to);
      // The boxes that nobody opens may say what they like.
      expect(result === undefined || (at > 81 && at < CAPSULE_HEADER_BYTES)).toBe(true);
    }
    expect(await opens(before)).toBeUndefined();
    expect(await opens((await ordered(6)).log)).toBeUndefined();
    const forged = log.said?.map((one) => ({ ...one, signature: new Uint8Array(64) })) ?? [];
    expect(await opens({ ...before, said: forged })).toBeUndefined();
    expect(await openWipeOrder(simEd25519, rng.bytes(record.length), to)).toBeUndefined();
  });

  test('lies in a mailbox of its own for each device', async () => {
    const { log, phone } = await ordered(7);
    const secret = new Uint8Array(32).fill(1);
    const laptop = log.genesis.device;
    expect(wipeOrderSeed(secret, phone)).not.toEqual(wipeOrderSeed(secret, laptop));
    expect(wipeOrderSeed(secret, idFromBytes('device', new Uint8Array(32)))).toHaveLength(32);
  });
});
