/**
 * Identities and devices as one space knows them. Only statements present in the space count, and a device
 * acts only in blocks that have its admission in their past. Knows nothing of rights.
 */
import { equalBytes, toHex, type DeviceKey, type IdentityId } from '@atoll/kernel';
import { Presence } from './causal-presence.ts';
import {
  isHere,
  isSeen,
  type AdmissionFact,
  type AsOf,
  type DeviceBlocks,
  type DeviceFacts,
  type SaidFact,
} from './devices/device-facts.ts';
import type { Standing } from './devices/device-standings.ts';
import { DeviceView } from './devices/device-view.ts';
import type { IdentityLog } from './identity.ts';
import { isLinkGenesis } from './link-nonce.ts';
import { asEntry, identityEntryOf, identityIdOf } from './statement-ids.ts';
import type { DeviceStatement } from './statements-devices.ts';
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

interface Entry extends DeviceEntry, AdmissionFact {}

interface Known extends DeviceFacts {
  readonly admissions: Entry[];
  readonly said: SaidFact[];
  view: DeviceView | undefined;
  /** As blocks know it that have made keys. */
  readonly then: Map<number, DeviceView>;
  /** See {@link DeviceView.signature}. */
  signature: string;
}

const NOBODY: readonly IdentityId[] = [];

/** Identities of one space. */
export class IdentityBook {
  readonly #blocks: DeviceBlocks;
  readonly #known = new Map<IdentityId, Known>();
  readonly #entries = new Map<IdentityEntry, Entry>();
  readonly #said = new Map<IdentityEntry, SaidFact>();
  readonly #entriesByDevice = new Map<DeviceKey, Entry[]>();
  readonly #entriesByAgreementKey = new Map<string, Entry[]>();
  /** Entries that the block presents which is being added. */
  #presented: SaidFact[] = [];
  readonly #stirred = new Set<IdentityId>();
  readonly #changed = new Set<IdentityId>();
  /** Identities whose devices have said anything of each other: there are few. */
  readonly #troubled = new Map<IdentityId, Known>();
  #version = 0;

  constructor(blocks: DeviceBlocks) {
    this.#blocks = blocks;
  }

