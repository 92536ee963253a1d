/**
 * How the devices of an identity stand in one space, and which of their blocks count: a pure function of the
 * entries of its log that the space has, or that one of its blocks knows. See docs/decisions/0154.
 */
import { equalBytes, idBytes, type DeviceKey } from '@atoll/kernel';
import type { Presence } from '../causal-presence.ts';
import type {
  DeviceCountersignature,
  DeviceFate,
  DeviceRevocation,
  DeviceSuspension,
} from '../statements-devices.ts';
import type { IdentityEntry } from '../statements.ts';
import { alikeOf, fatesOf, isGoing, type Charge } from './charges.ts';
import {
  isHere,
  isSeen,
  type AdmissionFact,
  type AsOf,
  type DeviceBlocks,
  type DeviceFacts,
  type Presentation,
  type SaidFact,
} from './device-facts.ts';
import { decideStandings, type DeviceVoice, type Standing } from './device-standings.ts';
import { Floors } from './floors.ts';
import {
  mayChangeWords,
  recoveryKeys,
  type KnownChange,
  type RecoveryKeys,
} from './recovery-keys.ts';

/** A charge where it was presented. */
interface Cut {
  readonly charge: Charge;
  readonly at: Presentation;
}

/** See above. */
export class DeviceView {
  readonly #facts: DeviceFacts;
  readonly #blocks: DeviceBlocks;
  readonly #asOf: AsOf | undefined;
  readonly #floors: Floors;
  readonly #admissions: readonly AdmissionFact[];
  readonly #charges: readonly Charge[];
  readonly #voting: ReadonlySet<DeviceKey>;
  readonly #late: ReadonlySet<DeviceKey>;
  readonly #standings: ReadonlyMap<DeviceKey, Standing>;
  readonly #cuts = new Map<DeviceKey, readonly Cut[]>();
  #stops: readonly (readonly Presence[])[] | undefined;
  /** What the words have said last of each device. */
  readonly fates: ReadonlyMap<DeviceKey, DeviceFate>;
  readonly keys: RecoveryKeys;
  /** Blocks on which it turns who was let in too late: whoever knows all else and these sees the same. */
  readonly leansOn: readonly number[];

  /** As a block knows it, or all that was there before it; without, as everything says that is here. */
  constructor(facts: DeviceFacts, blocks: DeviceBlocks, asOf?: AsOf) {
    this.#facts = facts;
    this.#blocks = blocks;
    this.#asOf = asOf;
    this.#floors = new Floors(blocks, asOf?.block);
    const said = facts.said.filter(({ presence }) => this.#isHere(presence));
    this.keys = this.#keysOf(said);
    this.#admissions = facts.admissions
      .filter(({ presence }) => this.#isHere(presence))
      .sort((a, b) => a.depth - b.depth || (a.entry < b.entry ? -1 : 1));
    const charges = said.filter(
      (one): one is Charge =>
        one.statement.kind === 'device-suspension' ||
        (one.statement.kind === 'device-revocation' &&
          this.keys.counts(one.statement.recoveryKey, one.entry)),
    );
    this.fates = fatesOf(charges);
    const isGone = (device: DeviceKey): boolean => isGoing(this.fates.get(device));
    this.#charges = charges.filter(
      ({ statement }) => statement.kind !== 'device-suspension' || !isGone(statement.by),
    );
    const early = this.#lateOnes(this.#charges);
    this.#voting = this.#votersOf(said, early);
    // Who is put out accuses nobody: whom he wanted to make late is not.
    const draft = this.#standingsOf(early);
    this.#late = this.#lateOnes(
      this.#charges.filter(
        ({ statement }) =>
          statement.kind !== 'device-suspension' ||
          (draft.get(statement.by) !== 'out' && !early.has(statement.by)),
      ),
    );
    this.#standings = this.#standingsOf(this.#late);
    this.leansOn = [...this.#floors.met];
  }

  /** How a device stands. A stranger is out. */
  standingOf(device: DeviceKey): Standing {
    return this.#standings.get(device) ?? 'out';
  }

  /** True if a device has a vote. */
  votes(device: DeviceKey): boolean {
    return this.#voting.has(device);
  }

