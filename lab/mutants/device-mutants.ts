/** Rules about devices that are lost or stolen, each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const client = 'packages/client/src';
const halo = 'packages/halo/src';
const echo = 'packages/echo/src';

/** All of this file. */
export const DEVICE_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${client}/leaving.ts`, lab(`${client}/left-spaces.sim.test.ts`), {
    'devices-leave-what-nobody-else-has': [
      'What another device has given up, and nobody else has, stays for a week.',
      'clock.nowMs() >= goesAtMs',
      'true',
    ],
  }),
  ...rulesOf(`${client}/devices/locked-word.ts`, lab(`${client}/devices/locked-word.sim.test.ts`), {
    'devices-locked-are-heard': [
      'What a locked device says of another one is shown in every space that it has.',
      'await space.devices.show(log);',
      '',
    ],
    'devices-locked-come-back': [
      'A locked device stays so as long as any space says that it is stopped.',
      "identities.devices(who)?.standingOf(own) === 'active'",
      'true',
    ],
  }),
  ...rulesOf(
    `${client}/devices/device-job.ts`,
    lab(`${client}/devices/planted-secret.sim.test.ts`),
    {
      'devices-planted-secret': [
        'A secret that a device left before it was stopped is not taken for the next one.',
        'return [first, ...this.secrets()].find((secret) => equalBytes(this.#keyOf(secret), key));',
        'return this.secrets().at(-1);',
      ],
      'devices-found-secret': [
        'Who stops a device makes the next secret, and finds none.',
        'const secret = this.#engine.platform.rng.bytes(SECRET_BYTES);',
        'const secret = this.secrets().at(-1) ?? this.#engine.platform.rng.bytes(SECRET_BYTES);',
      ],
    },
  ),
  ...rulesOf(`${echo}/space/space-opening.ts`, unit(`${echo}/space/devices.test.ts`), {
    'devices-key-knowing-a-stop': [
      'Nor in a block that knows of it.',
      ' && !identities.isTroubled(identity)',
      '',
    ],
    'devices-no-key-of-no-secret': [
      'Who shows a stop while no secret is safe states no key that would keep a safe one away.',
      "kind !== 'reading-key' || isSafe",
      "kind !== 'reading-key' || isSafe || true",
    ],
  }),
  ...rulesOf(`${echo}/space/own-devices.ts`, unit(`${echo}/space/devices.test.ts`), {
    'devices-stop-meanwhile': [
      'A secret is not stated where the stop of a device that may know it was heard while it was signed.',
      '(isSaid = authority.identities.version === version)',
      '(isSaid = authority.identities.version === version || true)',
    ],
    'devices-stop-elsewhere': [
      'What is safe as the private space knows is not where one hears of a stop that it has not heard of.',
      'return said.every((one) => known.has(identityEntryOf(one)))',
      'return said.every((one) => known.has(identityEntryOf(one)) || true)',
    ],
  }),
  ...rulesOf(`${halo}/space-authority.ts`, unit(`${halo}/devices/stopped-keys.test.ts`), {
    'devices-stopped-make-keys': [
      'A device that knows to be stopped makes no keys: it would have what is sealed under them.',
      'const isStopped = this.identities.isStoppedIn(author, device, block.no);',
      'const isStopped = false;',
    ],
    'devices-keys-before-a-stop': [
      'Nor does it make any before it says so itself in the same block.',
      'if (isStopped || saysOfDevices(block, index))',
      'if (isStopped)',
    ],
  }),
  ...rulesOf(`${halo}/identity-book.ts`, unit(`${halo}/devices/stops-and-keys.test.ts`), {
    'devices-keys-cover-charges': [
      'Whoever makes keys has to know of all that counts against devices: who came back since may have them.',
      'if (!view.areKnownTo({ block })) return false;',
      '',
    ],
    'devices-keys-know-who-is-late': [
      'Keys are used no more whose maker took for one that acts who turns out to be let in too late.',
      'return view.isStoppedTo(then);',
      'return true;',
    ],
    'devices-reading-keys-know-who-is-late': [
      'Nor is anything sealed to a reading key of then, which that device may know.',
      'view.knowsStops({ block }) && view.isStoppedTo(this.#viewOf(known, { block }))',
      'view.knowsStops({ block })',
    ],
    'devices-keys-by-what-a-block-says': [
      'What a block says of devices itself makes none of what it says beside that void.',
      'block === undefined ? undefined : { block, isBefore: true }',
      'block === undefined ? undefined : { block }',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/stops-and-keys.test.ts`), {
    'devices-keys-as-they-are-made': [
      'Who shows a stop seals nothing to reading keys of before in the same block.',
      'charges.some(isKnown)',
      'charges.some((one) => one.presentations.length === 0 || isKnown(one))',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/devices.prop.test.ts`), {
    'devices-speak-without-a-vote': [
      'What whoever shows a charge has acknowledged counts whenever it comes, also without a vote.',
      'one === device || this.#answersFor(one) === device',
      'this.#answersFor(one) === device',
    ],
  }),
  ...rulesOf(`${halo}/devices/charges.ts`, unit(`${halo}/devices/stops-and-keys.test.ts`), {
    'devices-keys-by-every-word': [
      'A device that stops another one again and again makes no keys stale: others would be parted by it.',
      '`${statement.by} ${statement.device}`',
      'entry',
    ],
  }),
  ...rulesOf(`${halo}/identity-book.ts`, unit(`${halo}/devices/devices.prop.test.ts`), {
    'devices-late-by-what-is-beside': [
      'Who was let in too late, as a block knows it, turns on nothing that others acknowledge beside it.',
      'now.leansOn.every((block) => isSeen(this.#blocks, block, asOf))',
      'true',
    ],
    'devices-known-of-unknown': [
      'What a block knows of devices is not asked of what is known of one that it does not know.',
      'if (!admissions.every(({ presence }) => isHere(this.#blocks, presence, asOf))) return false;',
      '',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/devices.prop.test.ts`), {
    'devices-late-by-unknown': [
      'Whether a device was let in too late, as a block knows it, turns on who had shown the charge by then.',
      '.flatMap((one) => this.#presented(one));',
      '.flatMap((charge) => charge.presentations.map((at) => ({ charge, at })));',
    ],
  }),
  ...rulesOf(`${echo}/space/fresh-keys.ts`, unit(`${echo}/space/devices.test.ts`), {
    'devices-unknown-make-keys': [
      'Who has written nothing in a space says first who it is, and makes keys only if it acts.',
      'own.writeOpening();\n    for (const of',
      'for (const of',
    ],
    'devices-stops-before-data': [
      'Who shows a stop as it introduces itself writes nothing beside it: keys have to cover it first.',
      'if (own.isToTellOfStops) own.writeOpening();',
      '',
    ],
    'devices-unknown-make-keys-soon': [
      'The same where nobody waits for them.',
      'if (own.writeOpening()) {',
      'if (false) {',
    ],
  }),
  ...rulesOf(`${client}/kept-records.ts`, lab(`${client}/devices/spoiled-list.sim.test.ts`), {
    'devices-list-deleted': [
      'Spaces and secrets that a device has deleted from the private space are put back: else a thief takes them away.',
      'for (const record of records) database.restore(record);',
      '',
    ],
  }),
  ...rulesOf(`${client}/spaces.ts`, lab(`${client}/devices/spoiled-list.sim.test.ts`), {
    'devices-left-by-nobody': [
      'A space that was left by a device which was stopped before is here again.',
      "seen[record.left === undefined ? 'add' : 'delete'](record);",
      'seen.add(record);',
    ],
  }),
  ...rulesOf(`${client}/devices/engine-devices.ts`, lab(`${client}/devices/unlisted.sim.test.ts`), {
    'devices-unlisted': [
      'A device is listed whoever has deleted what was written of it: else a thief hides his own.',
      'names.has(device) ? [] : [{ device }]',
      '[]',
    ],
  }),
  ...rulesOf(`${client}/devices/device-job.ts`, lab(`${client}/devices/unlisted.sim.test.ts`), {
    'devices-told-to-one-space': [
      'A device that one space alone was told of comes into the list.',
      'return own.log.admissions.some(',
      'return false && own.log.admissions.some(',
    ],
  }),
  ...rulesOf(`${halo}/identity-book.ts`, unit('packages/echo/src/epoch/device-cuts.test.ts'), {
    'device-cut-under-an-epoch': [
      'What a sealed epoch has settled no cut of a device takes away.',
      'this.devices(author.identity, anchor ?? at)',
      'this.devices(author.identity, at)',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-standings.ts`, lab('lab/models/device-standings.test.ts'), {
    'devices-half-is-enough': [
      'Half of the votes put nobody out.',
      'against * 2 > voters.length',
      'against * 2 >= voters.length',
    ],
    'devices-everybody-votes': [
      'Whom one device has let in does not vote.',
      'voices.filter(({ votes }) => votes)',
      'voices.filter(() => true)',
    ],
    'devices-words-are-final': [
      'Nobody stops a device that the words let stay.',
      "isAccused && fates.get(device) !== 'stays'",
      'isAccused',
    ],
    'devices-out-are-silent': [
      'Who was put out stops nobody.',
      'const heard = voices.filter((voice) => !isOut(voice));',
      'const heard = voices;',
    ],
    'devices-suspended-are-heard': [
      'To be locked out is no reason to be silent: else the first who speaks wins.',
      'other.device !== device && other.suspends.has(device)',
      'other.device > device && other.suspends.has(device)',
    ],
    'devices-older-wins': [
      'Devices are equal: of two that stop each other the older one does not win.',
      'other.device !== device && other.suspends.has(device)',
      'voices.indexOf(other) < voices.indexOf(voice) && other.suspends.has(device)',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/passkey-votes.test.ts`), {
    'devices-agree-with-oneself': [
      'Who has let a device in is no second one that agrees with it, nor who has made the passkey that did.',
      '!equalBytes(idBytes(by), this.#behindPasskeys(statement.admittedBy))',
      'true',
    ],
  }),
  ...rulesOf(`${halo}/recovery/words-of.ts`, unit(`${halo}/recovery/wipe-order.test.ts`), {
    'devices-wipe-on-any-word': [
      'Only the words have a device wiped: not another key, such as a device has.',
      'if (!keys.counts(one.recoveryKey, entry)) continue;',
      '',
    ],
  }),
  ...rulesOf(
    `${client}/devices/engine-devices.ts`,
    lab(`${client}/devices/brought-back.sim.test.ts`),
    {
      'devices-say-without-listening': [
        'What the words say builds upon all that any space has heard before.',
        'return { log: heardLog(this.#engine), atMs };',
        'return { log: this.#engine.requireIdentity().log, atMs };',
      ],
    },
  ),
  ...rulesOf(`${client}/devices/refused-log.ts`, unit(`${client}/devices/refused-log.test.ts`), {
    'refusals-are-believed': [
      'Of what a refusal says only what somebody of this identity has signed counts.',
      'news.every((entry) => isSaidByOwn(entry, log, isDevice)) ? news : []',
      'news',
    ],
    'refusals-bring-any-log': [
      'Of what a refusal says only what follows on the own log counts.',
      'if (devices === undefined) return [];',
      'if (devices === undefined) return news;',
    ],
  }),
  ...rulesOf(`${client}/own-identity.ts`, lab(`${client}/secrets-wiped.sim.test.ts`), {
    'devices-locked-stays-whole': [
      'What a stopped device has overwritten in memory is not what it keeps.',
      'await saveIdentity(keystore, { ...identity, haloRing, haloSecret });',
      'await saveIdentity(keystore, identity);',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/devices.test.ts`), {
    'devices-cut-keeps-what-was-acknowledged': [
      'A suspension that is dated back takes no honest work away.',
      'if (this.#isUpTo(block, at.block)) return true;',
      'return this.#isUpTo(block, at.block);',
    ],
    'devices-unlisted-feeds': [
      'What lies outside of the cut is void, in feeds that nobody listed as well.',
      'return !this.#cutsOf(device).every((cut) => this.#keeps(cut, device, block));',
      'return false;',
    ],
    'devices-cut-by-number': [
      'What the cut knows is told by the past of its block, not by numbers.',
      'return earlier === later || this.#blocks.isInPast(earlier, later);',
      'return earlier <= later;',
    ],
  }),
  ...rulesOf(`${echo}/space/own-devices.ts`, unit(`${echo}/space/devices.test.ts`), {
    'devices-later-secret-opens': [
      'A secret that comes after the blocks opens them.',
      'await this.#keys.came();',
      '',
    ],
  }),
];
