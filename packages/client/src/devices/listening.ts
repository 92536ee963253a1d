/**
 * A device that comes to a space, or is brought back, hears first what has happened without it, and only then speaks.
 * Brought back, it makes new keys: made of the keys of before, they would lead it past the mailboxes of those that
 * others have made meanwhile, and past what was written there. New, it shows the log of its identity: of a device that
 * was stopped only what it knows itself would stay.
 */
import type { Space } from '@atoll/echo';
import { identityEntryOf, lastFate, logStatements, type LogStatement } from '@atoll/halo';
import { idFromBytes } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { idOf } from '../own-identity.ts';
import type { SpacePlace } from '../space-place.ts';

/** So long a mailbox is waited for. */
const MAILBOX_MS = 5_000;
/** So long one that is there has to say all; what comes later is found as well, by looking where one has been past. */
const LISTEN_MS = 20_000;
/** How often it is looked. */
const LOOK_MS = 250;

/** True for a space that has not heard that this device was brought back, or that devices were stopped, and of this one. */
export function mustHear(engine: Engine, place: SpacePlace): boolean {
  return isUnheardReturn(engine, place) || isNewBesideStopped(engine, place);
}

/**
 * True for a space that knows nothing of this device, and is to hear from it that others were stopped; also where what
 * this device had is gone and just comes again, as in a space that was left.
 */
function isNewBesideStopped(engine: Engine, { id, opened }: SpacePlace): boolean {
  const identity = engine.requireIdentity();
  if ((identity.log.said ?? []).length === 0) return false;
  const own = idFromBytes('device', engine.deviceSigner.publicKey);
  if (opened?.space.authority.identities.entryOf(idOf(identity), own) === undefined) return true;
  return !opened.space.devices.isIntroduced && engine.mesh.spaceStatus(id)?.mailbox === true;
}

/** Resolves when what there is was heard where this device is new beside others that were stopped. */
export async function hearFirst(engine: Engine, place: SpacePlace | undefined): Promise<void> {
  if (place !== undefined && isNewBesideStopped(engine, place)) await listen(engine, [place]);
}

/** True on a device that the words have brought back, in a space that has not heard of that: it counts as stopped there. */
export function isComingBack(engine: Engine, space: Space | undefined): boolean {
  return space?.devices.isStopped === true && broughtBackBy(engine) !== undefined;
}

/** With what the words have brought this device back, if they have said nothing else of it since. */
function broughtBackBy(engine: Engine): LogStatement | undefined {
  const { log } = engine.requireIdentity();
  const last = lastFate(log, idFromBytes('device', engine.deviceSigner.publicKey));
  return last?.fate === 'stays' ? last : undefined;
}

function isUnheardReturn(engine: Engine, { opened }: SpacePlace): boolean {
  const back = broughtBackBy(engine);
  if (back === undefined) return false;
  const identity = engine.requireIdentity();
  const known = opened?.space.authority.identities.logOf(idOf(identity));
  const entry = identityEntryOf(back);
  return known === undefined || !logStatements(known).some((one) => identityEntryOf(one) === entry);
}

/** Resolves when these spaces have what the mailboxes of their newest keys have, or nobody gives it. */
export async function listen(engine: Engine, places: readonly SpacePlace[]): Promise<void> {
  const { mesh, platform, signal } = engine;
  const { clock } = platform;
  const beganMs = clock.monotonicMs();
  let left = places;
  while (engine.online.get()) {
    const heard = await Promise.all(left.map((place) => isHeard(engine, place)));
    left = left.filter((_, at) => heard[at] !== true);
    if (left.length === 0) return;
    const waitedMs = clock.monotonicMs() - beganMs;
    const isGiving = left.some(({ id }) => mesh.spaceStatus(id)?.mailbox === true);
    if (waitedMs > (isGiving ? LISTEN_MS : MAILBOX_MS)) return;
    await clock.sleep(LOOK_MS, signal);
  }
}

/** What has come may bring keys, and with them another mailbox. */
async function isHeard(engine: Engine, place: SpacePlace): Promise<boolean> {
  if ((await place.isInStep?.()) !== true) return false;
  // Who was here before has been in these mailboxes, or looks into them later: he is not kept waiting.
  if (place.isLooking?.() === true && isNewBesideStopped(engine, place)) return false;
  await place.opened?.space.settled();
  return (await place.isInStep?.()) === true;
}
