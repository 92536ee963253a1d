/** Who votes about the next epoch: what the access to a space at a frontier says. */
import { VOTERS_MAX, suffices, type SpaceAuthority, type Voter } from '@atoll/halo';
import {
  compareBytes,
  idBytes,
  type DeviceKey,
  type FeedKey,
  type IdentityId,
} from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import type { Frontier } from './frontier.ts';

interface Active extends Voter {
  /** The device's greatest block under the frontier. */
  readonly last: number;
}

/**
 * A device of every identity that may control the space: the one that wrote last. If that is one identity
 * alone, all its devices that have written. `retired` feeds count for nothing.
 */
export function votersAt(
  frontier: Frontier,
  of: { readonly index: SpaceIndex; readonly authority: SpaceAuthority },
  retired: ReadonlySet<FeedKey>,
): Voter[] {
  const { authority, index } = of;
  const rights = authority.credentials.asOf(frontier.anchor);
  const active = new Map<DeviceKey, Active>();
  for (const end of frontier.ends()) {
    const author = authority.authorOf(end);
    if (author === undefined || retired.has(author.feed)) continue;
    const { identity, device } = author;
    const level = rights.levelOf(identity);
    if (level === undefined || !suffices(level, 'control')) continue;
    const known = active.get(device);
    if (known !== undefined && index.compare(known.last, end) >= 0) continue;
    active.set(device, { identity, device, last: end });
  }
  const latest = [...active.values()].sort((a, b) => index.compare(b.last, a.last));
  const identities = new Set(latest.map(({ identity }) => identity));
  const listed = identities.size === 1 ? latest : firstOfEach(latest);
  const voters = listed.slice(0, VOTERS_MAX).map(({ identity, device }) => ({ identity, device }));
  return voters.sort(compareVoters);
}

function firstOfEach(latest: readonly Active[]): Active[] {
  const seen = new Set<IdentityId>();
  return latest.filter(({ identity }) => !seen.has(identity) && seen.add(identity).size > 0);
}

function compareVoters(a: Voter, b: Voter): number {
  return (
    compareBytes(idBytes(a.identity), idBytes(b.identity)) ||
    compareBytes(idBytes(a.device), idBytes(b.device))
  );
}
