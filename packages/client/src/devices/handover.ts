/**
 * What a device that is to be wiped has not sent goes into the mailboxes that it still knows: as sealed blocks, out of
 * the stored log, without a key of what is in them. Which mailboxes these are is kept when it locks itself.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { LogReplica, type Tip } from '@atoll/feed';
import { postingSeed, type KeyRing } from '@atoll/halo';
import { errorCode, idBytes, idFromBytes, type SpaceId } from '@atoll/kernel';
import { GROUNDS_MAX } from '@atoll/mesh';
import type { Engine } from '../engine.ts';
import { readTips, writeTips } from '../kept-tips.ts';
import { socketUrl } from '../kube-address.ts';
import { mailboxOf } from '../mailbox-keys.ts';
import { mailboxAccess } from '../recovery/capsule-keeper.ts';
import type { SpacePlace } from '../space-place.ts';

const SECRET_NAME = 'handover';
const VERSION = 1;
const ID_BYTES = 32;
/** Spaces of a profile; those beyond are not handed over. */
const SPACES_MAX = 4096;

/** The mailbox of one space. */
export interface KnownMailbox {
  readonly space: SpaceId;
  /** Of its two keys that of the readers, and the Ed25519 seed of that of the writers. */
  readonly readKey: Uint8Array;
  readonly seed: Uint8Array;
  /** Where chains begin in the stored log, if the history before was dropped. */
  readonly grounds: readonly Tip[];
}

/**
 * Keeps which mailboxes this device knows, while its keys are still in memory. `listed` are keys of spaces as the
 * private space lists them: a program that needs none of them has not opened them. @throws StoreError.
 */
export async function keepMailboxes(
  engine: Engine,
  listed: ReadonlyMap<SpaceId, KeyRing>,
): Promise<void> {
  const rings = new Map(listed);
  for (const { id, ring } of engine.places) rings.set(id, ring);
  const known: KnownMailbox[] = [];
  for (const [space, ring] of [...rings].slice(0, SPACES_MAX)) {
    const newest = ring.memberships().at(-1);
    if (newest?.posting === undefined || engine.isFollowed(space)) continue;
    const { readKey } = await mailboxOf(engine.platform, newest, 'reading');
    const seed = postingSeed(newest.posting);
    known.push({ space, readKey, seed, grounds: await groundsOf(engine.place(space)) });
  }
  const writer = new Writer(1024).u8(VERSION).varint(known.length);
  for (const { grounds, readKey, seed, space } of known) {
    writer.raw(idBytes(space)).raw(readKey).raw(seed);
    writeTips(writer, grounds, GROUNDS_MAX);
    seed.fill(0);
  }
  const bytes = writer.finish();
  await engine.platform.keystore.putSecret(SECRET_NAME, bytes);
  bytes.fill(0);
}

/** Those that were kept. @throws StoreError. */
export async function keptMailboxes({ platform }: Engine): Promise<readonly KnownMailbox[]> {
  const bytes = await platform.keystore.getSecret(SECRET_NAME);
  if (bytes === undefined) return [];
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return [];
    return Array.from({ length: reader.varint(SPACES_MAX) }, () => ({
      space: idFromBytes('space', reader.raw(ID_BYTES)),
      readKey: reader.take(ID_BYTES),
      seed: reader.take(ID_BYTES),
      grounds: readTips(reader, GROUNDS_MAX),
    }));
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}

/** This device is back: nothing is to be handed over. @throws StoreError. */
export async function forgetMailboxes({ platform }: Engine): Promise<void> {
  await platform.keystore.putSecret(SECRET_NAME, undefined);
}

/** True if a server has all that is stored here of a space. Never rejects but for the store, or when closed. */
export async function handOver(
  engine: Engine,
  { grounds, readKey, seed, space }: KnownMailbox,
  kubes: readonly string[],
): Promise<boolean> {
  const { ed25519, log, rng, store } = engine.platform;
  if ((await store.lastPosition(space)) === 0) return true;
  const stored = { store, ed25519, rng, space };
  await using replica = await LogReplica.open(
    grounds.length === 0 ? stored : { ...stored, grounds },
  );
  const signer = await mailboxAccess(engine.platform, seed);
  const access = { readKey, writeKey: signer.publicKey, signer };
  for (const kube of kubes) {
    try {
      const visit = { url: socketUrl(kube), access, replica };
      if ((await engine.mesh.visitMailbox(visit, engine.signal)) === 'agreed') return true;
    } catch (failure) {
      if (engine.signal.aborted) throw failure;
      log.event('info', 'client.not-handed-over', { code: errorCode(failure) });
    }
  }
  return false;
}

async function groundsOf(place: SpacePlace | undefined): Promise<readonly Tip[]> {
  if (place?.opened === undefined) return [];
  const { epochs, exchange } = place.opened.space;
  try {
    if (await epochs.isHistoryWhole()) return [];
    const { grounds = [] } = (await exchange.stand()) ?? {};
    return grounds.length > GROUNDS_MAX ? [] : grounds;
  } catch {
    // Without them the log is compared as far as it can be.
    return [];
  }
}
