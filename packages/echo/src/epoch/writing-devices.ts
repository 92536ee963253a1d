/** Devices that have written in a space, and when they were last heard of: to see which one is lost. */
import type { SpaceAuthority } from '@atoll/halo';
import type { DeviceKey, FeedKey, IdentityId } from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';

/** A device that has written here. */
export interface WritingDevice {
  readonly device: DeviceKey;
  readonly identity: IdentityId;
  /** What its clock said when it last wrote, milliseconds since 1970. */
  readonly lastMs: number;
  /** All its feeds are retired: nobody waits for it. */
  readonly isRetired: boolean;
}

/** All of them, the last heard of first. */
export function writingDevices(
  {
    branches,
    timeMsOf,
  }: { readonly branches: SpaceIndex['branches']; timeMsOf(no: number): number },
  authority: SpaceAuthority,
  retired: ReadonlySet<FeedKey>,
): WritingDevice[] {
  const devices = new Map<DeviceKey, WritingDevice>();
  for (let branch = 0; branch < branches.branchCount; branch++) {
    const end = branches.branchEnd(branch);
    const author = authority.authorOf(end);
    if (author === undefined) continue;
    const { device, feed, identity } = author;
    const known = devices.get(device);
    devices.set(device, {
      device,
      identity,
      lastMs: Math.max(known?.lastMs ?? 0, timeMsOf(end)),
      isRetired: (known?.isRetired ?? true) && retired.has(feed),
    });
  }
  return [...devices.values()].sort((a, b) => b.lastMs - a.lastMs);
}
