/** What members say of keys that they lack. The bytes are in codec-keys.ts and spec/credentials.md. */
import type { KeyId, SpaceId } from '@atoll/kernel';

/**
 * The author of the block lacks the keys of these generations: nobody has sealed them to it, or what was sealed is
 * not what the rotation says. Said when nobody answers who is asked directly.
 */
export interface KeyNeed {
  readonly kind: 'key-need';
  readonly space: SpaceId;
  /** Ascending. */
  readonly generations: readonly KeyId[];
}

/** Generations that one statement, or one question, names. */
export const NEEDED_MAX = 16;
