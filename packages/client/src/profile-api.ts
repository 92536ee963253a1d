/** How people show themselves, and changing it. Interfaces only. */
import type { Hue } from './api.ts';

/** A small picture of somebody: PNG or JPEG, at most 8 KiB and 512 points along an edge. */
export interface Picture {
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Its name, so that what holds it can be compared as data. */
  toJSON(): string;
}

/** How somebody is shown beside the name. */
export interface PersonLook {
  /** Chosen, or else from the identity: the same for everyone. */
  readonly hue: Hue;
  /** Some words about themselves. */
  readonly about?: string;
  readonly picture?: Picture;
}

/** What is to be another; what is left out stays. */
export interface ProfileChange {
  /** At most 256 bytes in UTF-8, and not empty. */
  readonly displayName?: string;
  readonly hue?: Hue;
  /** At most 560 bytes in UTF-8; empty for none. */
  readonly about?: string;
  /** Bytes of a {@link Picture}; `null` for none. */
  readonly picture?: Uint8Array | null;
}