  /** True if the word of a device would count for another one: it has a vote, and has not let that one in itself. */
  mayAgree(by: DeviceKey, device: DeviceKey): boolean {
    if (by === device || !this.#voting.has(by)) return false;
    return this.#admissions.some(
      ({ device: admitted, statement }) =>
        admitted === device &&
        statement.kind === 'device-admission' &&
        !equalBytes(idBytes(by), this.#behindPasskeys(statement.admittedBy)),
    );
  }

  /** True if a device was admitted, as far as is known. */
  isKnown(device: DeviceKey): boolean {
    return this.#standings.has(device);
  }

  /** True for a device that only words have let in that do not count any more. */
  isByOldWords(device: DeviceKey): boolean {
    const own = this.#admissions.filter((one) => one.device === device);
    return own.every(
      ({ entry, statement }) =>
        statement.kind === 'device-admission' &&
        !this.keys.counts(statement.admittedBy, entry) &&
        !this.#admissions.some((one) => equalBytes(idBytes(one.device), statement.admittedBy)),
    );
  }

  /** Devices that act. */
  get active(): readonly DeviceKey[] {
    return [...this.#standings].flatMap(([device, one]) => (one === 'active' ? [device] : []));
  }

  /** Devices that vote. */
  get voters(): ReadonlySet<DeviceKey> {
    return this.#voting;
  }

  /** What is said against a device and counts, in the order of the log. */
  chargesOf(device: DeviceKey): readonly (DeviceSuspension | DeviceRevocation)[] {
    return this.#against(device)
      .map(({ statement, depth, entry }) => ({ statement, depth, entry }))
      .sort((a, b) => a.depth - b.depth || (a.entry < b.entry ? -1 : 1))
      .map(({ statement }) => statement);
  }

  /** Everything against anybody that is heard, for comparing: two equal ones void the same blocks. */
  get signature(): string {
    const parts: string[] = [];
    for (const [device, standing] of this.#standings) {
      if (standing === 'active') continue;
      const cuts = this.#cutsOf(device).map(({ at, charge }) => `${at.block}:${charge.entry}`);
      parts.push([device, standing, this.#late.has(device), ...cuts.sort()].join(' '));
    }
    for (const { entry, presence } of this.#changes())
      parts.push(['words', entry, ...presence.blocks].join(' '));
    return parts.sort().join('\n');
  }

  /**
   * What whoever makes keys has to know of: everything that counts of what is said against devices, if any of them does
   * not act, and the changes of words. Whoever had what was before could open what a server kept for them,
   * and all keys in it. Of each the statements of which one will do: who says the same twice says nothing new.
   */
  get stops(): readonly (readonly Presence[])[] {
    const charges = this.#areAllActive
      ? []
      : [...this.#standings.keys()].flatMap((device) => this.#against(device));
    this.#stops ??= [...alikeOf(charges), ...this.#changes().map(({ presence }) => [presence])];
    return this.#stops;
  }

  /** True if a block knows of all of these. */
  areKnownTo(asOf: AsOf): boolean {
    return this.stops.every((alike) => alike.some((one) => isHere(this.#blocks, one, asOf)));
  }

  /** True if no device that is stopped acts as `other` sees it. */
  isStoppedTo(other: DeviceView): boolean {
    return [...this.#standings].every(
      ([device, standing]) => standing === 'active' || other.standingOf(device) !== 'active',
    );
  }

  /** True if a block knows of every stop and change of words: of what stops a device, one charge will do. */
  knowsStops(asOf: AsOf): boolean {
    const isKnown = ({ presence }: SaidFact): boolean => isHere(this.#blocks, presence, asOf);
    const changes = this.#changes().every(isKnown);
    return (
      changes &&
      [...this.#standings].every(([device, standing]) => {
        if (standing === 'active') return true;
        const charges = this.#chargesThatStop(device);
        return charges.length === 0 || charges.some(isKnown);
      })
    );
  }

  /** Devices on whose acknowledging it depends what another one's cut keeps, and who was let in too late. */
  watches(device: DeviceKey): boolean {
    if (this.#areAllActive) return false;
    return this.#charges.some((charge) =>
      this.#speakersOf(charge).some((one) => one === device || this.#answersFor(one) === device),
    );
  }

  /** True if a block of a device lies outside of its cut: nothing in it counts. */
  isMute(device: DeviceKey, block: number): boolean {
    if (this.standingOf(device) === 'active') return false;
    if (this.#late.has(device)) return true;
    return !this.#cutsOf(device).every((cut) => this.#keeps(cut, device, block));
  }

  get #areAllActive(): boolean {
    return this.active.length === this.#standings.size;
  }

  /** Changes of words that count. */
  #changes(): readonly SaidFact[] {
    const { said } = this.#facts;
    return this.keys.changes.flatMap((one) => said.find(({ entry }) => entry === one.entry) ?? []);
  }

  #keeps(cut: Cut, device: DeviceKey, block: number): boolean {
    const { at } = cut;
    if (this.#isUpTo(block, at.block)) return true;
    return this.#keepers(cut, device).some((keeper) =>
      this.#floors.reaches(at.block, { identity: this.#facts.identity, device: keeper }, block),
    );
  }

  /** Own devices that make a charge, or show it. */
  #speakersOf({ presentations, statement }: Charge): readonly DeviceKey[] {
    const shown = presentations.flatMap(({ by }) =>
      by?.identity === this.#facts.identity ? by.device : [],
    );
    return statement.kind === 'device-suspension' ? [statement.by, ...shown] : shown;
  }

  /** Own devices whose word a cut is: what they had acknowledged by themselves, the cut cannot take away. */
  #keepers({ at, charge }: Cut, accused: DeviceKey): readonly DeviceKey[] {
    const { statement } = charge;
    const said = statement.kind === 'device-suspension' ? [statement.by] : [];
    if (at.by?.identity === this.#facts.identity) said.push(at.by.device);
    const keepers = said.flatMap((device) => this.#answersFor(device) ?? []);
    return keepers.filter((device) => device !== accused);
  }

  /** The nearest device with a vote on the way up from one that was let in without. */
  #answersFor(device: DeviceKey): DeviceKey | undefined {
    const seen = new Set<DeviceKey>();
    let at: DeviceKey | undefined = device;
    while (at !== undefined && !this.#voting.has(at)) {
      if (seen.has(at)) return undefined;
      seen.add(at);
      at = this.#admitterOf(at);
    }
    return at;
  }

  #admitterOf(device: DeviceKey): DeviceKey | undefined {
    const found = this.#admissions.find((one) => one.device === device);
    if (found?.statement.kind !== 'device-admission') return undefined;
    const { admittedBy } = found.statement;
    return this.#admissions.find((one) => equalBytes(idBytes(one.device), admittedBy))?.device;
  }

  #chargesThatStop(device: DeviceKey): readonly Charge[] {
    return this.#against(device).filter(({ statement }) => this.#isStopping(statement));
  }

  /** Who gives the earliest counts: other devices of the identity; while none has, anybody. */
  #cutsOf(device: DeviceKey): readonly Cut[] {
    const known = this.#cuts.get(device);
    if (known !== undefined) return known;
    const all = this.#chargesThatStop(device).flatMap((charge) => this.#presented(charge));
    const own = all.filter(({ at }) => {
      const { by } = at;
      if (by?.identity !== this.#facts.identity || by.device === device) return false;
      return this.#standings.get(by.device) !== 'out' && !this.#late.has(by.device);
    });
    const others = all.filter(({ at }) => at.by?.identity !== this.#facts.identity);
    const cuts = own.length > 0 ? own : others.length > 0 ? others : all;
    this.#cuts.set(device, cuts);
    return cuts;
  }

  /** True for what stops a device that was stopped. After the words have let one stay, only theirs do. */
  #isStopping(statement: DeviceSuspension | DeviceRevocation): boolean {
    const stayed = this.#charges.some(
      (one) =>
        one.statement.kind === 'device-revocation' &&
        one.statement.device === statement.device &&
        one.statement.fate === 'stays',
    );
    if (statement.kind === 'device-suspension') return !stayed;
    if (!isGoing(statement.fate)) return false;
    return !stayed || statement.counter === this.#counterOf(statement.device);
  }

  #counterOf(device: DeviceKey): number {
    const counters = this.#charges.map(({ statement }) =>
      statement.kind === 'device-revocation' && statement.device === device ? statement.counter : 0,
    );
    return Math.max(0, ...counters);
  }

  /** A charge wherever it was presented, as far as is known here. */
  #presented(charge: Charge): readonly Cut[] {
    return charge.presentations
      .filter(({ block }) => this.#isSeen(block))
      .map((at) => ({ charge, at }));
  }

  /** Charges of those who are heard. */
  #against(device: DeviceKey): readonly Charge[] {
    return this.#charges.filter(({ statement }) => {
      if (statement.device !== device) return false;
      if (statement.kind === 'device-revocation') return true;
      return this.#standings.get(statement.by) !== 'out' && !this.#late.has(statement.by);
    });
  }

  /** Devices let in by one that was accused, by an admission of which the accusers had not heard. */
  #lateOnes(charges: readonly Charge[]): ReadonlySet<DeviceKey> {
    const onTime = new Set<DeviceKey>();
    for (let grows = true; grows;) {
      grows = false;
      for (const admission of this.#admissions) {
        if (onTime.has(admission.device) || !this.#isOnTime(admission, charges, onTime)) continue;
        onTime.add(admission.device);
        grows = true;
      }
    }
    const all = this.#admissions.map(({ device }) => device);
    return new Set(all.filter((device) => !onTime.has(device)));
  }

  #isOnTime(
    { device, entry, presence, statement }: AdmissionFact,
    charges: readonly Charge[],
    onTime: ReadonlySet<DeviceKey>,
  ): boolean {
    if (statement.kind === 'identity-genesis' || this.fates.get(device) === 'stays') return true;
    const { admittedBy } = statement;
    const by = this.#admissions.find((one) => equalBytes(idBytes(one.device), admittedBy))?.device;
    if (by === undefined) return this.keys.counts(admittedBy, entry);
    if (!onTime.has(by)) return false;
    if (this.fates.get(by) === 'stays') return true;
    const cuts = charges
      .filter((one) => one.statement.device === by)
      .filter(({ statement: one }) => one.kind === 'device-suspension' || isGoing(one.fate))
      .flatMap((one) => this.#presented(one));
    const isOwn = ({ at }: Cut): boolean =>
      at.by?.identity === this.#facts.identity && at.by.device !== by;
    const own = cuts.filter(isOwn);
    return (own.length > 0 ? own : cuts).every((cut) => this.#knewOf(cut, by, presence));
  }

  /** True if who presents a charge, or who makes it, knew of something without the other's help. */
  #knewOf({ at, charge }: Cut, accused: DeviceKey, presence: Presence): boolean {
    if (presence.at(at.block)) return true;
    const { statement } = charge;
    const { identity } = this.#facts;
    const devices = at.by?.identity === identity ? [at.by.device] : [];
    if (statement.kind === 'device-suspension') devices.push(statement.by);
    return devices.some(
      (device) =>
        device !== accused &&
        this.#floors.some(at.block, { identity, device }, (tip) => presence.at(tip)),
    );
  }

  /**
   * The genesis' device; whom the words admitted; whom a device that votes admitted and a second one agreed with. As
   * long as only one votes, the one device that it admits first does, unless it says so of two. A passkey never votes:
   * whoever has the device that made it has it, too, mostly; and whom it lets in is vouched for by that device.
   */
  #votersOf(said: readonly SaidFact[], late: ReadonlySet<DeviceKey>): ReadonlySet<DeviceKey> {
    const { genesis } = this.#facts;
    const voters = new Set<DeviceKey>([genesis.device]);
    const agreed = said
      .map(({ statement }) => statement)
      .filter((one): one is DeviceCountersignature => one.kind === 'device-countersignature');
    const admissions = this.#admissions.filter(({ device }) => !late.has(device));
    const firsts = admissions.filter(({ statement }) => this.#isFirst(statement));
    const alone = new Set(firsts.map(({ device }) => device));
    if (alone.size === 1) for (const device of alone) voters.add(device);
    for (let grows = true; grows;) {
      grows = false;
      for (const { device, entry, statement } of admissions) {
        if (voters.has(device) || statement.kind !== 'device-admission') continue;
        const { admittedBy } = statement;
        if (statement.isPasskey === true) continue;
        const vouching = this.#behindPasskeys(admittedBy);
        const by = [...voters].find((one) => equalBytes(idBytes(one), vouching));
        const isAgreed = agreed.some(
          (one) => one.entry === entry && one.by !== by && voters.has(one.by) && one.by !== device,
        );
        const isByWords = this.keys.counts(admittedBy, entry);
        if (!isByWords && (by === undefined || !isAgreed)) continue;
        voters.add(device);
        grows = true;
      }
    }
    return voters;
  }

  #isFirst(statement: AdmissionFact['statement']): boolean {
    const { genesis, identity } = this.#facts;
    if (statement.kind !== 'device-admission' || statement.isPasskey === true) return false;
    if (!equalBytes(idBytes(genesis.device), statement.admittedBy)) return false;
    // Passkeys that were added before take nobody's place.
    let previous: IdentityEntry = statement.previous;
    for (let rest = this.#admissions.length; rest >= 0; rest--) {
      if ((previous as string) === identity) return true;
      const before = this.#admissions.find(({ entry }) => entry === previous)?.statement;
      if (before?.kind !== 'device-admission' || before.isPasskey !== true) return false;
      ({ previous } = before);
    }
    return false;
  }

  /** Key of the device that stands behind one: its own, or of the device that has made a passkey. */
  #behindPasskeys(key: Uint8Array): Uint8Array {
    let at = key;
    for (let rest = this.#admissions.length; rest > 0; rest--) {
      const found = this.#admissions.find((one) => equalBytes(idBytes(one.device), at))?.statement;
      if (found?.kind !== 'device-admission' || found.isPasskey !== true) return at;
      at = found.admittedBy;
    }
    return at;
  }

  #standingsOf(late: ReadonlySet<DeviceKey>): ReadonlyMap<DeviceKey, Standing> {
    const suspends = new Map<DeviceKey, Set<DeviceKey>>();
    for (const { device } of this.#admissions) suspends.set(device, new Set());
    for (const { statement } of this.#charges) {
      if (statement.kind !== 'device-suspension' || late.has(statement.by)) continue;
      if (statement.by !== statement.device) suspends.get(statement.by)?.add(statement.device);
    }
    const voices = [...suspends].map(([device, whom]): DeviceVoice => ({
      device,
      votes: this.#voting.has(device),
      suspends: whom,
    }));
    const standings = new Map(decideStandings(voices, this.fates));
    for (const device of late)
      if (standings.get(device) === 'active') standings.set(device, 'suspended');
    return standings;
  }

  #keysOf(said: readonly SaidFact[]): RecoveryKeys {
    const { genesis } = this.#facts;
    const changes = said.flatMap(({ depth, entry, statement }): KnownChange[] =>
      statement.kind === 'recovery-change' ? [{ depth, entry, statement }] : [],
    );
    const byEntry = new Map<IdentityEntry, SaidFact | AdmissionFact>();
    for (const one of [...said, ...this.#facts.admissions]) byEntry.set(one.entry, one);
    const first = {
      signingKey: genesis.recoverySigningKey,
      agreementKey: genesis.recoveryAgreementKey,
    };
    return recoveryKeys(first, changes, (device, change) =>
      mayChangeWords(device, change, (entry) => byEntry.get(entry)?.statement),
    );
  }

  /** True for what is stated by a block that this sees. */
  #isHere(presence: Presence): boolean {
    if (this.#asOf !== undefined) return isHere(this.#blocks, presence, this.#asOf);
    return presence.first !== undefined;
  }

  #isSeen(block: number): boolean {
    return this.#asOf === undefined || isSeen(this.#blocks, block, this.#asOf);
  }

  #isUpTo(earlier: number, later: number): boolean {
    return earlier === later || this.#blocks.isInPast(earlier, later);
  }
}
