/**
 * Beginning zones, letting members into them and putting them out: what is to be written for it. A part of
 * its own, which is loaded when somebody does any of that.
 */
import {
  beginGeneration,
  copyKeys,
  createOpenZone,
  createZone,
  credentialIdOf,
  grantAccess,
  revokeAccess,
  inPart,
  isWhole,
  openPrevious,
  zoneKey,
  zonePath,
  type Credential,
  type Exercised,
  type GenerationSecret,
  type GrantSubject,
  type KeyCopy,
  type Level,
  type Reader,
  type Statement,
} from '@atoll/halo';
import type { CredentialId, IdentityId, KeyId, Rng, Signer, ZoneId } from '@atoll/kernel';
import { SpaceError } from './space-error.ts';
import type { Space } from './space.ts';

/** Somebody may come or go while keys are made, which then are for the wrong ones. */
const TRIES_MAX = 3;

/** Who acts. */
export interface ZoneActor {
  readonly space: Space;
  readonly rng: Rng;
  readonly deviceSigner: Signer;
}

/** Whom to let into a zone, and how. */
export interface ZoneGrant {
  readonly subject: GrantSubject;
  readonly level: Level;
  /** False: what was written before stays closed. Absent: as it was for who is in already, else true. */
  readonly withHistory?: boolean | undefined;
}

/**
 * Begins a zone that only this member reads, or one that all read and only he writes. Durable when resolved. @throws SpaceError `SPACE_READ_ONLY`,
 * `SPACE_NOT_READY`.
 */
export async function beginZone(
  { rng, space }: Omit<ZoneActor, 'deviceSigner'>,
  { isOpen = false }: { readonly isOpen?: boolean } = {},
): Promise<ZoneId> {
  const { authority, id, identity } = space;
  const by = authority.credentials.people.rightFor(identity, 'write')?.exercised;
  if (by === undefined) {
    throw new SpaceError('SPACE_READ_ONLY', 'your role in this space does not allow private zones');
  }
  const key = authority.keys.readingKey(identity)?.key;
  if (key === undefined) {
    throw new SpaceError('SPACE_NOT_READY', 'your right to write here has not arrived yet');
  }
  const founding = { rng, space: id, founder: identity, by };
  if (isOpen) {
    const { statement, zone } = createOpenZone(founding);
    await space.publish({ statements: [statement], credential: citation(space) });
    return zone;
  }
  const made = createZone({ ...founding, reader: { identity, key } });
  const { copies, rotation, secret } = made.keys;
  // Before the block is folded, which asks for what it may be sealed under.
  space.keys.ring.add(secret);
  const statements = [made.statement, rotation, ...copies];
  await space.publish({ statements, credential: citation(space) });
  return made.zone;
}

/**
 * Lets somebody read a zone, and write there if the level says so. Durable when resolved; the credential. @throws
 * SpaceError `SPACE_NO_RIGHT`, `SPACE_KEY_MISSING`.
 */
export async function openZone(
  { deviceSigner, rng, space }: ZoneActor,
  zone: ZoneId,
  { level, subject, withHistory }: ZoneGrant,
): Promise<CredentialId> {
  const { authority, id, identity } = space;
  const by = control(space, zone);
  const isOpen = authority.credentials.zones.isOpen(zone);
  const has = givenIn(space, zone, subject);
  // Nobody unreads: who has all of it keeps that. Who has not gets it by word, not with another role.
  const hasAll = isOpen || has.some(({ grant }) => grant?.withoutHistory !== true);
  const isAll = hasAll || (withHistory ?? has.length === 0);
  // What he is given are the keys that will be used after this.
  await space.keyCare.make();
  const path = zonePath(zone);
  const grant = await grantAccess({
    ...{ rng, space: id, subject, level, path, withoutHistory: !isAll },
    ...{ ...by, issuer: identity, deviceSigner },
  });
  const ends = has.length === 0 ? [] : [revokeAccess({ space: id, subject, path, ...by })];
  const statements = [...ends, grant];
  const credential = citation(space);
  if (isOpen || (has.length > 0 && hasAll)) {
    // He has the keys: what changes is what he may do.
    await space.changeRights({ statements, credential });
    return credentialIdOf(grant);
  }
  const reader = newReaders(space, subject);
  if (isAll) {
    const copies = reader.flatMap((one) => copiesFor({ rng, space }, zone, one));
    await space.changeRights({ statements: [...statements, ...copies], credential });
  } else {
    await startAnew({ rng, space }, zone, { statements, reader });
    space.database.mutations.publishTypes(zone);
  }
  return credentialIdOf(grant);
}

/** What somebody has been given in a zone, or in a part of it. */
function givenIn({ authority }: Space, zone: ZoneId, subject: GrantSubject): readonly Credential[] {
  const given = authority.credentials.people.givenTo(subject);
  return given.filter(({ path }) => path.startsWith(zoneKey(zone)));
}

