/**
 * A member's keys of one space, made ready for opening and sealing blocks. The ring holds the secrets;
 * this keeps what is derived from them, so that a block costs no derivation.
 */
import { sealingKey, type SealingKey } from '@atoll/crypto';
import {
  membershipKey,
  openInner,
  openSection,
  type Checked,
  type InnerHeader,
  type MembershipKey,
  type ParsedBlock,
} from '@atoll/feed';
import type { GenerationSecret, KeyRing, SpaceAuthority } from '@atoll/halo';
import { type AeadPlatform, type KeyId, type SpaceId } from '@atoll/kernel';

/** A block whose inner header has been opened. */
export interface OpenedBlock {
  readonly parsed: ParsedBlock;
  readonly inner: InnerHeader;
}

/** Opens headers and sections with what the ring holds. */
export class SpaceKeys {
  readonly space: SpaceId;
  readonly ring: KeyRing;
  readonly #memberships = new Map<KeyId, MembershipKey>();
  readonly #contents = new Map<KeyId, SealingKey>();

  /** The platform's cipher, for large sections. */
  readonly aead: AeadPlatform | undefined;

  constructor(space: SpaceId, ring: KeyRing, aead?: AeadPlatform) {
    this.space = space;
    this.ring = ring;
    this.aead = aead;
  }

  /** Takes further secrets into the ring. True if any was new. */
  gain(secrets: readonly GenerationSecret[], authority: SpaceAuthority): boolean {
    const before = this.ring.version;
    for (const secret of secrets) this.ring.add(secret);
    if (this.ring.version === before) return false;
    this.arrange(authority);
    return true;
  }

  /** Puts what is in use last in the ring, where whoever has no statements yet finds it. */
  arrange(authority: SpaceAuthority): void {
    const order = authority.keyed().flatMap((of) => {
      const current = authority.keys.current(of);
      const others = authority.keys.generations(of).filter((id) => id !== current);
      return current === undefined ? others : [...others, current];
    });
    this.ring.arrange(order);
  }

  /** Prepared membership key of a generation. */
  membership(generation: KeyId): MembershipKey | undefined {
    const prepared = this.#memberships.get(generation);
    if (prepared !== undefined) return prepared;
    const secret = this.ring.membership(generation);
    if (secret === undefined) return undefined;
    const made = membershipKey(secret);
    this.#memberships.set(generation, made);
    return made;
  }

  /** Prepared content key of a zone's generation. */
  content(generation: KeyId): SealingKey | undefined {
    const prepared = this.#contents.get(generation);
    if (prepared !== undefined) return prepared;
    const secret = this.ring.zone(generation);
    if (secret === undefined) return undefined;
    const made = sealingKey(secret.content);
    this.#contents.set(generation, made);
    return made;
  }

  /** The inner header, under whichever membership generation sealed it. */
  openHeader(block: ParsedBlock): Checked<InnerHeader> {
    let last: Checked<InnerHeader> = { ok: false, code: 'FEED_INNER_SEALED' };
    // What comes is mostly sealed under the newest.
    for (const { generation } of this.ring.memberships().toReversed()) {
      const key = this.membership(generation);
      if (key === undefined) continue;
      last = openInner(key, this.space, block, this.aead);
      if (last.ok || last.code !== 'FEED_INNER_SEALED') return last;
    }
    return last;
  }

  /** Plaintext of a section; `FEED_SECTION_SEALED` also when its key is not held. */
  openSection(block: OpenedBlock, index: number): Checked<Uint8Array<ArrayBuffer>> {
    const entry = block.inner.sections[index];
    const key =
      entry === undefined
        ? undefined
        : entry.kind === 'control'
          ? this.membership(entry.keyId)?.sealing
          : this.content(entry.keyId);
    if (key === undefined) return { ok: false, code: 'FEED_SECTION_SEALED' };
    return openSection({
      space: this.space,
      block: block.parsed,
      inner: block.inner,
      index,
      key,
      aead: this.aead,
    });
  }
}
