/**
 * Strangers who mean harm at the door of a public space: they open the mailboxes of its lobby as everybody does who has
 * the link, post without end under as many names as they like, bring again what others have sent, and send what is none.
 */
import type { Space as EchoSpace } from '@atoll/echo';
import { loadContributions, type Contribution, type Door } from '@atoll/halo';
import { idFromBytes, toHex } from '@atoll/kernel';
import { RECORDS_MAX } from '@atoll/mesh';
import { expect, test } from 'vitest';
import { person, type Person } from '../../halo/src/testing/people.ts';
import type { Space } from './api.ts';
import { Engine } from './engine.ts';
import { REQUESTS_MAX } from './invitation-store.ts';
import { atMailbox } from './public/at-mailbox.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import { NOTE, Note, openGarden, type Garden, type GardenTerms } from './testing/public-garden.ts';

const halo = await loadContributions();

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Somebody who has the link, and a program of his own. */
class Stranger {
  readonly #scene: ClientScene;
  readonly #engine: Engine;
  readonly #echo: () => EchoSpace;

  private constructor(scene: ClientScene, engine: Engine, echo: () => EchoSpace) {
    this.#scene = scene;
    this.#engine = engine;
    this.#echo = echo;
  }

  static async come(scene: ClientScene, space: Space): Promise<Stranger> {
    const platform = scene.machine('mallory').boot();
    const engine = await scene.world.during(Engine.open(platform));
    return new Stranger(scene, engine, () => (space as unknown as { echo: EchoSpace }).echo);
  }

  get door(): Door {
    const door = this.#echo().authority.moderation.door();
    if (door === undefined) throw new RangeError('no door');
    return door;
  }

  get nowMs(): number {
    return Math.floor(this.#engine.platform.clock.nowMs());
  }

  /** Puts anything into a mailbox of the lobby. */
  put(room: number, record: Uint8Array, token = this.bytes(32)): Promise<boolean> {
    return this.#at(room, (records) => records.keep(toHex(token), record));
  }

  /** Everything that lies in one of them. */
  read(room: number): Promise<readonly Uint8Array[]> {
    return this.#at(room, (records) => records.read());
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return this.#engine.platform.rng.bytes(count) as Uint8Array<ArrayBuffer>;
  }

  /** A record as honest programs make it, of this author and with these changes. */
  async record(
    author: Person,
    fields: Contribution['fields'],
    changes: Partial<Contribution> = {},
  ): Promise<Uint8Array> {
    const { door } = this;
    const space = this.#echo().id;
    const { bytes } = await halo.signContribution(author, {
      ...{ space, door: door.nonce, nonce: this.bytes(16), writtenAtMs: this.nowMs },
      ...{
        identity: author.identity,
        device: idFromBytes('device', author.deviceSigner.publicKey),
      },
      ...{ name: author.name, type: NOTE, fields, ...changes },
    });
    const { rng } = this.#engine.platform;
    return halo.sealContribution(rng, door, { bytes, space, token: this.bytes(32) });
  }

  #at<T>(room: number, use: Parameters<typeof atMailbox<T>>[2]): Promise<T> {
    const { kube, lobby } = this.door;
    const at = { kube, seed: halo.lobbySeed(lobby, room) };
    return this.#scene.world.during(atMailbox(this.#engine, at, use));
  }
}

interface Flooded extends Garden {
  /** As Kim follows it. */
  readonly kims: Space;
  readonly stranger: Stranger;
}

async function flooded(seed: number, terms: GardenTerms): Promise<Flooded> {
  const garden = await openGarden(seed, terms);
  const { scene, url } = garden;
  const kim = await scene.person('kim');
  const kims = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => kims.door.state.get().isOpen, 'the door is seen');
  return { ...garden, kims, stranger: await Stranger.come(scene, kims) };
}

async function until(scene: ClientScene, isSo: () => boolean, what: string): Promise<void> {
  expect(await scene.world.runUntil(isSo, 8 * MINUTE_MS), what).toBe(true);
}

function texts(space: Space): readonly string[] {
  const notes = space.db.query(Note).hidden('include').run();
  return notes.map(({ text }) => text).sort();
}

function waiting(space: Space): readonly unknown[] {
  return space.door.state.get().waiting.map(({ fields }) => fields['text']);
}

