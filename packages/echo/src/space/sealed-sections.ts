/** What this device holds of closed zones and cannot read: that something is there, and how much, not what. */
import type { ZoneId } from '@atoll/kernel';

/** Sections of one zone that do not open here. */
export interface SealedSections {
  readonly sections: number;
  readonly bytes: number;
}

const NONE: SealedSections = { sections: 0, bytes: 0 };

/** Counts them by zone. */
export class SealedZones {
  readonly #byZone = new Map<ZoneId, SealedSections>();

  /** Takes a section that did not open, or several that a snapshot has counted. */
  add(zone: ZoneId, { bytes, sections }: SealedSections): void {
    const before = this.of(zone);
    this.#byZone.set(zone, {
      sections: before.sections + sections,
      bytes: before.bytes + bytes,
    });
  }

  /** Those of a zone. */
  of(zone: ZoneId): SealedSections {
    return this.#byZone.get(zone) ?? NONE;
  }

  /** All of them. */
  all(): Iterable<readonly [ZoneId, SealedSections]> {
    return this.#byZone;
  }

  /** True if anything here cannot be read. */
  get isAny(): boolean {
    return this.#byZone.size > 0;
  }
}
