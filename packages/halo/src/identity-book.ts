/**
 * Identities and devices as one space knows them. Only statements present in the space count, and a device
 * acts only in blocks that have its admission in their past. Knows nothing of rights.
 */
import { equalBytes, toHex, type DeviceKey, type IdentityId } from '@atoll/kernel';
import { Presence, type CausalOrder } from './causal-presence.ts';
import type { IdentityLog } from './identity.ts';
import { asEntry, identityEntryOf, identityIdOf } from './statement-ids.ts';
import type { DeviceAdmission, IdentityEntry, IdentityGenesis } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** One entry of an identity's log: the device that it lets act. */
export interface DeviceEntry {
  readonly identity: IdentityId;
  readonly entry: IdentityEntry;
  /** Entries between the genesis and this one; 0 for the first device. */
  readonly depth: number;
  readonly device: DeviceKey;
  readonly agreementKey: Uint8Array<ArrayBuffer>;
}

/** A device of an identity, by the X25519 key of its sessions. */
export interface SessionDevice {
  readonly identity: IdentityId;
  readonly device: DeviceKey;
}

interface Entry extends DeviceEntry {
  readonly statement: IdentityGenesis | DeviceAdmission;
  readonly presence: Presence;
}

/** Identities of one space. */
export class IdentityBook {
  readonly #order: CausalOrder;
  readonly #genesisByIdentity = new Map<IdentityId, IdentityGenesis>();
  readonly #entries = new Map<IdentityEntry, Entry>();
  readonly #entriesByIdentity = new Map<IdentityId, Entry[]>();
  readonly #entriesByDevice = new Map<string, Entry[]>();
  readonly #entriesByAgreementKey = new Map<string, Entry[]>();

  constructor(order: CausalOrder) {
    this.#order = order;
  }

  /** An identity's genesis certifies itself. */
  addGenesis(statement: IdentityGenesis, block: number): Verdict {
    const identity = identityIdOf(statement);
    this.#genesisByIdentity.set(identity, this.#genesisByIdentity.get(identity) ?? statement);
    this.#add({ statement, identity, entry: asEntry(identity), depth: 0 }, block);
    return COUNTS;
  }

  /** An admission counts where the entry before it and the admitting key are known. */
  addAdmission(statement: DeviceAdmission, block: number): Verdict {
    const { identity, admittedBy } = statement;
    const genesis = this.#genesisByIdentity.get(identity);
    if (genesis === undefined || !this.isPresent(identity, block)) {
      return voidFor('identity-not-in-past');
    }
    const previous = this.#entries.get(statement.previous);
    if (previous === undefined || previous.identity !== identity || !previous.presence.at(block)) {
      return voidFor('entry-not-in-past');
    }
    const byRecovery = equalBytes(admittedBy, genesis.recoverySigningKey);
    const byDevice = this.entryOf(identity, toHex(admittedBy) as DeviceKey, block) !== undefined;
    if (!byRecovery && !byDevice) return voidFor('admitting-key-wrong');
    const entry = identityEntryOf(statement);
    this.#add({ statement, identity, entry, depth: previous.depth + 1 }, block);
    return COUNTS;
  }

  /** True when the identity's genesis is known to `block`; without a block, to anyone. */
  isPresent(identity: IdentityId, block?: number): boolean {
    return this.#entries.get(asEntry(identity))?.presence.at(block) ?? false;
  }

  /** The most senior entry that lets a device act for an identity, as `block` knows it. */
  entryOf(identity: IdentityId, device: DeviceKey, block?: number): DeviceEntry | undefined {
    let best: Entry | undefined;
    for (const entry of this.#entriesByDevice.get(`${identity}/${device}`) ?? []) {
      if (best !== undefined && !isSenior(entry, best)) continue;
      if (entry.presence.at(block)) best = entry;
    }
    return best;
  }

  /** Devices of an identity, oldest admission first. */
  devicesOf(identity: IdentityId): readonly DeviceEntry[] {
    const all = [...(this.#entriesByIdentity.get(identity) ?? [])];
    return all.sort((a, b) => (isSenior(a, b) ? -1 : 1));
  }

  /** Devices that name this X25519 key as theirs. Names are claims: more than one may make the same. */
  byAgreementKey(key: Uint8Array): readonly SessionDevice[] {
    const found = this.#entriesByAgreementKey.get(toHex(key)) ?? [];
    return found.map(({ identity, device }) => ({ identity, device }));
  }

  /** The log of an identity as this space knows it, to be presented in another space. */
  logOf(identity: IdentityId): IdentityLog | undefined {
    const genesis = this.#genesisByIdentity.get(identity);
    if (genesis === undefined) return undefined;
    const admissions: DeviceAdmission[] = [];
    for (const { statement } of this.devicesOf(identity) as readonly Entry[]) {
      if (statement.kind === 'device-admission') admissions.push(statement);
    }
    return { genesis, admissions };
  }

  /** Every identity present. */
  identities(): readonly IdentityId[] {
    return [...this.#genesisByIdentity.keys()].sort();
  }

  #add(known: Pick<Entry, 'statement' | 'identity' | 'entry' | 'depth'>, block: number): void {
    const existing = this.#entries.get(known.entry);
    if (existing !== undefined) {
      existing.presence.add(block);
      return;
    }
    const { device, deviceAgreementKey: agreementKey } = known.statement;
    const presence = new Presence(this.#order);
    presence.add(block);
    const entry: Entry = { ...known, device, agreementKey, presence };
    this.#entries.set(entry.entry, entry);
    append(this.#entriesByIdentity, entry.identity, entry);
    append(this.#entriesByDevice, `${entry.identity}/${device}`, entry);
    append(this.#entriesByAgreementKey, toHex(agreementKey), entry);
  }
}

/** Earlier in the log, then by name: equal for all replicas. */
function isSenior(a: DeviceEntry, b: DeviceEntry): boolean {
  return a.depth === b.depth ? a.entry < b.entry : a.depth < b.depth;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