async function look({ scene, space }: Garden): Promise<void> {
  await scene.world.during(space.door.look());
}

/** The room in which the only record of the lobby lies. */
async function roomOf(
  stranger: Stranger,
): Promise<{ readonly room: number; readonly record: Uint8Array }> {
  for (let room = 0; room < halo.LOBBY_ROOMS; room++) {
    const [record] = await stranger.read(room);
    if (record !== undefined) return { room, record };
  }
  throw new RangeError('the lobby is empty');
}

test('who posts under many names and early dates gets in what the door lets in an hour, and not before those who came first', async () => {
  const made = await flooded(1, { takesItself: true, perHour: 3, perAuthor: 2 });
  const { kims, scene, space, stranger } = made;
  const floods = async (names: readonly string[]): Promise<void> => {
    for (const [at, name] of names.entries()) {
      const writtenAtMs = stranger.nowMs - 12 * HOUR_MS;
      const record = await stranger.record(
        await person(name),
        { text: `Buy ${name}` },
        { writtenAtMs },
      );
      expect(await stranger.put(at % halo.LOBBY_ROOMS, record)).toBe(true);
    }
  };
  await floods(['a', 'b', 'c', 'd']);
  await until(scene, () => texts(space).length === 4, 'three are in');
  await scene.world.during(kims.door.post(NOTE, { text: 'Weeds' }));
  await until(scene, () => waiting(space).includes('Weeds'), 'seen');
  await floods(['e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']);
  await look(made);
  expect(texts(space)).toHaveLength(4);
  await scene.pause(HOUR_MS + 2 * MINUTE_MS);
  expect(texts(space)).toContain('Weeds');
  expect(texts(space)).toHaveLength(7);
  await scene.pause(HOUR_MS);
  expect(texts(space).length).toBeLessThanOrEqual(10);
  expect(texts(kims)).toEqual(texts(space));
});

test('copies of what others have sent bring nothing in twice, take nothing out, and bring back nothing that was refused', async () => {
  const made = await flooded(2, { takesItself: false });
  const { ada, kims, scene, space, stranger } = made;
  await scene.world.during(kims.door.post(NOTE, { text: 'Weeds' }));
  const { record, room } = await roomOf(stranger);
  const tokens = [stranger.bytes(32), stranger.bytes(32)] as const;
  expect(await stranger.put(room, record, tokens[0])).toBe(true);
  expect(await stranger.put((room + 1) % halo.LOBBY_ROOMS, record)).toBe(true);
  await look(made);
  expect(waiting(space)).toEqual(['Weeds']);
  // The copy goes, and what it is a copy of has not gone by it.
  await stranger.put(room, new Uint8Array(0), tokens[0]);
  await look(made);
  expect(waiting(space)).toEqual(['Weeds']);
  await scene.world.during(space.door.take(space.door.state.get().waiting[0]?.id ?? ''));
  await stranger.put(room, record, tokens[1]);
  await look(made);
  await look(made);
  expect([texts(space), waiting(space)]).toEqual([['Tomatoes', 'Weeds'], []]);
  // What was refused stays so, also after a restart.
  await scene.world.during(kims.door.post(NOTE, { text: 'Spam' }));
  await until(scene, () => waiting(space).length === 1, 'it waits');
  const spam: Uint8Array[] = [];
  for (let at = 0; at < halo.LOBBY_ROOMS; at++) spam.push(...(await stranger.read(at)));
  await scene.world.during(space.door.decline(space.door.state.get().waiting[0]?.id ?? ''));
  for (const [at, copy] of spam.entries()) await stranger.put(at % halo.LOBBY_ROOMS, copy);
  await look(made);
  expect(waiting(space)).toEqual([]);
  await scene.world.during(ada.close());
  const again = found(await scene.open('ada'), space.id);
  await scene.world.during(again.open());
  await scene.world.during(again.door.look());
  expect([texts(again), waiting(again)]).toEqual([['Tomatoes', 'Weeds'], []]);
});

