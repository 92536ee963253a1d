/**
 * How this identity shows itself: kept in the private space for all its devices, and said in every space. The device
 * on which it was changed says it at once, the others later, where nobody has: one of them may be lost.
 */
import { Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import type { Database, Space } from '@atoll/echo';
import { PICTURE_BYTES_MAX, PROFILE_TEXT_BYTES_MAX, type Statement } from '@atoll/halo';
import { equalBytes, errorCode, toHex, utf8, Turns } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import { ClientError } from './client-error.ts';
import { hearFirst } from './devices/listening.ts';
import type { Engine } from './engine.ts';
import { ProfileRecord } from './halo-records.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import { idOf } from './own-identity.ts';
import { lookOf, pictureOf } from './people.ts';
import type { PersonLook, ProfileChange } from './profile-api.ts';

const NAME_BYTES_MAX = 256;
/** Where it is noted what this device has last said in a space, or found said. */
const TOLD = 'profile-told/';
/** So long the device that has changed it comes first; and one that was away hears first what there is to say. */
const OTHERS_FIRST_MS = 30_000;

interface Kept {
  readonly name: string;
  readonly colour: number;
  readonly text: string;
  readonly picture: Uint8Array;
}

const NO_PICTURE: Uint8Array<ArrayBuffer> = new Uint8Array();

/** See above. */
export class OwnProfile {
  readonly #engine: Engine;
  readonly #look = new LiveCell<PersonLook>({ hue: 1 }, sameData);
  #space: Space | undefined;
  readonly #waiting = new Set<Space>();
  #changedHere = '';
  readonly #turns = new Turns();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#show();
    engine.identity.subscribe(() => this.#show());
  }

  /** How this identity is shown. */
  get look(): Live<PersonLook> {
    return this.#look;
  }

  /** The private space is open. */
  follow(space: Space): void {
    this.#space = space;
    space.database.query(ProfileRecord).subscribe(() => this.#takeSoon());
    this.#takeSoon();
  }

  /** Changes it on all devices and in all spaces. Durable here when resolved. @throws ClientError. */
  async change(change: ProfileChange): Promise<void> {
    checkChange(change);
    const database = this.#database();
    const before = this.#kept();
    const { about: text = before.text, displayName: name = before.name } = change;
    const { hue: colour = before.colour, picture = before.picture } = change;
    const next = { name, colour, text, picture: picture ?? NO_PICTURE };
    const record = newest(database);
    // After what was there, whatever the clocks say.
    const changedAtMs = Math.max(this.#nowMs(), (record?.changedAtMs ?? 0) + 1);
    if (record === undefined) database.add(ProfileRecord, { ...next, changedAtMs });
    else Object.assign(record, differing(before, next), { changedAtMs });
    this.#changedHere = nameOf(this.#kept());
    await this.#turns.take(() => this.#take());
  }

  /** Says in a space what is still to be said there, at once or after a while. @throws StoreError, SpaceError. */
  async say(space: Space): Promise<void> {
    if (this.#record() === undefined) return;
    const isKnown = space.authority.detailsOf(space.identity) !== undefined;
    // What this device has just been told to say, or nobody has said: it cannot be behind.
    if (!isKnown || nameOf(this.#kept()) === this.#changedHere) await this.#sayNow(space);
    else this.#sayLater(space);
  }

  async #sayNow(space: Space): Promise<void> {
    const { haloSpace } = this.#engine.requireIdentity();
    // Who follows a public space is nobody there.
    if (space.id === haloSpace || this.#engine.isFollowed(space.id)) return;
    const { store } = this.#engine.platform;
    const name = utf8(nameOf(this.#kept()));
    const told = await store.value(`${TOLD}${space.id}`);
    if (told !== undefined && equalBytes(told, name)) return;
    const statements = this.#unsaid(space);
    if (statements.length > 0) {
      const credential = space.authority.credentialFor(space.identity, 'read');
      // Nobody yet: said once this is a member.
      if (credential === undefined) return;
      await space.publish({ statements, credential });
    }
    // It may be said in memory alone, on a device that is full.
    await space.flush();
    await store.commit({ values: new Map([[`${TOLD}${space.id}`, name]]) });
  }

  /** What differs from what is shown. */
  #unsaid({ authority, identity }: Space): readonly Statement[] {
    const { colour, name, picture, text } = this.#kept();
    const profile = authority.profileOf(identity);
    const details = authority.detailsOf(identity);
    const isNamed = profile?.name === name && profile.colour === colour;
    const isShown =
      (details?.text ?? '') === text && equalBytes(details?.picture ?? NO_PICTURE, picture);
    const copy = new Uint8Array(picture);
    return [
      ...(isNamed ? [] : [{ kind: 'profile', name, colour } as const]),
      ...(isShown ? [] : [{ kind: 'profile-details', text, picture: copy } as const]),
    ];
  }

  #sayLater(space: Space): void {
    const { clock, log } = this.#engine.platform;
    if (this.#waiting.has(space)) return;
    this.#waiting.add(space);
    clock
      .sleep(OTHERS_FIRST_MS, this.#engine.signal)
      .finally(() => this.#waiting.delete(space))
      .then(() =>
        this.#turns.take(async () => {
          if (this.#engine.opened(space.id) === space) await this.#sayNow(space);
        }),
      )
      .catch((failure: unknown) => {
        // It is said when the space is opened again.
        if (this.#engine.signal.aborted) return;
        log.event('warn', 'client.profile-not-said', { code: errorCode(failure) });
      });
  }

  #takeSoon(): void {
    this.#turns
      .take(() => this.#take())
      .catch((failure: unknown) => {
        if (this.#engine.signal.aborted) return;
        const code = errorCode(failure);
        this.#engine.platform.log.event('warn', 'client.profile-not-taken', { code });
      });
  }

  /** Takes what the private space says, and tells the spaces that are open. */
  async #take(): Promise<void> {
    this.#show();
    if (this.#record() === undefined) return;
    // What is not durable there could be gone after a crash, and this device would show what no other one knows.
    await this.#space?.flush();
    const { colour, name: displayName } = this.#kept();
    const now = this.#engine.requireIdentity();
    if (now.displayName !== displayName || now.colour !== colour) {
      await this.#engine.changeIdentity((newest) => ({ ...newest, displayName, colour }));
    }
    for (const { opened } of this.#engine.places) {
      if (opened !== undefined) await this.say(opened.space);
    }
  }

  #record(): ProfileInstance | undefined {
    return this.#space && newest(this.#space.database);
  }

  #show(): void {
    const identity = this.#engine.identity.get();
    if (identity === undefined) return;
    const { colour, name, picture, text } = this.#kept();
    const details = { text, picture: new Uint8Array(picture) };
    this.#look.set(lookOf(idOf(identity), { name, colour }, details));
  }

  /** What the private space has, or else what this device knows. */
  #kept(): Kept {
    const record = this.#record();
    const { colour, displayName } = this.#engine.requireIdentity();
    // What a stolen device may have written is no name: an identity that has it could not be stored.
    const name = record !== undefined && isName(record.name) ? record.name : displayName;
    if (record === undefined) return { name, colour, text: '', picture: NO_PICTURE };
    return { name, colour: colourOf(record, colour), ...shownBy(record) };
  }

  #database(): Database {
    if (this.#space !== undefined) return this.#space.database;
    throw new ClientError('CLIENT_NO_IDENTITY', 'this profile has no identity yet');
  }

  #nowMs(): number {
    return Math.floor(this.#engine.platform.clock.nowMs());
  }
}

/** Says who we are in a space, if nobody has, and what else there is to say there. */
export function introduceOwn(engine: Engine, space: Space): void {
  const isKnown = (): boolean => space.authority.profileOf(space.identity) !== undefined;
  const introduce = async (): Promise<void> => {
    if (isKnown()) return;
    await hearFirst(engine, engine.place(space.id));
    if (!isKnown()) await space.introduce();
  };
  introduce()
    .then(() => engine.onSpaceOpened?.(space))
    .catch((failure: unknown) => {
      engine.platform.log.event('warn', 'client.not-introduced', { code: errorCode(failure) });
    });
}

type ProfileInstance = InstanceOf<typeof ProfileRecord>;

/** Two devices may have made one each: the one that was changed last counts. */
function newest(database: Database): ProfileInstance | undefined {
  return database
    .query(ProfileRecord)
    .run()
    .reduce<ProfileInstance | undefined>(
      (last, one) => (last === undefined || one.changedAtMs > last.changedAtMs ? one : last),
      undefined,
    );
}

/** Another device, of a later version, may have kept what this one cannot show. */
function shownBy({ picture, text }: ProfileInstance): Pick<Kept, 'picture' | 'text'> {
  const isShort = utf8(text).length <= PROFILE_TEXT_BYTES_MAX;
  const isSmall = picture.length <= PICTURE_BYTES_MAX;
  return { text: isShort ? text : '', picture: isSmall ? picture : NO_PICTURE };
}

function colourOf({ colour }: ProfileInstance, otherwise: number): number {
  return Number.isInteger(colour) && colour >= 1 && colour <= 7 ? colour : otherwise;
}

/** Only what was changed: two devices that change different things at once keep both. */
function differing(before: Kept, next: Kept): Partial<Kept> {
  return {
    ...(before.name === next.name ? {} : { name: next.name }),
    ...(before.colour === next.colour ? {} : { colour: next.colour }),
    ...(before.text === next.text ? {} : { text: next.text }),
    ...(equalBytes(before.picture, next.picture) ? {} : { picture: next.picture }),
  };
}

/** Names what is kept. */
function nameOf({ colour, name, picture, text }: Kept): string {
  const bytes = new Writer(256).text(name).u8(colour).text(text).bytes(picture).finish();
  return toHex(hash('own-profile', bytes));
}

/** @throws ClientError `CLIENT_PROFILE_LIMIT`, `CLIENT_PICTURE`. */
function checkChange({ about, displayName, hue, picture }: ProfileChange): void {
  if (displayName !== undefined && !isName(displayName)) {
    throw new ClientError('CLIENT_PROFILE_LIMIT', 'a name has 1 to 256 bytes');
  }
  if (hue !== undefined && (!Number.isInteger(hue) || hue < 1 || hue > 7)) {
    throw new ClientError('CLIENT_PROFILE_LIMIT', 'colours are 1 to 7');
  }
  if (about !== undefined && utf8(about).length > PROFILE_TEXT_BYTES_MAX) {
    throw new ClientError('CLIENT_PROFILE_LIMIT', 'the words have more than 560 bytes');
  }
  if (picture === undefined || picture === null || pictureOf(picture) !== undefined) return;
  throw new ClientError('CLIENT_PICTURE', 'that is no PNG or JPEG, or too large');
}

function isName(text: string): boolean {
  return text.trim() !== '' && utf8(text).length <= NAME_BYTES_MAX;
}
