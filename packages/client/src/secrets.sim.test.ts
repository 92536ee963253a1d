/** Nothing secret leaves by logs or errors: a whole story, and what every program of it has said. */
import { inspect } from 'node:util';
import { wordsToSeed } from '@atoll/crypto';
import {
  mailboxSeed,
  parseInvitationCode,
  readingSecret,
  sessionPsk,
  type KeyRing,
} from '@atoll/halo';
import type { Log, SpaceId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { MemoryKeychain, SimMachine, SimRng } from '@atoll/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { handleOf } from './catch-up-town.fixture.ts';
import { loadIdentity } from './own-identity.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import { secretsIn, type NamedSecret } from './testing/secret-finder.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

const Note = defineType('org.example.Note', { text: s.string() });

afterEach(() => vi.restoreAllMocks());

/** People whose programs are listened to, and whose key chains are looked into. */
class HeardScene extends ClientScene {
  readonly said: string[] = [];
  readonly chains = new Map<string, MemoryKeychain>();
  readonly #machines = new Map<string, SimMachine>();

  override machine(name: string): SimMachine {
    const { network, world } = this;
    const known = this.#machines.get(name);
    if (known !== undefined) return known;
    const keychain = new MemoryKeychain();
    const log: Log = {
      event: (level, event, fields) => this.said.push(`${level} ${event} ${inspect(fields)}`),
    };
    const machine = new SimMachine({ world, network, name, keychain, log });
    this.chains.set(name, keychain);
    this.#machines.set(name, machine);
    return machine;
  }

  /** What goes wrong is written down with all that can be seen of it. */
  async fails(work: Promise<unknown>): Promise<void> {
    const failure = await this.world.during(
      work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
    );
    expect(failure).toBeInstanceOf(Error);
    this.hear(failure);
  }

  hear(failure: unknown): void {
    this.said.push(inspect(failure, { depth: 12, showHidden: true, maxArrayLength: null }));
    this.said.push(JSON.stringify(failure), String(failure));
  }
}

/** Keys of a space, and what follows from them. */
function ofRing(name: string, ring: KeyRing): readonly NamedSecret[] {
  return ring.all().flatMap((secret): NamedSecret[] => {
    const of = `${name} ${secret.generation.slice(0, 6)}`;
    if (secret.kind === 'membership') {
      return [
        { name: `membership ${of}`, secret: secret.key.slice() },
        { name: `session secret ${of}`, secret: sessionPsk(secret.key) },
        { name: `mailbox seed ${of}`, secret: mailboxSeed(secret.key, '') },
      ];
    }
    const { content, history } = secret;
    const keys = [{ name: `content ${of}`, secret: content.slice() }];
    if (history !== undefined) keys.push({ name: `history ${of}`, secret: history.slice() });
    return keys;
  });
}

/** Everything that a machine keeps for itself, and what its identity is made of. */
async function ofMachine(scene: HeardScene, name: string, space: SpaceId) {
  const chain = scene.chains.get(name);
  if (chain === undefined) throw new RangeError(name);
  const secrets: NamedSecret[] = [];
  for (const [key, secret] of [...chain.seedByName, ...chain.secretByName]) {
    secrets.push({ name: `${name} ${key}`, secret: secret.slice() });
  }
  const identity = await loadIdentity(scene.machine(name).boot().keystore);
  if (identity === undefined) return secrets;
  const { haloRing, haloSecret, locatorSecret } = identity;
  return [
    ...secrets,
    ...ofRing(`${name} private`, haloRing),
    { name: `${name} halo`, secret: haloSecret },
    { name: `${name} locator`, secret: locatorSecret },
    { name: `${name} reading`, secret: readingSecret(haloSecret, space) },
  ];
}

/** What has to be there. @throws RangeError. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('not there');
  return value;
}

test('no log and no error of founding, inviting, joining, removing, stopping and recovering says a secret', async () => {
  const heard: string[] = [];
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...of) => void heard.push(inspect(of)));
  }
  const scene = new HeardScene(71);
  const { world } = scene;
  const ada = await scene.open('laptop');
  const made = await world.during(ada.halo.createIdentity({ displayName: 'Ada' }));
  const jun = await scene.person('jun');
  const one = await scene.space(ada, 'Trip');
  one.db.add(Note, { text: 'first' });
  const echo = handleOf(one).echo;
  const secrets: NamedSecret[] = [...ofRing('trip', echo.keys.ring)];
  const words = made.words.join(' ');
  secrets.push(
    { name: 'words', secret: words },
    { name: 'four words', secret: made.words.slice(3, 7).join(' ') },
  );
  secrets.push({ name: 'seed', secret: await wordsToSeed(made.words) });

  // Wrong codes, wrong digits, then the right ones.
  const invitation = await world.during(one.invite());
  const { code } = invitation;
  secrets.push({ name: 'code', secret: code.split('#').at(-1) ?? code });
  secrets.push({ name: 'secret of the code', secret: parseInvitationCode(code).secret });
  const state = invitation.state.get();
  if (state.at !== 'waiting') return expect.unreachable();
  secrets.push(
    { name: 'digits', secret: `'${state.digits}'` },
    { name: 'digits', secret: ` ${state.digits}` },
  );
  for (const wrong of [`${code}x`, code.slice(0, -3), words]) {
    try {
      await scene.fails(jun.spaces.join(wrong).done);
    } catch (failure) {
      scene.hear(failure);
    }
  }
  const wrongly = jun.spaces.join(code);
  await world.runUntil(() => wrongly.state.get().at === 'digits', 60_000);
  wrongly.submit(state.digits === '000000' ? '111111' : '000000');
  await world.runUntil(() => wrongly.state.get().at !== 'digits', 60_000);
  wrongly.done.catch((failure: unknown) => scene.hear(failure));
  await world.run(world.nowMs + 5_000);
  const two = await scene.join(one, jun);
  expect(await world.runUntil(() => two.db.query(Note).count() === 1, 60_000)).toBe(true);
  await scene.fails(two.rights.remove(must(one.members.get()[0]).id));

  // Keys that somebody makes wrong, and rubbish from everywhere.
  await world.during(handleOf(two).echo.keyCare.repair.take(new SimRng(3).bytes(300)));
  const memberJun = () => one.members.get().find(({ displayName }) => displayName === 'jun');
  expect(await world.runUntil(() => memberJun() !== undefined, 60_000)).toBe(true);
  await world.during(one.rights.remove(must(memberJun()).id));
  one.db.add(Note, { text: 'without Jun' });
  await world.during(one.flush());
  secrets.push(...ofRing('trip, later', echo.keys.ring));
  await world.run(world.nowMs + 60_000);
  // The news opens his space anew: he may not write.
  await world.during(found(jun, one.id).open());
  try {
    found(jun, one.id).db.add(Note, { text: 'by Jun' });
  } catch (failure) {
    scene.hear(failure);
  }

  // Wrong words, right words, and the device that is put out by them.
  const kept = (): boolean =>
    ada.halo.recovery.copies.get().length > 0 &&
    ada.halo.recovery.copies.get().every(({ at }) => at === 'kept');
  expect(await world.runUntil(kept, 120_000)).toBe(true);
  await world.during(ada.close());
  const phone = await scene.open('phone');
  const others = [...made.words.slice(1), made.words[0]].join(' ');
  await scene.fails(phone.halo.recovery.recover({ words: others }));
  await scene.fails(phone.halo.recovery.recover({ words: `${words} ${words}` }));
  await world.during(phone.halo.recovery.recover({ words }));
  const back = (): boolean => phone.spaces.get(one.id) !== undefined;
  expect(await world.runUntil(back, 60_000)).toBe(true);
  const laptop = phone.halo.devices.get().find(({ name }) => name === 'laptop');
  await scene.fails(phone.halo.devices.remove(must(laptop).key, others));
  await world.during(phone.halo.devices.remove(must(laptop).key, words, { wipe: true }));
  const again = await scene.open('laptop');
  await world.run(world.nowMs + 60_000);
  for (const client of [again, phone, jun]) await world.during(client.close());

  for (const name of ['laptop', 'phone', 'jun']) {
    secrets.push(...(await ofMachine(scene, name, one.id as SpaceId)));
  }
  expect(secrets.length).toBeGreaterThan(40);
  expect(scene.said.length).toBeGreaterThan(20);
  const text = [...scene.said, ...heard].join('\n');
  expect(secretsIn(text, secrets)).toEqual([]);
});

test('a secret is found in whatever form it is said', () => {
  const secret = new SimRng(5).bytes(32);
  const of: readonly NamedSecret[] = [{ name: 'key', secret }];
  const buffer = Buffer.from(secret);
  const before = Buffer.concat([Buffer.from('ab'), buffer, Buffer.from('cde')]);
  const forms = [
    buffer.toString('hex'),
    buffer.toString('hex').toUpperCase(),
    buffer.toString('base64'),
    before.toString('base64'),
    before.toString('base64url'),
    buffer.toString('latin1'),
    inspect(secret, { maxArrayLength: null }).replaceAll(/\s+/g, ' '),
    inspect(buffer),
    JSON.stringify([...secret]),
  ];
  for (const form of forms)
    expect([form, secretsIn(`failed: ${form}!`, of)]).toEqual([form, ['key']]);
  expect(secretsIn('nothing at all', of)).toEqual([]);
});
