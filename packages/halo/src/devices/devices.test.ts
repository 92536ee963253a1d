/** Devices that are lost or stolen, as the blocks of a space decide about them. */
import { SimRng, simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { Folded } from '../testing/dag.ts';
import { Household, type HouseDevice } from '../testing/household.ts';
import { letIn } from '../testing/town.ts';
import { person } from '../testing/people.ts';
import { logStatements, withEntries } from '../identity.ts';
import { publishReadingKey } from '../issue.ts';
import { lastFate } from '../recovery/words-of.ts';
import { asEntry } from '../statement-ids.ts';

/** Ada's laptop, phone and tablet; all three vote. */
async function family(seed: number) {
  const house = await Household.make(seed);
  const { laptop } = house;
  const phone = await house.device(laptop.signer);
  const tablet = await house.device(laptop.signer);
  await house.agree(phone, tablet);
  await house.present(phone);
  for (const device of [laptop, phone, tablet]) await house.write(device);
  return { house, laptop, phone, tablet, thief: laptop };
}

function fold({ town }: Household, seed?: number): Folded {
  const { dag, space } = town;
  return seed === undefined ? dag.fold(space) : dag.fold(space, dag.arrival(new SimRng(seed)));
}

/** Whether data of these blocks counts, in every order of arrival that is tried. */
function counts(house: Household, blocks: readonly number[]): readonly boolean[] {
  const seen = [undefined, 1, 2, 3].map((seed) => {
    const { authority, noOf } = fold(house, seed);
    return blocks.map(
      (block) => authority.mayWrite({ block: noOf(block), credential: house.right }).counts,
    );
  });
  for (const one of seen) expect(one).toEqual(seen[0]);
  return seen[0] ?? [];
}

function standings(house: Household, devices: readonly HouseDevice[]): readonly string[] {
  const { authority } = fold(house);
  const { identity } = house.town.founder;
  return devices.map(({ key }) => authority.identities.standingOf(identity, key));
}

describe('a device that was lost', () => {
  test('what it had written stays, and what it writes on does not count', async () => {
    const { house, laptop, phone } = await family(1);
    const before = await house.write(phone);
    await house.present(laptop, [await house.suspend(laptop, phone)]);
    const after = await house.write(phone);
    const own = await house.write(laptop);
    expect(counts(house, [before, after, own])).toEqual([true, false, true]);
  });

  test('it stands as suspended until the words have spoken, who bring it back or put it out', async () => {
    const { house, laptop, phone, tablet } = await family(2);
    await house.present(laptop, [await house.suspend(laptop, phone)]);
    const late = await house.write(phone);
    expect(standings(house, [laptop, phone, tablet])).toEqual(['active', 'suspended', 'active']);
    await house.present(tablet, [await house.decide(phone, 'stays')]);
    expect(standings(house, [phone])).toEqual(['active']);
    expect(counts(house, [late])).toEqual([true]);
    await house.present(tablet, [await house.decide(phone, 'goes')]);
    const gone = await house.write(phone);
    expect(standings(house, [phone])).toEqual(['out']);
    expect(counts(house, [late, gone])).toEqual([true, false]);
  });

  test('the words may say it twice and contradict each other: it goes', async () => {
    const { house, laptop, phone } = await family(3);
    const { log } = house;
    const stays = await house.decide(phone, 'stays');
    house.log = log;
    const goes = await house.decide(phone, 'goes');
    await house.present(laptop, [stays, goes]);
    expect(standings(house, [phone])).toEqual(['out']);
  });

  test('whoever holds what was said may present it, until another device of the identity does', async () => {
    const { house, laptop, phone } = await family(4);
    const { town } = house;
    const mira = await person('Mira');
    const { feed } = await letIn(town, mira, 'write');
    const known = town.dag.tips();
    const unheard = await house.write(phone, known);
    await house.suspend(laptop, phone);
    // Mira has it from another space, and has not seen what the phone wrote last.
    const shown = await house.present({ feed }, [], known);
    expect(counts(house, [unheard])).toEqual([false]);
    await house.present(laptop, [], [shown, unheard]);
    expect(counts(house, [unheard])).toEqual([true]);
  });
});

describe('a thief with the oldest device', () => {
  test('writes backdated blocks, forks, and through a slot that nobody listed: nothing of it counts', async () => {
    const { house, phone, thief } = await family(11);
    const { dag } = house.town;
    const old = dag.tips();
    const kept = await house.write(thief);
    const fork = { ...thief, feed: { ...thief.feed } };
    await house.present(phone, [await house.suspend(phone, thief)]);
    const backdated = await house.write(thief, old);
    const forked = await house.write(fork, old);
    const hidden = { ...thief, feed: dag.feed(7) };
    await house.open(hidden, { feed: hidden.feed, deps: [0] });
    const slot = await house.write(hidden, []);
    expect(counts(house, [kept, backdated, forked, slot])).toEqual([true, false, false, false]);
  });

  test('counter-suspends: everybody waits, until a majority has spoken', async () => {
    const { house, phone, tablet, thief } = await family(12);
    await house.present(phone, [await house.suspend(phone, thief)]);
    // Months later, and it is heard although it is suspended itself.
    await house.present(thief, [await house.suspend(thief, phone)]);
    await house.present(thief, [await house.suspend(thief, tablet)]);
    const waiting = await house.write(phone);
    const all = [thief, phone, tablet];
    expect(standings(house, all)).toEqual(['suspended', 'suspended', 'suspended']);
    await house.present(tablet, [await house.suspend(tablet, thief)]);
    expect(standings(house, all)).toEqual(['out', 'active', 'active']);
    expect(counts(house, [waiting, await house.write(tablet)])).toEqual([true, true]);
  });

  test('admits two devices of his own, who have no vote, and whose admission is too late', async () => {
    const { house, phone, tablet, thief } = await family(13);
    const known = house.town.dag.tips();
    await house.present(phone, [await house.suspend(phone, thief)]);
    const one = await house.device(thief.signer, { deps: known });
    const two = await house.device(thief.signer, { deps: known });
    await house.agree(one, two);
    await house.agree(thief, one);
    for (const accomplice of [one, two]) {
      for (const honest of [phone, tablet]) await house.suspend(accomplice, honest);
      await house.present(accomplice);
    }
    const written = await house.write(one);
    expect(standings(house, [phone, tablet])).toEqual(['active', 'active']);
    expect(counts(house, [written, await house.write(phone)])).toEqual([false, true]);
  });

  test('admits them before anybody notices: they have no vote, and a majority puts him out', async () => {
    const { house, phone, tablet, thief } = await family(14);
    const one = await house.device(thief.signer);
    const two = await house.device(thief.signer, {
      previous: asEntry(house.town.founder.identity),
    });
    await house.agree(one, two);
    for (const accomplice of [thief, one, two]) {
      for (const honest of [phone, tablet]) await house.suspend(accomplice, honest);
      await house.present(accomplice);
    }
    const own = await house.write(phone);
    expect(counts(house, [own])).toEqual([false]);
    for (const honest of [phone, tablet]) {
      for (const crooked of [thief, one, two]) await house.suspend(honest, crooked);
      await house.present(honest);
    }
    expect(standings(house, [phone, tablet])).not.toContain('out');
    // The words end it in any case.
    for (const crooked of [thief, one, two]) await house.decide(crooked, 'goes');
    await house.present(phone);
    expect(standings(house, [thief, one, two, phone, tablet])).toEqual([
      'out',
      'out',
      'out',
      'active',
      'active',
    ]);
    expect(counts(house, [own])).toEqual([true]);
  });

  test('dates a suspension back to before all honest work: what he had acknowledged himself stays', async () => {
    const { house, phone, thief } = await family(15);
    const { dag } = house.town;
    const honest = await house.write(phone);
    await house.write(thief);
    const hidden = dag.feed(9);
    await house.suspend(thief, phone);
    await house.open(thief, { feed: hidden, deps: [0, 1] });
    const next = await house.write(phone);
    expect(standings(house, [phone])).toEqual(['suspended']);
    expect(counts(house, [honest, next])).toEqual([true, false]);
  });

  test('does the same through a device that he has let in', async () => {
    const { house, phone, thief } = await family(16);
    const honest = await house.write(phone);
    await house.write(thief);
    const accomplice = await house.device(thief.signer, { deps: [0] });
    await house.suspend(accomplice, phone);
    await house.present(accomplice, [], []);
    expect(counts(house, [honest])).toEqual([true]);
  });

  test('who shows a suspension to a space in a block without a past takes no honest work away', async () => {
    const { house, laptop, phone } = await family(17);
    const { town } = house;
    const { feed } = await letIn(town, await person('Mira'), 'read');
    const honest = await house.write(phone);
    await house.write(laptop);
    await house.suspend(laptop, phone);
    await house.present({ feed }, [], []);
    expect(standings(house, [phone])).toEqual(['suspended']);
    expect(counts(house, [honest])).toEqual([true]);
  });

  test('gives rights: what lies outside of the cut gives none, and what is before it stays', async () => {
    const { house, phone, thief } = await family(18);
    const { town } = house;
    const mira = await letIn(town, await person('Mira'), 'write');
    const by = await house.write({ feed: mira.feed });
    await house.present(phone, [await house.suspend(phone, thief)], [...town.dag.tips()]);
    const kim = await letIn(town, await person('Kim'), 'write');
    const { authority, noOf } = fold(house);
    const last = town.dag.blocks.length - 1;
    expect(authority.mayWrite({ block: noOf(by), credential: mira.credential }).counts).toBe(true);
    const verdict = authority.mayWrite({ block: noOf(last), credential: kim.credential });
    expect(verdict).toEqual({ counts: false, why: 'credential-void' });
    await house.present(phone, [await house.decide(thief, 'stays')]);
    const again = fold(house);
    const back = { block: again.noOf(last), credential: kim.credential };
    expect(again.authority.mayWrite(back).counts).toBe(true);
  });
});

describe('two devices', () => {
  test('that suspend each other both wait for the words, and lose nothing', async () => {
    const house = await Household.make(21);
    const { laptop } = house;
    const phone = await house.device(laptop.signer);
    const before = [await house.write(laptop), await house.write(phone)];
    await house.suspend(phone, laptop);
    await house.suspend(laptop, phone);
    await house.present(laptop);
    await house.present(phone);
    const after = [await house.write(laptop), await house.write(phone)];
    expect(standings(house, [laptop, phone])).toEqual(['suspended', 'suspended']);
    expect(counts(house, [...before, ...after])).toEqual([true, true, false, false]);
    await house.present(phone, [await house.decide(laptop, 'goes')]);
    expect(standings(house, [laptop, phone])).toEqual(['out', 'active']);
    expect(counts(house, [...before, ...after])).toEqual([true, true, false, true]);
  });

  test('the second one votes without a third, unless the first has said so of two', async () => {
    const house = await Household.make(22);
    const { laptop, town } = house;
    const phone = await house.device(laptop.signer);
    const voters = (): number =>
      fold(house).authority.identities.devices(town.founder.identity)?.voters.size ?? 0;
    expect(voters()).toBe(2);
    await house.device(laptop.signer, { previous: asEntry(town.founder.identity) });
    expect(voters()).toBe(1);
    await house.present(laptop, [await house.suspend(laptop, phone)]);
    // One vote of one puts nobody out.
    expect(standings(house, [phone])).toEqual(['suspended']);
  });
});

describe('the log', () => {
  test('forks without harm: entries of both branches count', async () => {
    const { house, laptop, phone, tablet } = await family(31);
    const { log } = house;
    const one = await house.suspend(phone, laptop);
    house.log = log;
    const two = await house.suspend(tablet, laptop);
    await house.present(phone, [one]);
    await house.present(tablet, [two], []);
    expect(standings(house, [laptop])).toEqual(['out']);
  });

  test('an entry that follows nothing known, of strangers, or of itself is void', async () => {
    const { house, laptop, phone } = await family(32);
    const { town } = house;
    const said = await house.suspend(laptop, phone);
    const stranger = { ...laptop, key: '7f'.repeat(32) as never };
    const { log } = house;
    const other = await house.suspend(laptop, stranger);
    house.log = log;
    const itself = await house.suspend(laptop, laptop);
    const lost = { ...said, previous: '00'.repeat(32) as never };
    const at = await town.dag.append(town.space, laptop.feed, {
      statements: [said, other, itself, lost as never],
    });
    const { authority } = fold(house);
    const why = authority
      .decisions()
      .filter(({ block }) => block === town.dag.block(at).hash)
      .map(({ verdict }) => (verdict.counts ? 'counts' : verdict.why));
    expect(why).toEqual(['counts', 'device-not-in-past', 'device-itself', 'signature-wrong']);
  });

  test('the log that a space gives is the one that it was given, in an order that builds on itself', async () => {
    const { house, laptop, phone, tablet } = await family(33);
    await house.suspend(phone, tablet);
    await house.decide(tablet, 'goes-and-wipes');
    await house.present(laptop);
    const { authority } = fold(house, 4);
    const log = authority.identities.logOf(house.town.founder.identity);
    expect(log?.said).toHaveLength(house.log.said?.length ?? -1);
    expect(authority.identities.devices(house.town.founder.identity)?.fates.get(tablet.key)).toBe(
      'goes-and-wipes',
    );
    expect(standings(house, [phone])).toEqual(['active']);
  });
});

describe('other words', () => {
  test('rule from then on; what leaked ones sign now is worth nothing, what they had signed stays', async () => {
    const { house, laptop, phone, tablet } = await family(41);
    await house.decide(tablet, 'goes');
    const { log } = house;
    const { signer } = await house.newWords(laptop);
    await house.present(laptop);
    // A thief has the old sheet of paper, and pretends not to know of the change.
    house.log = log;
    const forged = await house.decide(laptop, 'goes-and-wipes');
    await house.present(phone, [forged]);
    expect(standings(house, [laptop, phone, tablet])).toEqual(['active', 'active', 'out']);
    await house.present(laptop, [await house.decide(phone, 'goes', signer)]);
    expect(standings(house, [laptop, phone, tablet])).toEqual(['active', 'out', 'out']);
  });

  test('two changes that contradict each other mark the identity', async () => {
    const { house, laptop, phone } = await family(42);
    const { log } = house;
    await house.newWords(laptop);
    const view = () =>
      fold(house).authority.identities.devices(house.town.founder.identity)?.keys.isContested;
    await house.present(laptop);
    expect(view()).toBe(false);
    await house.newWords(phone, house.recovery, log);
    await house.present(phone);
    expect(view()).toBe(true);
  });

  test('a device that was suspended before does not agree to them', async () => {
    const { house, laptop, phone } = await family(43);
    await house.suspend(phone, laptop);
    const { signer } = await house.newWords(laptop);
    await house.present(laptop);
    const keys = fold(house).authority.identities.devices(house.town.founder.identity)?.keys;
    expect(keys?.signingKey).not.toEqual(signer.publicKey);
  });

  test('a device that the words have let stay agrees to them, whatever others say of it', async () => {
    const { house, laptop, phone } = await family(46);
    await house.suspend(phone, laptop);
    await house.decide(laptop, 'stays');
    await house.suspend(phone, laptop);
    const { signer } = await house.newWords(laptop);
    await house.present(laptop);
    expect(standings(house, [laptop])).toEqual(['active']);
    const keys = fold(house).authority.identities.devices(house.town.founder.identity)?.keys;
    expect(keys?.signingKey).toEqual(signer.publicKey);
  });

  test('a device that is lost years after it has agreed has not done so in vain', async () => {
    const { house, laptop, phone } = await family(44);
    const { signer } = await house.newWords(laptop);
    await house.suspend(phone, laptop);
    await house.present(phone);
    const keys = fold(house).authority.identities.devices(house.town.founder.identity)?.keys;
    expect(keys?.signingKey).toEqual(signer.publicKey);
  });

  test('end the reading keys that there were: what a server gave for the old words could hold them', async () => {
    const { house, laptop, phone } = await family(45);
    const { town } = house;
    const { identity } = town.founder;
    const publish = async (by: HouseDevice, counter: number): Promise<number> => {
      const key = simAgreer(town.dag.rng.bytes(32)).publicKey;
      const { space } = town;
      const reading = { space, identity, deviceSigner: by.signer, counter, key };
      return house.present(by, [await publishReadingKey(reading)]);
    };
    const known = (): number | undefined =>
      fold(house).authority.keys.readingKey(identity)?.counter;
    await publish(phone, 7);
    expect(known()).toBe(7);
    await house.newWords(laptop);
    await house.present(laptop);
    expect(known()).toBeUndefined();
    await publish(phone, 8);
    expect(known()).toBe(8);
    const [first, second] = [fold(house, 5), fold(house, 6)];
    expect(first.authority.keys.readingKey(identity)).toEqual(
      second.authority.keys.readingKey(identity),
    );
  });

  test('are followed also where the log parts: what new words sign stands behind their change', async () => {
    const { house, laptop, phone, tablet } = await family(46);
    const { log } = house;
    // A branch that is longer than the one with the change.
    await house.suspend(phone, tablet);
    await house.decide(tablet, 'stays');
    const longer = house.log;
    house.log = log;
    const { signer } = await house.newWords(laptop);
    house.log = withEntries(longer, logStatements(house.log));
    const back = await house.device(signer);
    expect(standings(house, [back])).toEqual(['active']);
    expect(lastFate(house.log, tablet.key)).toBeUndefined();
  });
});
