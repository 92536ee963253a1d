/** Rules about words that were changed, and about passkeys beside them, each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const client = 'packages/client/src';
const halo = 'packages/halo/src';

/** The stories of changed words whose names say this. */
const story = (name: string): string =>
  `${lab(`${client}/recovery/words-change.sim.test.ts`)} -t ${name}`;

/** All of this file. */
export const WORDS_MUTANTS: readonly Mutant[] = [
  ...rulesOf(
    `${client}/devices/device-job.ts`,
    `${lab(`${client}/devices/brought-back.sim.test.ts`)} -t alone`,
    {
      'return-hears-first': [
        'Who comes back hears what others have written under their keys before it makes its own.',
        'await this.#listen(halo.id);',
        '',
      ],
    },
  ),
  ...rulesOf(
    `${client}/listed-keys.ts`,
    `${lab(`${client}/devices/brought-back.sim.test.ts`)} -t alone`,
    {
      'return-takes-listed-keys': [
        'Keys that another device has listed meanwhile open what has come.',
        'for (const secret of listedRing(database, record).all()) place.ring.add(secret);',
        '',
      ],
      'return-opens-what-came': [
        'What came before its keys is tried again when they are listed.',
        'await place.opened?.space.devices.gainKeys();',
        '',
      ],
    },
  ),
  ...rulesOf(`${client}/listed-keys.ts`, unit(`${client}/listed-keys.test.ts`), {
    'keys-listed-at-once': [
      'Keys that two devices have listed at once are both found.',
      "database.conflicts(record, 'keys').toReversed()",
      "database.conflicts(record, 'keys').slice(0, 1)",
    ],
  }),
  ...rulesOf(
    'packages/echo/src/space/key-repair.ts',
    `${lab(`${client}/devices/brought-back.sim.test.ts`)} -t mailboxes.alone`,
    {
      'return-is-given-keys': [
        'Keys that were made without a device that is back are sealed to it by whoever hears of its return.',
        'if (isOwed) this.#helpDevices(part);',
        '',
      ],
    },
  ),
  ...rulesOf(`${client}/recovery/locators.ts`, unit(`${client}/recovery/locators.test.ts`), {
    'locator-by-the-words': [
      'Where capsules lie is what the words have signed, not what a stolen device has written.',
      'if (await isLocatorOf(engine.platform.ed25519, id, said)) return concatBytes(locatorSecret);',
      'if ((await isLocatorOf(engine.platform.ed25519, id, said)) || true) return concatBytes(locatorSecret);',
    ],
  }),
  ...rulesOf(`${halo}/recovery/locator.ts`, unit(`${halo}/recovery/locator.test.ts`), {
    'locator-of-this-identity': [
      'What the words of somebody have said of one identity says nothing of another.',
      "return { purpose: 'recovery-locator', audience: idBytes(identity), body: locatorSecret };",
      "return { purpose: 'recovery-locator', audience: idBytes(identity).fill(0), body: locatorSecret };",
    ],
  }),
  ...rulesOf(`${client}/key-asking.ts`, lab(`${client}/missing-keys.sim.test.ts`), {
    'missing-keys-are-said': [
      'Who lacks keys that nobody gives is told so.',
      'this.#tell(true);',
      '',
    ],
  }),
  ...rulesOf(`${client}/halo.ts`, lab(`${client}/windows.sim.test.ts`), {
    'halo-opened-again': [
      'A window that takes over lists, names and hears in the private space as before.',
      'if (isIt && this.#opened.get() !== undefined) this.#watch(space);',
      '',
    ],
  }),
  ...rulesOf(`${client}/space-secrets.ts`, unit(`${client}/space-secrets.test.ts`), {
    'return-looks-into-former-mailboxes': [
      'Who comes with keys to whose mailbox nobody has come looks into those before at once.',
      'onLeft(true)?.finally(',
      'onLeft(false)?.finally(',
    ],
    'keys-listed-later': [
      'Keys that could not be listed at once are listed later.',
      'if (!this.#isKept) void this.#keep();',
      '',
    ],
    'mailboxes-behind': [
      'Where keys come from before those that are used, others wrote meanwhile.',
      'await this.#lookBehind(at);',
      '',
    ],
    'mailboxes-gone-past': [
      'Where others wrote while a device was away, it looks, though it never used that mailbox.',
      'return [at, ...all.slice(all.indexOf(at) + 1).filter((one) => one !== newest)];',
      'return [at];',
    ],
    'mailbox-left-while-keys-are-owed': [
      'No mailbox is left while keys are owed to an own device that is back.',
      "(space.commitState.at === 'durable' && !space.keyCare.repair.owes)",
      "space.commitState.at === 'durable'",
    ],
  }),
  ...rulesOf(
    'packages/echo/src/space/own-writer.ts',
    unit('packages/echo/src/space/own-keys.test.ts'),
    {
      'keys-under-what-was-missed': [
        'New keys lie under those that a device has which is back, not under what was made without it.',
        'keys.ring.membership(id) !== undefined && !devices.hasMissed(id);',
        'keys.ring.membership(id) !== undefined;',
      ],
    },
  ),
  ...rulesOf(`${halo}/devices/recovery-keys.ts`, unit(`${halo}/devices/devices.test.ts`), {
    'words-old-still-decide': [
      'A sheet that turns up after the change decides nothing.',
      'return name === current || ended.get(name)?.has(entry) === true;',
      'return name === current || ended.has(name);',
    ],
    'words-had-signed-stays': [
      'What old words had signed before stays.',
      'return name === current || ended.get(name)?.has(entry) === true;',
      'return name === current;',
    ],
    'words-changed-by-a-stopped-device': [
      'Whoever has old words and a device that was stopped does not change the words.',
      "if (isOfIt && at.kind === 'device-suspension') isAccused = true;",
      '',
    ],
    'words-changed-by-one-that-they-let-stay': [
      'A device that the words have let stay changes them, whatever others say of it since.',
      "return at.fate === 'stays';",
      "{ if (at.fate !== 'stays' || isAccused) return false; break; }",
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit('packages/echo/src/space/devices.test.ts'), {
    'words-keys-outlive-the-change': [
      'Keys that a server may have given for the old words are used no more.',
      ', ...this.#changes().map(({ presence }) => [presence])]',
      ']',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/passkey-votes.test.ts`), {
    'passkey-votes': [
      'A stolen device and its passkey are no majority.',
      'if (statement.isPasskey === true) continue;',
      '',
    ],
    'passkey-takes-a-place': [
      'The device that comes after a passkey votes as the first one does.',
      "if (before?.kind !== 'device-admission' || before.isPasskey !== true) return false;",
      'return false;',
    ],
    'passkey-vouches': [
      'Whom a passkey lets in, the device that made it does not agree with.',
      'const vouching = this.#behindPasskeys(admittedBy);',
      'const vouching = admittedBy;',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, story('was.away'), {
    'words-old-let-in': [
      'Who comes back by a copy under old words is stopped.',
      'if (by === undefined) return this.keys.counts(admittedBy, entry);',
      'if (by === undefined) return true;',
    ],
  }),
  ...rulesOf(`${client}/recovery/kept-records.ts`, story('are.changed'), {
    'words-old-copies-stay': [
      'The old sheet leads to nothing any more.',
      '.filter((locator) => !equalBytes(locator, locatorSecret))',
      '.filter(() => false)',
    ],
  }),
  ...rulesOf(`${client}/recovery/kept-records.ts`, story('wiped.by.the.new'), {
    'words-wipe-where-old-ones-lead': [
      'A device that was locked before the change hears that it is to be wiped.',
      'return [locatorSecret, ...former].map((locator): WantedRecord => {',
      'return [locatorSecret].map((locator): WantedRecord => {',
    ],
  }),
  ...rulesOf(`${client}/devices/device-locking.ts`, story('opened.by.the.new'), {
    'words-locked-follows': [
      'A device that was locked before the change learns of the new words from the server.',
      'const log = withEntries(stored.log, logStatements(found.log));',
      'const { log } = stored;',
    ],
  }),
  ...rulesOf(`${client}/recovery/capsule-keeper.ts`, story('no.room'), {
    'words-old-until-new-lead': [
      'There is always a sheet that leads to something.',
      '(!former.includes(record) || this.#isCurrent(capsule, kube));',
      'true;',
    ],
  }),
  ...rulesOf(`${client}/halo.ts`, story('was.away'), {
    'words-newer-let-it-stay': [
      'Who came back with old words, and has those of now, goes on.',
      'if (space.devices.isStopped) return;',
      '',
    ],
  }),
  ...rulesOf(`${client}/recovery/words-followed.ts`, story('was.away'), {
    'words-followed-is-said': [
      'A person sees which devices have not heard.',
      'record.words = signingKey.slice();',
      '',
    ],
  }),
];
