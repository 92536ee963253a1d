/** What one space knows of the devices of one identity: entries of its log, where they stand, and who said so. */
import type { DeviceKey, IdentityId } from '@atoll/kernel';
import type { CausalOrder, Presence } from '../causal-presence.ts';
import type { DeviceStatement } from '../statements-devices.ts';
import type { DeviceAdmission, IdentityEntry, IdentityGenesis } from '../statements.ts';

/** An entry that lets a device act. */
export interface AdmissionFact {
  readonly entry: IdentityEntry;
  readonly device: DeviceKey;
  readonly depth: number;
  readonly statement: IdentityGenesis | DeviceAdmission;
  readonly presence: Presence;
}

/** A device of somebody. */
export interface DeviceOf {
  readonly identity: IdentityId;
  readonly device: DeviceKey;
}

/** A block that presents an entry. Of several by one device only those that know of no other. */
export interface Presentation {
  readonly block: number;
  /** Absent if nobody was admitted to its feed. */
  readonly by: DeviceOf | undefined;
}

/** What was said about a device, and where. */
export interface SaidFact {
  readonly entry: IdentityEntry;
  readonly depth: number;
  readonly statement: DeviceStatement;
  readonly presence: Presence;
  readonly presentations: Presentation[];
}

/** All of one identity. */
export interface DeviceFacts {
  readonly identity: IdentityId;
  readonly genesis: IdentityGenesis;
  /** The genesis' device first. */
  readonly admissions: readonly AdmissionFact[];
  readonly said: readonly SaidFact[];
}

/** What is asked of the blocks. */
export interface DeviceBlocks extends CausalOrder {
  /** Who stands behind the feed of a block. */
  authorOf(block: number): DeviceOf | undefined;
  /** Last blocks of a device's chains. */
  headsOf(of: DeviceOf): Iterable<number>;
  /** The block before in the same chain. */
  prevOf(block: number): number | undefined;
  /** Anchor of the first sealed epoch that a block is under, as `at` knows; without, of those that rows are behind. */
  settledBy?(block: number, at?: number): number | undefined;
}

/** What a block knows: with what it says itself, or only what was there before it. */
export interface AsOf {
  readonly block: number;
  readonly isBefore?: true;
}

/** True for a block that another one knows. */
export function isSeen(order: CausalOrder, block: number, asOf: AsOf): boolean {
  return block === asOf.block ? asOf.isBefore !== true : order.isInPast(block, asOf.block);
}

/** True for what is stated by a block that another one knows. */
export function isHere(order: CausalOrder, presence: Presence, asOf: AsOf): boolean {
  return presence.knownTo(asOf.block).some((block) => isSeen(order, block, asOf));
}
