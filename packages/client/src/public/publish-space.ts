/** Publishing and following: what both do at servers and in the space. Loaded when somebody first does either. */
import { deriveKey, hash, softwareKeys } from '@atoll/crypto';
import type { Space } from '@atoll/echo';
import {
  KeyRing,
  loadPublishing,
  revokeAccess,
  rootCredential,
  type Level,
  type PublicLink,
  type SpaceTicket,
} from '@atoll/halo';
import { idBytes, parseId, toHex, utf8, type IdentityId, type Platform } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { kubeHint, kubeOfHint, kubeOfUrl } from '../kube-address.ts';
import { atMailbox } from './at-mailbox.ts';

/** Secret bytes from which the key that signs records follows, and the token by which they are replaced. */
const SEED_BYTES = 32;
/** Generations of content keys that a record brings; with their history keys they open those before. */
const CONTENT_KEYS_MAX = 32;
const DIGEST_BYTES = 32;
/** A record that the server may have lost is put there again so often. */
const RENEW_AFTER_MS: number = 24 * 60 * 60 * 1000;
const LEVEL: Level = 'read';

/** A link as the identity keeps it that has made it. */
export interface KeptLink {
  readonly space: string;
  readonly reader: string;
  readonly secret: Uint8Array;
  readonly recordSeed: Uint8Array;
  readonly kube: string;
  readonly url: string;
  readonly madeAtMs: number;
}

/** Makes a space public. `keep`: the link is kept before anybody can use it. @throws ClientError. */
export async function publishSpace(
  engine: Engine,
  at: { readonly echo: Space; readonly kube: string; readonly name: string },
  keep: (link: KeptLink) => Promise<void>,
): Promise<KeptLink> {
  const { echo, kube } = at;
  const { clock, rng } = engine.platform;
  const { authority, id, identity } = echo;
  const right = authority.credentials.people.rightFor(identity, 'control');
  if (right === undefined) {
    throw new ClientError('CLIENT_NOT_ALLOWED', 'only admins can make a space public');
  }
  const halo = await loadPublishing();
  const keys = keysOf(engine.platform);
  const secret = rng.bytes(halo.PUBLIC_SECRET_BYTES);
  const recordSeed = rng.bytes(SEED_BYTES);
  const [guest, signer] = await Promise.all([
    halo.linkReader(keys, secret, id),
    keys.signer(signingSeed(recordSeed)),
  ]);
  const fingerprint = halo.publicFingerprint(id, signer.publicKey);
  // The address names the server already.
  const text = halo.formatPublicLink({ secret, fingerprint, kube: '' });
  const link: KeptLink = {
    ...{ space: id, reader: guest.identity, secret, recordSeed, kube },
    url: `${kube}/#/follow/${text}`,
    madeAtMs: Math.floor(clock.nowMs()),
  };
  const { statements } = await halo.admitGuest({
    ...{ rng, space: id, guest, level: LEVEL, ...right.exercised },
    ...{ issuer: identity, deviceSigner: engine.deviceSigner, keys: echo.keys.ring },
  });
  // A link to nothing would be given away: first the server has what it leads to.
  await putRecord(engine, link, { echo, name: at.name });
  await keep(link);
  await echo.publish({ statements, credential: right.exercised.parent });
  await echo.settled();
  return link;
}

/** Ends every link of a space that one's right reaches. @throws ClientError. */
export async function unpublishSpace(echo: Space): Promise<void> {
  const { authority, id, identity } = echo;
  const { people } = authority.credentials;
  const right = people.rightFor(identity, 'control');
  if (right === undefined) {
    throw new ClientError('CLIENT_NOT_ALLOWED', 'only admins can end a public link');
  }
  const subjects = authority
    .links()
    .map((reader) => ({ to: 'identity', identity: reader }) as const);
  const ending = subjects.filter(
    (subject) => people.plan({ subject, path: '', by: right.exercised }).ends.length > 0,
  );
  if (ending.length < subjects.length) {
    throw new ClientError('CLIENT_SENIOR_RIGHT', 'somebody senior has made this space public');
  }
  if (ending.length === 0) return;
  const statements = ending.map((subject) =>
    revokeAccess({ space: id, subject, ...right.exercised }),
  );
  await echo.changeRights({ statements, credential: right.exercised.parent });
}

/**
 * Puts the record of a link to its server, unless what lies there is new enough. `undefined` for the space: the link
 * has ended, and its record goes. @throws ClientError `CLIENT_UNREACHABLE`, `CLIENT_NOT_KEPT`; StoreError.
 */
export async function renewRecord(
  engine: Engine,
  link: KeptLink,
  of: { readonly echo: Space; readonly name: string } | undefined,
): Promise<void> {
  if (of === undefined) {
    await atRecords(engine, link, (records) => records.keep(tokenOf(link), new Uint8Array(0)));
    await engine.platform.store.commit({ values: new Map([[putName(link), undefined]]) });
    return;
  }
  const value = await engine.platform.store.value(putName(link));
  const isSame =
    value !== undefined &&
    toHex(value.subarray(0, DIGEST_BYTES)) === toHex(digestOf(ticketOf(of, link)));
  const putAtMs = value?.length === DIGEST_BYTES + 8 ? timeIn(value) : 0;
  if (isSame && engine.platform.clock.nowMs() - putAtMs < RENEW_AFTER_MS) return;
  await putRecord(engine, link, of);
}