test('what is none, too long, too old or from the future is never seen, and breaks nothing', async () => {
  const made = await flooded(3, { takesItself: true });
  const { scene, space, stranger } = made;
  const author = await person('eve');
  const { nowMs } = stranger;
  const bad = [
    await stranger.record(author, { text: 'old' }, { writtenAtMs: nowMs - 61 * DAY_MS }),
    await stranger.record(author, { text: 'future' }, { writtenAtMs: nowMs + 2 * DAY_MS }),
    await stranger.record(author, { text: 'x'.repeat(5_000) }),
    await stranger.record(author, { text: 7n }),
    await stranger.record(author, { text: 'x' }, { type: 'org.atoll.space.Contribution' }),
    await stranger.record(
      author,
      { text: 'x' },
      { space: idFromBytes('space', stranger.bytes(32)) },
    ),
    await stranger.record(author, { text: 'x' }, { door: stranger.bytes(16) }),
    await stranger.record({ ...author, log: (await person('kim')).log }, { text: 'x' }),
    stranger.bytes(2_000),
    new Uint8Array(1),
  ];
  for (const [at, record] of bad.entries()) await stranger.put(at % halo.LOBBY_ROOMS, record);
  // What it is about is not there: it is taken without.
  const good = await stranger.record(author, { text: 'Good', about: { ref: 'nothing' } });
  await stranger.put(0, good);
  await look(made);
  await until(scene, () => texts(space).includes('Good'), 'the good one is in');
  expect([texts(space), waiting(space)]).toEqual([['Good', 'Tomatoes'], []]);
  await scene.pause(5 * MINUTE_MS);
  expect(texts(space)).toEqual(['Good', 'Tomatoes']);
});

test('who fills the lobby with what nobody can read fills nothing else; moderators are told, and a new door has room', async () => {
  const made = await flooded(4, { takesItself: false });
  const { kims, scene, space, stranger } = made;
  const { blocks } = await scene.world.during(space.info());
  for (let room = 0; room < halo.LOBBY_ROOMS; room++) {
    for (let at = 0; at < RECORDS_MAX; at++) {
      expect(await stranger.put(room, stranger.bytes(500))).toBe(true);
    }
    expect(await stranger.put(room, stranger.bytes(500))).toBe(false);
  }
  await scene.world.during(kims.door.post(NOTE, { text: 'Weeds' }));
  await look(made);
  expect(kims.door.state.get().own[0]?.state).toBe('sending');
  expect(space.door.state.get().isFull).toBe(true);
  expect((await scene.world.during(space.info())).blocks).toBe(blocks);
  await scene.world.during(space.door.renew());
  await look(made);
  expect(space.door.state.get().isFull).toBeUndefined();
  await until(scene, () => kims.door.state.get().own[0]?.state === 'gone', 'he is told');
  await scene.world.during(kims.door.post(NOTE, { text: 'Weeds, again' }));
  await until(scene, () => waiting(space).length === 1, 'there is room');
});

test('of more people who knock than anybody looks through the latest are kept, once each, and all others still work', async () => {
  const scene = new ClientScene(5);
  const ada = await scene.person('ada');
  const space = await scene.space(ada, 'Home');
  const { url } = await scene.world.during(space.invite({ way: 'ask' }));
  const asks = space.requests.list;
  for (let at = 0; at < REQUESTS_MAX + 4; at++) {
    const guest = await scene.person(`knocker ${at}`);
    for (const _again of [1, 2]) {
      const joining = guest.spaces.join(url);
      await until(scene, () => ['confirm', 'asked'].includes(joining.state.get().at), 'seen');
      if (joining.state.get().at === 'confirm') joining.accept('x'.repeat(140));
      await until(scene, () => joining.state.get().at === 'asked', 'asked');
      joining.cancel();
    }
    await scene.world.during(guest.close());
    expect(asks.get().length).toBeLessThanOrEqual(REQUESTS_MAX);
  }
  const names = asks.get().map(({ displayName }) => displayName);
  expect([names.length, new Set(names).size]).toEqual([REQUESTS_MAX, REQUESTS_MAX]);
  const jun = await scene.person('jun');
  const joining = jun.spaces.join(url);
  await until(scene, () => joining.state.get().at === 'confirm', 'seen');
  joining.accept('Jun from the choir');
  await until(scene, () => asks.get().some(({ displayName }) => displayName === 'jun'), 'heard');
  await scene.world.during(
    space.requests.approve(asks.get().find(({ displayName }) => displayName === 'jun')?.id ?? ''),
  );
  await scene.world.during(joining.done);
  expect(space.members.get()).toHaveLength(2);
});