/** Keys that were in use before open what was written before: who is to read from now on gets new ones. */
async function startAnew(
  { rng, space }: Omit<ZoneActor, 'deviceSigner'>,
  zone: ZoneId,
  given: { readonly statements: readonly Statement[]; readonly reader: readonly Reader[] },
): Promise<void> {
  const { authority, id, keys } = space;
  const { reader } = given;
  const isNew = ({ identity }: Reader): boolean => reader.some((one) => one.identity === identity);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const before = authority.keys.readers(zone).filter((one) => !isNew(one));
    const previous = authority.keys.latest(zone).flatMap((one) => keys.ring.get(one) ?? []);
    const readers = [...before, ...reader];
    const made = beginGeneration({ rng, space: id, of: zone, readers, previous });
    const { rotation, secret } = made;
    const sealed = rotation.readers.map((one) => {
      const part = authority.isGivenAll(one.identity, zone) ? secret : inPart(secret);
      return copyKeys({ rng, space: id, secret: part, reader: one });
    });
    const first = tries === 0 ? given.statements : [];
    const statements = [...first, rotation, ...sealed];
    await space.changeRights({ statements, credential: citation(space) });
    if (authority.keys.rotation(secret.generation) === undefined) continue;
    keys.gain([secret], authority);
    return;
  }
  throw new SpaceError('SPACE_KEY_MISSING', 'others are changing the keys of this zone: try again');
}

/**
 * Puts somebody out of a zone, and changes its keys. What he had read he has. Durable when resolved. @throws
 * SpaceError `SPACE_NO_RIGHT`.
 */
export async function closeZone(
  { space }: Pick<ZoneActor, 'space'>,
  zone: ZoneId,
  subject: GrantSubject,
): Promise<void> {
  const { authority, id, identity } = space;
  const isLeaving = subject.to === 'identity' && subject.identity === identity;
  const { people } = authority.credentials;
  const rights = [
    people.rightFor(identity, isLeaving ? 'read' : 'control', zoneKey(zone)),
    // Whoever controls the space may put readers out, though not in.
    people.rightFor(identity, 'control'),
  ].flatMap((right) => right?.exercised ?? []);
  if (rights.length === 0) throw noRight();
  const plans = rights.map((by) => people.plan({ subject, path: zoneKey(zone), by, isLeaving }));
  const isVain = plans.every(({ ends }) => ends.length === 0);
  if (isVain && plans.some(({ stays }) => stays.length > 0)) throw tooSenior();
  const by = rights[plans.findIndex(({ ends }) => ends.length > 0)] ?? (rights[0] as Exercised);
  const path = zonePath(zone);
  const statements = [revokeAccess({ space: id, subject, path, ...by })];
  await space.changeRights({ statements, credential: citation(space) });
}

/** Copies of a zone's keys for one more reader of all of it: those in use, and what these do not open. */
function copiesFor(
  { rng, space }: Omit<ZoneActor, 'deviceSigner'>,
  zone: ZoneId,
  reader: Reader,
): readonly KeyCopy[] {
  const { authority, id, keys } = space;
  const current = authority.keys.current(zone, (one) => keys.ring.get(one) !== undefined);
  const latest = [...authority.keys.latest(zone), current];
  // Whoever made keys without history has put nothing into them that opens what was before.
  const all = [...latest, ...authority.keys.generations(zone).toReversed()];
  const opened = new Set<KeyId>();
  const secrets: GenerationSecret[] = [];
  for (const generation of all) {
    const secret = generation === undefined ? undefined : keys.ring.get(generation);
    if (secret === undefined || opened.has(secret.generation)) continue;
    secrets.push(secret);
    noteOpened(authority, secret, opened);
  }
  if (secrets.length === 0) {
    throw new SpaceError('SPACE_KEY_MISSING', 'the keys of this zone are not on this device yet');
  }
  return secrets.map((secret) => copyKeys({ rng, space: id, secret, reader }));
}

/** What somebody has who is given a generation: it, and those before it. */
function noteOpened(
  { keys }: Space['authority'],
  secret: GenerationSecret,
  opened: Set<KeyId>,
): void {
  const next = [secret];
  for (const one of next) {
    if (opened.has(one.generation)) continue;
    if (isWhole(one)) opened.add(one.generation);
    const rotation = keys.rotation(one.generation);
    if (rotation !== undefined) next.push(...openPrevious(one, rotation));
  }
}

/** Whom a grant lets read: somebody, or all members of a group. */
function newReaders({ authority }: Space, subject: GrantSubject): readonly Reader[] {
  const isMeant = (identity: IdentityId): boolean =>
    subject.to === 'identity'
      ? subject.identity === identity
      : subject.to === 'group' &&
        authority.credentials.people
          .rightsOf({ to: 'identity', identity })
          .some(({ through }) => through.some(({ path }) => path.endsWith(subject.group)));
  return authority.readers().filter(({ identity }) => isMeant(identity));
}

function control({ authority, identity }: Space, zone: ZoneId): Exercised {
  const by = authority.credentials.people.rightFor(identity, 'control', zoneKey(zone))?.exercised;
  if (by === undefined) throw noRight();
  return by;
}

/** What control sections of this member cite. */
function citation({ authority, identity }: Space): CredentialId {
  const credential = authority.credentialFor(identity, 'read');
  if (credential === undefined) {
    throw new SpaceError('SPACE_NOT_READY', 'your right to read here has not arrived yet');
  }
  return credential;
}

function tooSenior(): SpaceError {
  return new SpaceError(
    'SPACE_NO_RIGHT',
    'who began a zone, or let you in there, is put out of it only by who can remove them from the space',
  );
}

function noRight(): SpaceError {
  return new SpaceError(
    'SPACE_NO_RIGHT',
    'only who was given control over this zone lets others in; ask one of its owners',
  );
}