async function putRecord(
  engine: Engine,
  link: KeptLink,
  of: { readonly echo: Space; readonly name: string },
): Promise<void> {
  const { aead, clock, rng, store } = engine.platform;
  const [{ sealPublicRecord }, signer] = await Promise.all([
    loadPublishing(),
    keysOf(engine.platform).signer(signingSeed(link.recordSeed)),
  ]);
  const ticket = ticketOf(of, link);
  const record = await sealPublicRecord({ rng, aead, signer }, link.secret, ticket);
  const isKept = await atRecords(engine, link, (records) => records.keep(tokenOf(link), record));
  if (!isKept) throw new ClientError('CLIENT_NOT_KEPT', 'the server has no room for the link');
  const note = new Uint8Array(DIGEST_BYTES + 8);
  note.set(digestOf(ticket));
  new DataView(note.buffer).setFloat64(DIGEST_BYTES, clock.nowMs());
  await store.commit({ values: new Map([[putName(link), note]]) });
}

/** What a link leads to: the ticket in its record. @throws ClientError; HaloError `HALO_NOT_A_LINK`. */
export async function fetchPublic(
  engine: Engine,
  text: string,
  firstKube: string | undefined,
): Promise<{ readonly ticket: SpaceTicket; readonly link: PublicLink; readonly kube: string }> {
  const { openPublicRecord, parsePublicLink } = await loadPublishing();
  const link = parsePublicLink(text);
  const kube = kubeOfHint(link.kube) ?? kubeOfUrl(text) ?? firstKube;
  if (kube === undefined) throw new ClientError('CLIENT_NO_SERVER', 'the link names no server');
  const { aead, ed25519 } = engine.platform;
  const records = await atRecords(engine, { kube, secret: link.secret }, (open) => open.read());
  for (const record of records) {
    const ticket = await openPublicRecord({ ed25519, aead }, link, record);
    if (ticket !== undefined) return { ticket, link, kube };
  }
  throw new ClientError('CLIENT_LINK_ENDED', 'nothing lies under this link any more');
}

/** The code of a link for places where addresses do not work: it names the server itself. */
export async function codeOf(engine: Engine, link: KeptLink): Promise<string> {
  const { formatPublicLink, publicFingerprint } = await loadPublishing();
  const signer = await keysOf(engine.platform).signer(signingSeed(link.recordSeed));
  const space = parseId('space', link.space);
  const fingerprint = publicFingerprint(space, signer.publicKey);
  return formatPublicLink({ secret: link.secret.slice(), fingerprint, kube: kubeHint(link.kube) });
}

/** All membership keys, without what writes mailboxes, and of the content keys the newest: with their history they open those before. */
function ticketOf(
  { echo, name }: { readonly echo: Space; readonly name: string },
  { kube, reader }: KeptLink,
): SpaceTicket {
  const { authority, id, keys } = echo;
  const { genesis } = authority;
  if (genesis === undefined) {
    throw new ClientError('CLIENT_UNREACHABLE', 'the space has not come to this device yet');
  }
  const ring = new KeyRing();
  // Of what all members read: closed zones are their readers'.
  const all = keys.ring.share({ withHistory: true, current: [], isMute: true }).all();
  const content = all.filter(({ kind }) => kind === 'zone').slice(-CONTENT_KEYS_MAX);
  for (const secret of all) {
    if (secret.kind === 'membership' || content.includes(secret)) ring.add(secret);
  }
  const credential = authority.credentialFor(reader as IdentityId, LEVEL) ?? rootCredential(id);
  return {
    kind: 'space',
    genesis,
    space: id,
    keys: ring,
    name,
    level: LEVEL,
    credential,
    kubes: [kube],
  };
}

function digestOf({ credential, keys, kubes, name }: SpaceTicket): Uint8Array {
  return hash(
    'public-put',
    keys.export(),
    idBytes(credential),
    utf8(JSON.stringify([name, kubes])),
  );
}

async function atRecords<T>(
  engine: Engine,
  { kube, secret }: Pick<KeptLink, 'kube' | 'secret'>,
  use: Parameters<typeof atMailbox<T>>[2],
): Promise<T> {
  const { publicMailboxSeed } = await loadPublishing();
  return atMailbox(engine, { kube, seed: publicMailboxSeed(secret) }, use);
}

function keysOf({ keys }: Pick<Platform, 'keys'>): NonNullable<Platform['keys']> {
  return keys ?? softwareKeys;
}

function signingSeed(recordSeed: Uint8Array): Uint8Array<ArrayBuffer> {
  return deriveKey(recordSeed, 'public-signing');
}

function tokenOf({ recordSeed }: KeptLink): string {
  return toHex(deriveKey(recordSeed, 'public-token'));
}

function putName({ reader }: KeptLink): string {
  return `public/${reader}`;
}

function timeIn(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getFloat64(DIGEST_BYTES);
}
