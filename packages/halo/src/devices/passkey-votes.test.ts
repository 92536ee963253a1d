/** Passkeys beside devices: what their word weighs, and what it does not. */
import { simEd25519 } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { Household, type HouseDevice } from '../testing/household.ts';
import { decodeStatements, encodeStatements } from '../statement-codec.ts';
import { verifyStatements } from '../statement-signing.ts';
import type { DeviceView } from './device-view.ts';

function viewOf({ town }: Household): DeviceView | undefined {
  const { dag, founder, space } = town;
  return dag.fold(space).authority.identities.devices(founder.identity);
}

function votersOf(house: Household): readonly string[] {
  return [...(viewOf(house)?.voters ?? [])];
}

function standings(house: Household, devices: readonly HouseDevice[]) {
  const view = viewOf(house);
  return devices.map(({ key }) => view?.standingOf(key));
}

describe('a passkey', () => {
  test('has no vote, and takes nobody’s place: a stolen laptop with its passkey puts nobody out', async () => {
    const house = await Household.make(23);
    const { laptop } = house;
    const passkey = await house.device(laptop.signer, { isPasskey: true });
    expect(votersOf(house)).toEqual([laptop.key]);
    const phone = await house.device(laptop.signer);
    expect(votersOf(house)).toEqual([laptop.key, phone.key]);
    await house.present(laptop, [await house.suspend(laptop, phone)]);
    await house.present(passkey, [await house.suspend(passkey, phone)]);
    expect(standings(house, [phone])).toEqual(['suspended']);
    // What a passkey says is heard like what any device says, until the words have spoken.
    await house.present(phone, [await house.decide(laptop, 'goes')]);
    expect(standings(house, [laptop, phone])).toEqual(['out', 'suspended']);
    await house.present(phone, [await house.decide(passkey, 'goes')]);
    expect(standings(house, [laptop, passkey, phone])).toEqual(['out', 'out', 'active']);
  });

  test('is marked as one under both signatures, in one way', async () => {
    const house = await Household.make(25);
    const { admission } = await house.device(house.laptop.signer, { isPasskey: true });
    if (admission === undefined) return expect.unreachable();
    const bytes = encodeStatements([admission]);
    expect(decodeStatements(bytes)).toEqual([admission]);
    const { isPasskey, ...plain } = admission;
    expect(isPasskey).toBe(true);
    const checked = await verifyStatements(simEd25519, [admission, plain]);
    expect(checked.map(({ signed }) => signed)).toEqual([true, false]);
    const mark = bytes.length - 2 * 64 - 1;
    expect(bytes[mark]).toBe(1);
    expect(() => decodeStatements(bytes.with(mark, 2))).toThrow(
      expect.objectContaining({ code: 'CODEC_MALFORMED' }),
    );
  });

  test('vouches for nobody: whom it lets in waits for another one than the device that made it', async () => {
    const house = await Household.make(24);
    const { laptop } = house;
    const phone = await house.device(laptop.signer);
    const passkey = await house.device(laptop.signer, { isPasskey: true });
    const tablet = await house.device(passkey.signer);
    const may = [laptop, passkey, tablet, phone].map(({ key }) =>
      viewOf(house)?.mayAgree(key, tablet.key),
    );
    expect(may).toEqual([false, false, false, true]);
    await house.present(laptop, [await house.agree(laptop, tablet)]);
    await house.present(passkey, [await house.agree(passkey, tablet)]);
    expect(votersOf(house)).not.toContain(tablet.key);
    await house.present(phone, [await house.agree(phone, tablet)]);
    expect(votersOf(house)).toContain(tablet.key);
    await house.present(phone, [await house.agree(phone, passkey)]);
    expect(votersOf(house)).not.toContain(passkey.key);
  });
});
