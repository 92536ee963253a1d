/** What must be so in the end, whatever a thief did with the laptop and let others hear. */
import { idFromBytes, type SpaceId } from '@atoll/kernel';
import { SpaceRecord } from '../../packages/client/src/testing/engine-on.ts';
import { rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { openedBlocks } from './space-town.ts';
import { showAll, stop, thiefWrites } from './thief-deeds.ts';
import type { Honest, ThiefTown, Written } from './thief-town.ts';

const QUIET_MS = 240_000;
const PAUSE_MS = 60_000;

/** The owner goes to the end: on every device that may, then with the words. Everybody reaches everybody. */
export async function endOf(town: ThiefTown): Promise<readonly string[]> {
  const { scene } = town;
  await showAll(town);
  scene.network.heal();
  await scene.pause(PAUSE_MS);
  for (const who of town.owned) await stop(town, who);
  await scene.pause(PAUSE_MS);
  await byWords(town);
  await scene.world.runUntil(() => brokenNow(town).length === 0, QUIET_MS);
  const broken = brokenNow(town);
  const before = shownOf(town);
  await thiefWrites(town);
  await showAll(town);
  await scene.pause(PAUSE_MS);
  // Where something is broken before, time alone may change more.
  if (broken.length === 0 && shownOf(town) !== before)
    broken.push('the thief changes something in the end');
  broken.push(...brokenNow(town), ...(await readByThief(town)));
  return [...new Set(broken)];
}

/** Whoever is locked is brought back, and whatever the owner does not have is removed. */
async function byWords(town: ThiefTown): Promise<void> {
  const { owned, scene, words } = town;
  const [first] = owned;
  if (first === undefined) throw new RangeError('she has no device');
  const during = scene.world.during.bind(scene.world);
  await restoreLocked(town);
  await scene.pause(PAUSE_MS);
  const own = new Set<string>(owned.map((who) => town.keyOf(who)));
  const { devices } = first.client.halo;
  for (const { key, standing } of devices.get()) {
    if (!own.has(key) && standing !== 'removed') await during(devices.remove(key, words));
  }
  await scene.pause(PAUSE_MS);
  await restoreLocked(town);
  await bringBackLeft(town);
}

/** She has left no space. */
async function bringBackLeft({ owned, scene }: ThiefTown): Promise<void> {
  for (const { client } of owned) {
    for (const { id } of client.spaces.left.get()) {
      await scene.world.during(client.spaces.bringBack(id));
    }
    await scene.pause(PAUSE_MS);
  }
}

async function restoreLocked({ owned, scene, words }: ThiefTown): Promise<void> {
  for (const { client } of owned) {
    const { devices } = client.halo;
    if (devices.lock.get() !== undefined) await scene.world.during(devices.restore(words));
  }
}

function brokenNow(town: ThiefTown): string[] {
  const broken = [
    ...town.honest.flatMap((who) => lockedOrWiped(who)),
    ...town.spaces.flatMap((id, at) =>
      differ(town, membersOf(town, id), { id, name: `space ${String(at)}` }),
    ),
    ...differ(town, town.owned, { id: town.haloSpace, name: 'the private space' }),
    ...town.spaces.flatMap((id) => contentOf(town, id)),
  ];
  return [...new Set(broken)];
}

function lockedOrWiped({ client, engine }: Honest): string[] {
  const lock = client.halo.devices.lock.get();
  if (engine.identity.get() === undefined || (lock?.wipe ?? 'no') !== 'no') {
    return ['an honest device is wiped'];
  }
  return lock === undefined ? [] : ['an honest device is locked'];
}

interface Seen {
  readonly root: string;
  readonly heads: string;
  readonly membership: string | undefined;
  readonly laptop: string | undefined;
  readonly standings: string;
}

function seenOf(town: ThiefTown, { engine }: Honest, id: SpaceId): Seen | undefined {
  const space = engine.opened(id);
  if (space === undefined) return undefined;
  const view = space.authority.identities.devices(town.identity);
  return {
    root: rootOf(space),
    heads: Buffer.from(space.replica.headsRoot()).toString('hex'),
    membership: space.authority.keys.current('membership'),
    laptop: view?.standingOf(town.keyOf(town.laptop)),
    standings: JSON.stringify(town.owned.map((one) => view?.standingOf(town.keyOf(one)))),
  };
}

function differ(
  town: ThiefTown,
  who: readonly Honest[],
  { id, name }: { readonly id: SpaceId; readonly name: string },
): string[] {
  const [first, ...others] = who.map((one) => seenOf(town, one, id));
  if (first === undefined || others.includes(undefined)) return [`${name} is not open everywhere`];
  const parts = Object.keys(first) as (keyof Seen)[];
  const unlike = parts.filter((part) => others.some((other) => other?.[part] !== first[part]));
  return [
    ...(first.laptop === 'active' ? [`in ${name} the laptop acts`] : []),
    ...(/suspended|out/.test(first.standings) ? [`in ${name} an honest device does not act`] : []),
    ...unlike.map((part) => `in ${name} honest replicas differ: ${part}`),
  ];
}

/** True for what whoever stopped the laptop first knew there, and where nobody has stopped it. */
function isInCut(
  { heard }: ThiefTown,
  id: SpaceId,
  { hash }: { readonly hash?: Written['hash'] },
): boolean {
  const known = heard.get(id);
  return known === undefined || hash === undefined || known.has(hash);
}

/** The laptop has put him out while it was hers to decide. */
function isJunOut(town: ThiefTown, id: SpaceId): boolean {
  return town.removals.some((one) => one.space === id && isInCut(town, id, one));
}

/** Whom the thief has put out before anybody had stopped him hears no more, until he is let in again. */
function membersOf(town: ThiefTown, id: SpaceId): readonly Honest[] {
  return isJunOut(town, id) ? town.owned : town.honest;
}

function contentOf(town: ThiefTown, id: SpaceId): string[] {
  const isHeard = (one: { readonly hash?: Written['hash'] }): boolean => isInCut(town, id, one);
  const here = town.written.filter(({ space }) => space === id);
  const deletions = here.filter((one) => one.isDeleted === true && isHeard(one));
  const spoiled = new Set(deletions.map(({ text }) => text));
  const isOut = isJunOut(town, id);
  const honest = here.filter(
    ({ by, text }) => by !== 'thief' && !spoiled.has(text) && !(isOut && text.startsWith('<jun')),
  );
  const late = here.filter((one) => one.by === 'thief' && one.isDeleted !== true && !isHeard(one));
  return membersOf(town, id).flatMap((who) => {
    const seen = new Set(town.titles(who, id));
    return [
      ...(honest.some(({ text }) => !seen.has(text)) ? ['something honest is not seen'] : []),
      ...(late.some(({ text }) => seen.has(text))
        ? ['something is seen that the thief wrote outside of the cut']
        : []),
    ];
  });
}

/** What the honest are shown. Keys that their devices note for each other change at any time. */
function shownOf(town: ThiefTown): string {
  const shown = town.honest.map(({ client, engine, isOwn, ...who }) => {
    const titles = town.spaces.map((id) =>
      isOwn || !isJunOut(town, id) ? town.titles({ client, engine, isOwn, ...who }, id) : [],
    );
    if (!isOwn) return { titles };
    const records = engine.opened(town.haloSpace)?.database.query(SpaceRecord).run() ?? [];
    const left = records.filter((record) => record.left !== undefined).map(({ space }) => space);
    // Devices that a stopped one has let in are listed as stopped as soon as anybody has heard of them.
    const acting = client.halo.devices.get().filter(({ standing }) => standing === 'active');
    const devices = acting.map(({ key, name }) => [key, name]);
    return { titles, listed: client.spaces.list.get().map(({ id }) => id), left, devices };
  });
  return JSON.stringify(shown);
}

/** The thief has no keys of what somebody wrote who knew that the laptop was stopped. */
async function readByThief(town: ThiefTown): Promise<string[]> {
  for (const id of [...town.spaces, town.haloSpace]) {
    for (const who of town.honest) {
      if (await isReadByThief(town, who, id))
        return ['the thief reads what was written by who knew'];
    }
  }
  return [];
}

async function isReadByThief(
  town: ThiefTown,
  { engine, platform }: Honest,
  id: SpaceId,
): Promise<boolean> {
  const space = engine.opened(id);
  if (space === undefined) return false;
  const { authority } = space;
  const honest = new Set(town.honest.map((one) => town.keyOf(one)));
  const crooked = [
    town.keyOf(town.laptop),
    ...town.guests.map(({ publicKey }) => idFromBytes('device', publicKey)),
  ];
  for (const { no, sections } of await openedBlocks({ ports: platform as never, space })) {
    const author = no === undefined ? undefined : authority.authorOf(no);
    if (no === undefined || author === undefined || !honest.has(author.device)) continue;
    const view = authority.identities.devices(town.identity, no);
    const known = crooked.filter((device) => view?.isKnown(device) === true);
    // Whom the thief has let in acts until the owner has seen it.
    const isStopped =
      known.length > 0 && known.every((device) => view?.standingOf(device) !== 'active');
    const data = sections.find(({ kind }) => kind === 'data');
    if (!isStopped || data === undefined) continue;
    if (town.copies.some((copy) => copy.space.keys.ring.zone(data.keyId) !== undefined))
      return true;
  }
  return false;
}