  /** An identity's genesis certifies itself. */
  addGenesis(statement: IdentityGenesis, block: number): Verdict {
    const identity = identityIdOf(statement);
    if (!this.#known.has(identity)) {
      this.#known.set(identity, {
        ...{ identity, genesis: statement, admissions: [], said: [] },
        ...{ view: undefined, then: new Map(), signature: '' },
      });
    }
    this.#add({ statement, identity, entry: asEntry(identity), depth: 0 }, block);
    return COUNTS;
  }

  /** An admission counts where the entry before it and the admitting key are known. */
  addAdmission(statement: DeviceAdmission, block: number): Verdict {
    const { identity, admittedBy } = statement;
    const known = this.#known.get(identity);
    if (known === undefined || !this.isPresent(identity, block)) {
      return voidFor('identity-not-in-past');
    }
    if (isLinkGenesis(known.genesis)) return voidFor('link-says-nothing');
    const depth = this.#depthAfter(statement, block);
    if (depth === undefined) return voidFor('entry-not-in-past');
    const byDevice = this.entryOf(identity, toHex(admittedBy) as DeviceKey, block) !== undefined;
    if (!byDevice && !this.#isRecoveryKey(known, admittedBy, block)) {
      return voidFor('admitting-key-wrong');
    }
    this.#add({ statement, identity, entry: identityEntryOf(statement), depth }, block);
    return COUNTS;
  }

  /** What is said about devices counts where the entry before it and those who are named are known. */
  addSaid(statement: DeviceStatement, block: number): Verdict {
    const { identity } = statement;
    const known = this.#known.get(identity);
    if (known === undefined || !this.isPresent(identity, block)) {
      return voidFor('identity-not-in-past');
    }
    if (isLinkGenesis(known.genesis)) return voidFor('link-says-nothing');
    const depth = this.#depthAfter(statement, block);
    if (depth === undefined) return voidFor('entry-not-in-past');
    if (!this.#areKnown(statement, block)) return voidFor('device-not-in-past');
    if (statement.kind === 'device-suspension' && statement.by === statement.device) {
      return voidFor('device-itself');
    }
    const key = recoveryKeyIn(statement);
    if (key !== undefined && !this.#isRecoveryKey(known, key, block)) {
      return voidFor('recovery-key-wrong');
    }
    this.#say(known, { statement, depth }, block);
    return COUNTS;
  }

  /**
   * A block is added whole: it is known who wrote it, and so who presents what. True if it presents anything that its
   * device had not presented before.
   */
  settle(block: number): boolean {
    // Mostly no device has said anything of another one.
    if (this.#presented.length === 0 && this.#troubled.size === 0) return false;
    const presented = this.#presented;
    this.#presented = [];
    const isNew = presented.map((fact) => this.#present(fact, block)).includes(true);
    this.#watch(block);
    for (const identity of this.#stirred) this.#review(identity);
    this.#stirred.clear();
    return isNew;
  }

  /** A block without statements is added. */
  follow(block: number): void {
    if (this.#troubled.size > 0) this.settle(block);
  }

  /** Identities of whose blocks others count than when this was last asked. */
  takeChanged(): readonly IdentityId[] {
    if (this.#changed.size === 0) return NOBODY;
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Grows with every change of what devices may do. */
  get version(): number {
    return this.#version;
  }

  /** How devices stand, as a block knows it; without a block, now. `undefined` for a stranger. */
  devices(identity: IdentityId, block?: number): DeviceView | undefined {
    const known = this.#known.get(identity);
    if (known === undefined) return undefined;
    return this.#viewOf(known, block === undefined ? undefined : { block });
  }

  /** How a device stands, as a block knows it; without a block, now. */
  standingOf(identity: IdentityId, device: DeviceKey, block?: number): Standing {
    if (!this.#troubled.has(identity)) {
      return this.entryOf(identity, device, block) === undefined ? 'out' : 'active';
    }
    return this.devices(identity, block)?.standingOf(device) ?? 'out';
  }

  /** True if a block counts for nothing: its device was stopped before it. As `at` knows; without, now. */
  isMute(block: number, at?: number): boolean {
    if (this.#troubled.size === 0) return false;
    const author = this.#blocks.authorOf(block);
    if (author === undefined || !this.#troubled.has(author.identity)) return false;
    // What an epoch has settled is as whoever knows just that would have it: its snapshot says so for good.
    const anchor = this.#blocks.settledBy?.(block, at);
    return this.devices(author.identity, anchor ?? at)?.isMute(author.device, block) ?? false;
  }

  /** Identities whose devices have said anything of each other. */
  get troubled(): Iterable<IdentityId> {
    return this.#troubled.keys();
  }

  /** True for an identity whose devices have said anything of each other. */
  isTroubled(identity: IdentityId): boolean {
    return this.#troubled.has(identity);
  }

  /** True if a block knows all that was said about devices. */
  isAllKnown(block: number): boolean {
    return [...this.#troubled.values()].every((known) => this.#isAllKnown(known, { block }));
  }

  /** Of these, those of whose devices some were stopped, or whose words were changed, before a block; without, by now. */
  stoppedAmong(identities: readonly IdentityId[], before?: number): readonly IdentityId[] {
    if (this.#troubled.size === 0) return [];
    return identities.filter((identity) => {
      const known = this.#troubled.get(identity);
      return known !== undefined && this.#viewBefore(known, before).stops.length > 0;
    });
  }

  /**
   * True if a block knows all that is said of somebody's devices and counts, and to be
   * stopped whoever is: what is shown later may stop a device that an accused one has let in. As far as was known before
   * `at`, for which this never changes; without, now.
   */
  coversStops(identity: IdentityId, block: number, at?: number): boolean {
    const known = this.#troubled.get(identity);
    if (known === undefined) return true;
    const view = this.#viewBefore(known, at);
    if (!view.areKnownTo({ block })) return false;
    const then = known.then.get(block) ?? this.#viewOf(known, { block });
    // What a block knows never changes. The view of now is not kept: it becomes another one.
    if (then !== known.view) known.then.set(block, then);
    return view.isStoppedTo(then);
  }

  /** True for a device that does not act, as a block knows it; without, now. */
  isStopped(identity: IdentityId, device: DeviceKey, at?: number): boolean {
    if (!this.#troubled.has(identity)) return false;
    return this.devices(identity, at)?.standingOf(device) !== 'active';
  }

  /**
   * True for a device that does not act, as a block and nothing besides knows it: so it stays. Of what is said in that
   * block itself, only what was added before.
   */
  isStoppedIn(identity: IdentityId, device: DeviceKey, block: number): boolean {
    const known = this.#troubled.get(identity);
    if (known === undefined) return false;
    return new DeviceView(known, this.#blocks, { block }).standingOf(device) !== 'active';
  }

  /** True for a device that does not act now, and false for one of which nothing has come yet: its first block shows who has let it in. */
  isKnownAsStopped(identity: IdentityId, device: DeviceKey): boolean {
    return this.entryOf(identity, device) !== undefined && this.isStopped(identity, device);
  }

  /** True if a block knows of every device of somebody that was stopped, as far as `at` knows of it. */
  knowsStops(identity: IdentityId, block: number, at?: number): boolean {
    const known = this.#troubled.get(identity);
    if (known === undefined) return true;
    const view = this.#viewOf(known, at === undefined ? undefined : { block: at });
    return view.knowsStops({ block }) && view.isStoppedTo(this.#viewOf(known, { block }));
  }

  /** True when the identity's genesis is known to `block`; without a block, to anyone. */
  isPresent(identity: IdentityId, block?: number): boolean {
    return this.#entries.get(asEntry(identity))?.presence.at(block) ?? false;
  }

  /** The most senior entry that lets a device act for an identity, as `block` knows it. */
  entryOf(identity: IdentityId, device: DeviceKey, block?: number): DeviceEntry | undefined {
    let best: Entry | undefined;
    for (const entry of this.#entriesByDevice.get(device) ?? []) {
      if (entry.identity !== identity || (best !== undefined && !isSenior(entry, best))) continue;
      if (entry.presence.at(block)) best = entry;
    }
    return best;
  }

  /** True for the reader of a public link, in whose name nothing counts. */
  isLink(identity: IdentityId): boolean {
    const known = this.#known.get(identity);
    return known !== undefined && isLinkGenesis(known.genesis);
  }

  /** Whether a reading key is the one that a public link's reader has for good; others choose theirs. */
  linkKey(identity: IdentityId, key: Uint8Array): 'own' | 'other' | undefined {
    const genesis = this.isLink(identity) ? this.#known.get(identity)?.genesis : undefined;
    if (genesis === undefined) return undefined;
    return equalBytes(genesis.recoveryAgreementKey, key) ? 'own' : 'other';
  }

  /** Devices of an identity, oldest admission first. */
  devicesOf(identity: IdentityId): readonly DeviceEntry[] {
    return this.#sorted(identity);
  }

  /** Devices that name this X25519 key as theirs. Names are claims: more than one may make the same. */
  byAgreementKey(key: Uint8Array): readonly SessionDevice[] {
    const found = this.#entriesByAgreementKey.get(toHex(key)) ?? [];
    return found.map(({ identity, device }) => ({ identity, device }));
  }

  /** Last blocks of a device, of each of its chains. */
  headsOf(of: SessionDevice): Iterable<number> {
    return this.#blocks.headsOf(of);
  }

  /** The log of an identity as this space knows it, to be presented in another space. */
  logOf(identity: IdentityId): IdentityLog | undefined {
    const known = this.#known.get(identity);
    if (known === undefined) return undefined;
    const admissions: DeviceAdmission[] = [];
    for (const { statement } of this.#sorted(identity)) {
      if (statement.kind === 'device-admission') admissions.push(statement);
    }
    const { genesis } = known;
    if (known.said.length === 0) return { genesis, admissions };
    const said = [...known.said].sort((a, b) => (isSenior(a, b) ? -1 : 1));
    return { genesis, admissions, said: said.map(({ statement }) => statement) };
  }

  /** Every identity present. */
  identities(): readonly IdentityId[] {
    return [...this.#known.keys()].sort();
  }

  /** True if the devices that are named, and the admission, are known. */
  #areKnown(statement: DeviceStatement, block: number): boolean {
    const { identity } = statement;
    if (statement.kind === 'device-countersignature') {
      const about = this.#entries.get(statement.entry);
      if (about?.identity !== identity || !about.presence.at(block)) return false;
    }
    return devicesIn(statement).every(
      (device) => this.entryOf(identity, device, block) !== undefined,
    );
  }

  #viewBefore(known: Known, block: number | undefined): DeviceView {
    return this.#viewOf(known, block === undefined ? undefined : { block, isBefore: true });
  }

  /** Mostly a block knows all that is known now. */
  #viewOf(known: Known, asOf: AsOf | undefined): DeviceView {
    const now = (known.view ??= new DeviceView(known, this.#blocks));
    if (asOf === undefined) return now;
    const isAll =
      this.#isAllKnown(known, asOf) &&
      now.leansOn.every((block) => isSeen(this.#blocks, block, asOf));
    return isAll ? now : new DeviceView(known, this.#blocks, asOf);
  }

  #sorted(identity: IdentityId): readonly Entry[] {
    const all = [...(this.#known.get(identity)?.admissions ?? [])];
    return all.sort((a, b) => (isSenior(a, b) ? -1 : 1));
  }

  #isRecoveryKey({ genesis, said }: Known, key: Uint8Array, block: number): boolean {
    if (equalBytes(key, genesis.recoverySigningKey)) return true;
    return said.some(
      ({ presence, statement }) =>
        statement.kind === 'recovery-change' &&
        equalBytes(key, statement.signingKey) &&
        presence.at(block),
    );
  }

  #depthAfter(
    { identity, previous }: { readonly identity: IdentityId; readonly previous: IdentityEntry },
    block: number,
  ): number | undefined {
    const said = this.#said.get(previous);
    if (said?.statement.identity === identity && said.presence.at(block)) return said.depth + 1;
    const entry = this.#entries.get(previous);
    if (entry?.identity !== identity || !entry.presence.at(block)) return undefined;
    return entry.depth + 1;
  }

  #add(about: Pick<Entry, 'statement' | 'identity' | 'entry' | 'depth'>, block: number): void {
    const existing = this.#entries.get(about.entry);
    if (existing !== undefined) {
      existing.presence.add(block);
      return;
    }
    const { device, deviceAgreementKey: agreementKey } = about.statement;
    const presence = new Presence(this.#blocks);
    presence.add(block);
    const entry: Entry = { ...about, device, agreementKey, presence };
    this.#entries.set(entry.entry, entry);
    this.#known.get(entry.identity)?.admissions.push(entry);
    append(this.#entriesByDevice, device, entry);
    append(this.#entriesByAgreementKey, toHex(agreementKey), entry);
    this.#stir(entry.identity);
  }

  #say(
    known: Known,
    { depth, statement }: Pick<SaidFact, 'statement' | 'depth'>,
    block: number,
  ): void {
    const entry = identityEntryOf(statement);
    let fact = this.#said.get(entry);
    if (fact === undefined) {
      const presence = new Presence(this.#blocks);
      fact = { entry, statement, depth, presence, presentations: [] };
      this.#said.set(entry, fact);
      known.said.push(fact);
      this.#troubled.set(known.identity, known);
      this.#stir(known.identity);
    }
    fact.presence.add(block);
    this.#presented.push(fact);
  }

  /** Of what one device presents again and again, the earliest counts. */
  #present({ presentations, statement }: SaidFact, block: number): boolean {
    const by = this.#blocks.authorOf(block);
    const isKnown = presentations.some(
      (one) =>
        one.by?.device === by?.device &&
        one.by?.identity === by?.identity &&
        (one.block === block || this.#blocks.isInPast(one.block, block)),
    );
    if (isKnown) return false;
    presentations.push({ block, by });
    this.#stir(statement.identity);
    return true;
  }

  /** What a device acknowledges without knowing of a cut belongs to what the cut keeps. */
  #watch(block: number): void {
    const author = this.#blocks.authorOf(block);
    const known = author === undefined ? undefined : this.#troubled.get(author.identity);
    if (author === undefined || known === undefined || this.#isAllKnown(known, { block })) return;
    if (this.devices(author.identity)?.watches(author.device) !== true) return;
    known.view = undefined;
    this.#version++;
    this.#changed.add(author.identity);
  }

  #stir(identity: IdentityId): void {
    const known = this.#known.get(identity);
    if (known === undefined) return;
    known.view = undefined;
    if (this.#troubled.has(identity)) this.#stirred.add(identity);
  }

  #review(identity: IdentityId): void {
    const known = this.#known.get(identity);
    const signature = this.devices(identity)?.signature ?? '';
    if (known === undefined || known.signature === signature) return;
    known.signature = signature;
    this.#version++;
    this.#changed.add(identity);
  }

  #isAllKnown({ admissions, said }: Known, asOf: AsOf): boolean {
    if (!admissions.every(({ presence }) => isHere(this.#blocks, presence, asOf))) return false;
    return said.every(({ presentations }) =>
      presentations.every(({ block }) => isSeen(this.#blocks, block, asOf)),
    );
  }
}

function devicesIn(statement: DeviceStatement): readonly DeviceKey[] {
  switch (statement.kind) {
    case 'device-suspension':
      return [statement.device, statement.by];
    case 'device-revocation':
    case 'recovery-change':
      return [statement.device];
    case 'device-countersignature':
      return [statement.by];
  }
}

function recoveryKeyIn(statement: DeviceStatement): Uint8Array | undefined {
  if (statement.kind === 'device-revocation') return statement.recoveryKey;
  return statement.kind === 'recovery-change' ? statement.oldKey : undefined;
}

/** Earlier in the log, then by name: equal for all replicas. */
function isSenior(
  a: Pick<DeviceEntry, 'depth' | 'entry'>,
  b: Pick<DeviceEntry, 'depth' | 'entry'>,
): boolean {
  return a.depth === b.depth ? a.entry < b.entry : a.depth < b.depth;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
