/**
 * The keys of an open space: opens those that others have sealed to this member, and sees to it that there are some
 * to write under. Cheap while nothing happens: both look only when control sections were folded.
 */
import type { KeyRing, KeysOf, Statement } from '@atoll/halo';
import type { IdentityId, KeyId } from '@atoll/kernel';
import { FreshKeys, type FreshKeysParts } from './fresh-keys.ts';
import type { BlockApplier } from './block-applier.ts';
import { KeyRepair, type KeyRepairParts } from './key-repair.ts';
import type { KeysGained } from './keys-gained.ts';
import type { Space } from './space.ts';
import { isKeeper, type SpacePorts, type SpaceWriter } from './space-ports.ts';

/** What keys take of a space. */
export interface KeyCareParts extends KeyRepairParts {
  readonly ring: KeyRing;
  readonly identity: IdentityId;
  /** Opens what is sealed to this member. */
  readonly gained: KeysGained;
  /** Generations that were missing when content was to be read. */
  readonly missingKeys: ReadonlySet<KeyId>;
}

/** Looks after the keys of one space. */
export class KeyCare {
  readonly #parts: KeyCareParts;
  readonly #gained: KeysGained;
  readonly #fresh: FreshKeys;
  /** Asks for keys that are missing, and helps others. */
  readonly repair: KeyRepair;

  constructor(parts: KeyCareParts) {
    this.#parts = parts;
    this.#gained = parts.gained;
    this.#fresh = new FreshKeys(parts);
    this.repair = new KeyRepair(parts);
  }

  /** True if keys have come for content that was passed over: folded anew from its log, the space shows it. */
  get opensMore(): boolean {
    const { missingKeys, ring } = this.#parts;
    return [...missingKeys].some((key) => ring.zone(key) !== undefined);
  }

  /** Control sections were folded: opens keys that have come, gets ready to make some where none may be used. */
  async look(): Promise<void> {
    await this.#gained.open();
    await this.#fresh.prepare();
  }

  /** The space has changed: makes keys in one's turn, where somebody was removed. */
  changed(): void {
    this.#fresh.look();
    this.repair.look();
  }

  /** These are about to be written or folded: whatever they make necessary is ready before. */
  expect(statements: readonly Statement[]): Promise<void> {
    return this.#fresh.prepare(statements.some(mayEndReading));
  }

  /** See {@link FreshKeys.renew}. @throws SpaceError `SPACE_KEY_MISSING`. */
  renew(): void {
    this.#fresh.renew();
  }

  /** Makes keys at once where none may be used. */
  make(): Promise<void> {
    return this.#fresh.make();
  }

  /** Makes new keys although those that there are may be used: for somebody who is to read from now on. */
  makeAnew(of: KeysOf): Promise<void> {
    return this.#fresh.makeAnew(of);
  }

  /** The space is closing. */
  close(): void {
    this.#fresh.close();
    this.repair.close();
  }
}

/** The care of an open space's keys. */
export function keyCareOf(
  { authority, database, devices, id: space, keys }: Space,
  around: {
    readonly ports: SpacePorts;
    readonly writer: SpaceWriter;
    readonly applier: BlockApplier;
    readonly folded: () => Promise<void>;
    readonly own: FreshKeysParts['own'];
    readonly changed: () => void;
    readonly keysCame: KeyRepairParts['keysCame'];
  },
): KeyCare {
  const { applier, changed, keysCame, own, ports, writer } = around;
  const { identity } = writer;
  const { clock, keys: platform, log, rng } = ports;
  return new KeyCare({
    ...{ space, authority, keys, ring: keys.ring, identity, devices, rng, clock, log, platform },
    gained: devices.keysGained,
    isKeeper: isKeeper(writer) && writer.isSilent !== true,
    ...{ missingKeys: applier.missingKeys, own, changed, keysCame },
    settled: async () => {
      await around.folded();
      database.commit();
    },
  });
}

/** Whether somebody may read less because of a statement. */
function mayEndReading(statement: Statement): boolean {
  return (
    statement.kind === 'revocation' || (statement.kind === 'reading-key' && statement.counter > 0)
  );
}
