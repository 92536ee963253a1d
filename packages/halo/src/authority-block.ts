/** What the fold over control statements is told of a block. */
import type { BlockHash, CredentialId, FeedKey } from '@atoll/kernel';
import type { CheckedStatement } from './statement-signing.ts';
import { mayStopDevices } from './statements-devices.ts';

/** A control section of a block, opened, decoded and its signatures looked at. */
export interface ControlSection {
  /** Credential that the section cites; all zero where it cites none. */
  readonly credential: CredentialId;
  readonly statements: readonly CheckedStatement[];
}

/** What the fold has to know of a block. */
export interface AuthorityBlock {
  /** Number under which the causal order knows the block. */
  readonly no: number;
  readonly hash: BlockHash;
  readonly feed: FeedKey;
  readonly seq: number;
  /** Hash that the frame names as the block before, or as the feed's genesis. */
  readonly prev: BlockHash;
  /** Number of the block before in the same chain; `undefined` at seq 0. */
  readonly prevNo: number | undefined;
  readonly lamport: number;
  /** Control sections in the order of the block; empty for a block of data alone. */
  readonly control: readonly ControlSection[];
}

/** True if a block says something of devices behind one of its statements: it is then decided without that. */
export function saysOfDevices({ control }: AuthorityBlock, index: number): boolean {
  const behind = control.flatMap(({ statements }) => statements).slice(index + 1);
  return behind.some(({ statement }) => mayStopDevices(statement));
}
