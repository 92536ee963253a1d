/** {@link Devices} over an engine: the list as the private space knows it, and what is said about devices. */
import type { Database, Space } from '@atoll/echo';
import {
  type KeyRing,
  agreeWithDevice,
  decideDevice,
  identityEntryOf,
  lastFate,
  loadRecovering,
  logStatements,
  suspendDevice,
  withEntries,
  wordsOf,
  type DeviceEntry,
  type DeviceFate,
  type DeviceView,
  type LogStatement,
} from '@atoll/halo';
import {
  equalBytes,
  errorCode,
  idFromBytes,
  parseId,
  toHex,
  type DeviceKey,
  type SpaceId,
} from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Device, DeviceLock, DeviceNote, Devices } from '../devices-api.ts';
import type { Engine } from '../engine.ts';
import { DeviceRecord, SpaceRecord } from '../halo-records.ts';
import { listedRing } from '../listed-keys.ts';
import { isIdOf, listedSpaces } from '../listed-spaces.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import { anyLeft } from '../left-mailboxes.ts';
import { idOf, type OwnIdentity } from '../own-identity.ts';
import { DeviceJob } from './device-job.ts';
import { allFolded, heardLog } from './heard-log.ts';
import { newsOfRefusal } from './refused-log.ts';
import type { FormerMailboxes } from './former-mailboxes.ts';
import { DeviceLocking, type DeviceNetwork } from './device-locking.ts';
import { shownName } from '../shown-name.ts';

const STANDINGS = { active: 'active', suspended: 'suspended', out: 'removed' } as const;

/** See above. */
export class EngineDevices implements Devices {
  readonly #engine: Engine;
  readonly #list = new LiveCell<readonly Device[]>([], sameData);
  readonly #locking: DeviceLocking;
  readonly #job: DeviceJob;
  readonly #kubes: () => readonly string[];
  #former: Promise<FormerMailboxes> | undefined;
  #database: Database | undefined;
  #secrets = 0;

  constructor(
    engine: Engine,
    parts: {
      readonly network: DeviceNetwork;
      /** Opens the private space again. */
      readonly reopen: (identity: OwnIdentity) => Promise<void>;
    },
  ) {
    this.#engine = engine;
    this.#job = new DeviceJob(engine, () => this.#database);
    engine.secretsOf = (first) => this.#job.secretsOf(first);
    const devices = (): readonly Device[] => this.#list.get();
    const listed = (): ReadonlyMap<SpaceId, KeyRing> => this.#listedKeys();
    this.#locking = new DeviceLocking(engine, { devices, network: parts.network, listed });
    this.#locking.reopen = async (identity) => {
      await parts.reopen(identity);
      await this.#job.begin();
    };
    engine.mesh.onStatus(() => this.#show());
    engine.onSpaceChange(() => this.#lookAgain());
    engine.onMailboxLeft = (unseen) => this.#lookAtFormer(unseen);
    engine.onRefused = (why) => this.#refused(why);
    this.#kubes = parts.network.kubes;
    engine.identity.subscribe(() => {
      this.#job.look();
      void this.#lookAtFormer();
    });
  }

  get(): readonly Device[] {
    return this.#list.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#list.subscribe(listener);
  }

  get lock(): Live<DeviceLock | undefined> {
    return this.#locking.lock;
  }

  /** True if this device was stopped before this process began. */
  async isLocked(): Promise<boolean> {
    const isLocked = await this.#locking.load();
    if (isLocked) this.#list.set(this.#locking.known);
    return isLocked;
  }

  /** The private space is open. */
  follow(space: Space): void {
    this.#database = space.database;
    space.database.query(DeviceRecord).subscribe(() => this.#show());
    this.#lookAgain();
    void this.#lookAtFormer();
  }

  #listedKeys(): ReadonlyMap<SpaceId, KeyRing> {
    const database = this.#database;
    if (database === undefined) return new Map();
    const records = listedSpaces(database.query(SpaceRecord).run(), database.space);
    return new Map(
      records
        .filter(({ left }) => left === undefined)
        .map((record) => [record.space, listedRing(database, record)]),
    );
  }

  /** What a device that is wiped hands over, and who was removed has written, is looked for; there mostly is none. */
  async #lookAtFormer(unseen?: SpaceId): Promise<void> {
    try {
      const former = await this.#loadFormer();
      former?.look();
      if (unseen !== undefined) await former?.lookNow(unseen);
    } catch {
      this.#former = undefined; // The next change tries again to load it.
    }
  }

  async #loadFormer(): Promise<FormerMailboxes | undefined> {
    const { said = [] } = this.#engine.identity.get()?.log ?? {};
    const isOrdered = said.some(
      (one) => one.kind === 'device-revocation' && one.fate === 'goes-and-wipes',
    );
    if (!isOrdered && !(await anyLeft(this.#engine.platform.store))) return undefined;
    this.#former ??= import('./former-mailboxes.ts').then(
      (parts) => new parts.FormerMailboxes(this.#engine, this.#kubes),
    );
    return this.#former;
  }

  /** Notes a device under its name. */
  note(database: Database, device: string, name: string): void {
    const admittedAtMs = Math.floor(this.#engine.platform.clock.nowMs());
    database.add(DeviceRecord, { device, name, admittedAtMs });
  }

  /** Takes in what any space says of the own devices. */
  async look(): Promise<void> {
    const before = this.#engine.identity.get()?.log;
    if (before === undefined || this.#engine.signal.aborted) return;
    const log = heardLog(this.#engine);
    this.#show();
    if (countOf(log) > countOf(before)) await this.#addToLog(logStatements(log));
    await this.#gain();
    if (await this.#locking.look()) return;
    this.#job.look();
  }

  /** Somebody says nothing of a space to this device any more, and why: what is true of it is news. */
  #refused(why: Uint8Array): void {
    const { identity, isLocked, platform, signal } = this.#engine;
    const own = identity.get();
    if (own === undefined || isLocked || signal.aborted) return;
    newsOfRefusal(platform.ed25519, own.log, why)
      .then((news) => {
        if (news.length > 0) return this.#addToLog(news);
        platform.log.event('info', 'client.refusal-without-reason');
        return undefined;
      })
      .catch((failure: unknown) => this.#notLooked(failure));
  }

  #lookAgain(): void {
    this.look().catch((failure: unknown) => this.#notLooked(failure));
  }

  /** The next change looks again. */
  #notLooked(failure: unknown): void {
    if (this.#engine.signal.aborted) return;
    const code = errorCode(failure);
    this.#engine.platform.log.event('warn', 'client.devices-not-looked-at', { code });
  }

  async rename(key: string, name: string): Promise<void> {
    const database = this.#require(key);
    const all = database.query(DeviceRecord).run();
    const own = all.filter(({ device }) => device === key);
    for (const record of own) record.name = name;
    if (own.length === 0) this.note(database, key, name);
    await this.#engine.opened(this.#engine.requireIdentity().haloSpace)?.flush();
    if (key === this.#own) {
      await this.#engine.changeIdentity((now) => ({ ...now, deviceName: name }));
    }
    this.#show();
  }

  async suspend(key: string): Promise<void> {
    this.#refuseThis(key);
    const device = parseId('device', key);
    const isLocked = this.#locking.lock.get() !== undefined;
    if (!isLocked) this.#require(key);
    else if (!this.#list.get().some((one) => one.key === key)) throw unknownDevice();
    const { deviceSigner } = this.#engine;
    const said = { ...this.#said(), device, deviceSigner };
    if (lastFate(said.log, said.device)?.fate === 'stays') {
      throw new ClientError('CLIENT_ONLY_WORDS', 'the words have brought this device back');
    }
    if (isLocked) {
      const isSaid = said.log.said?.some(
        (one) => one.kind === 'device-suspension' && one.device === key && one.by === this.#own,
      );
      // Said once more, it only looks what has come of it.
      await this.#locking.tell(isSaid === true ? [] : [await suspendDevice(said)]);
      return;
    }
    await this.say(await suspendDevice(said));
  }

  async agree(key: string): Promise<void> {
    this.#require(key);
    this.#refuseStopped();
    const device = this.#list.get().find((one) => one.key === key);
    const entry = this.#entries().find((one) => one.device === key)?.entry;
    const isOver = device?.votes === true || device?.isPasskey === true;
    if (entry === undefined || isOver || key === this.#own) {
      throw new ClientError('CLIENT_AGREED_ALREADY', 'nobody has to agree with this device');
    }
    if (device?.mayAgree !== true) {
      throw new ClientError('CLIENT_AGREE_ELSEWHERE', 'agree on another device that has a vote');
    }
    const { deviceSigner } = this.#engine;
    await this.say(await agreeWithDevice({ ...this.#said(), entry, deviceSigner }));
  }

  async remove(
    key: string,
    words: string,
    options: { readonly wipe?: boolean } = {},
  ): Promise<void> {
    this.#require(key);
    this.#refuseThis(key);
    await this.#decide(key, words, options.wipe === true ? 'goes-and-wipes' : 'goes');
  }

  async restore(words: string, key: string = this.#own): Promise<void> {
    if (key !== this.#own) {
      this.#require(key);
      await this.#decide(key, words, 'stays');
      return;
    }
    const lock = this.#locking.lock.get();
    if (lock === undefined)
      throw new ClientError('CLIENT_THIS_DEVICE', 'this device is not locked');
    await this.#locking.unlock(words);
  }

  async heed(): Promise<void> {
    // What has come says nothing yet before it is folded.
    await allFolded(this.#engine);
    // While everything is deleted nothing is noted any more, and that is to be waited for as well.
    await this.look().catch((failure: unknown) => this.#notLooked(failure));
    await this.#locking.heed();
  }

  async #decide(key: string, words: string, fate: DeviceFate): Promise<void> {
    const { recoveryKeys } = await loadRecovering();
    using keys = await recoveryKeys(words);
    const said = this.#said();
    if (!equalBytes(keys.signer.publicKey, wordsOf(said.log).signingKey)) {
      throw new ClientError('CLIENT_WRONG_WORDS', 'these are the words of somebody else');
    }
    const device = parseId('device', key);
    const statement = await decideDevice({ ...said, device, fate, recoverySigner: keys.signer });
    await this.say(statement);
  }

  /**
   * Adds to the log, with what else is to change at once. Durable first: from then on every device that hears of it
   * carries it out.
   */
  async say(statement: LogStatement, and: Partial<OwnIdentity> = {}): Promise<void> {
    await this.#addToLog([...logStatements(heardLog(this.#engine)), statement], and);
    await this.#job.begin();
    this.#show();
  }

  async #addToLog(more: readonly LogStatement[], and: Partial<OwnIdentity> = {}): Promise<void> {
    await this.#engine.changeIdentity((now) => ({
      ...now,
      ...and,
      log: withEntries(now.log, more),
    }));
  }

  #said(): { readonly log: ReturnType<typeof withEntries>; readonly atMs: number } {
    const atMs = Math.floor(this.#engine.platform.clock.nowMs());
    return { log: heardLog(this.#engine), atMs };
  }

  /** Opens keys with secrets that have just come. */
  async #gain(): Promise<void> {
    const { length } = this.#job.secrets();
    if (length === this.#secrets) return;
    this.#secrets = length;
    for (const place of this.#engine.places) {
      await place.opened?.space.devices.gainKeys();
      // No block has come: nobody else would notice, and what was passed over stays so.
      place.onKeysGained?.();
    }
  }

  #show(): void {
    const database = this.#database;
    const identity = this.#engine.identity.get();
    if (database === undefined || identity === undefined) return;
    const listed = database.query(DeviceRecord).run();
    const records = oneOfEach(listed.filter(({ device }) => isIdOf('device', device)));
    const names = new Map(records.map(({ device, name }) => [device, shownName(name)]));
    const entries = this.#entries();
    const { remotes } = this.#engine.mesh;
    const nameOf = ({ device }: DeviceEntry): string => names.get(device) ?? '';
    const named = entries.map((one) => [toHex(one.agreementKey), nameOf(one)] as const);
    this.#engine.deviceNames.set(new Map(named));
    const view = this.#view();
    // Who lets a device in need not write it down, and any device deletes what is written: it is listed all the same.
    const unlisted = entries.flatMap(({ device }) => (names.has(device) ? [] : [{ device }]));
    this.#list.set(
      [...records, ...unlisted].map((record): Device => {
        const key = record.device;
        const name = names.get(key) ?? '';
        const entry = entries.find(({ device }) => device === key);
        const thisDevice = key === this.#own;
        const isHere = entry !== undefined && remotes.has(toHex(entry.agreementKey));
        const by = entry === undefined ? undefined : this.#admitter(entry, entries);
        const wrote = this.#lastWroteMs(key);
        return {
          key,
          name,
          thisDevice,
          state: thisDevice || isHere ? 'here' : 'away',
          ...('admittedAtMs' in record ? { admittedAtMs: record.admittedAtMs } : {}),
          ...standingIn(view, key as DeviceKey),
          ...this.#agreeing(view, key as DeviceKey),
          onlyByWords: view?.fates.get(key as DeviceKey) === 'stays',
          ...(by === undefined ? {} : { admittedBy: names.get(by) ?? '' }),
          ...(wrote === undefined ? {} : { lastWroteMs: wrote }),
          notes: notesIn(view, key as DeviceKey, names),
        };
      }),
    );
  }

  #admitter(entry: DeviceEntry, entries: readonly DeviceEntry[]): string | undefined {
    const { log } = this.#engine.requireIdentity();
    const admission = log.admissions.find((one) => identityEntryOf(one) === entry.entry);
    if (admission === undefined) return undefined;
    const by = toHex(admission.admittedBy);
    return entries.find(({ device }) => device === by)?.device;
  }

  #agreeing(
    view: DeviceView | undefined,
    device: DeviceKey,
  ): Pick<Device, 'isPasskey' | 'mayAgree'> {
    const isPasskey = this.#isPasskey(device);
    if (view === undefined || isPasskey || view.votes(device))
      return { isPasskey, mayAgree: false };
    return { isPasskey, mayAgree: view.mayAgree(this.#own as DeviceKey, device) };
  }

  #isPasskey(key: string): boolean {
    const { admissions } = this.#engine.requireIdentity().log;
    return admissions.some(({ device, isPasskey }) => device === key && isPasskey === true);
  }

  #lastWroteMs(key: string): number | undefined {
    const identity = idOf(this.#engine.requireIdentity());
    const times = this.#engine.places.flatMap(({ opened }) => {
      if (opened === undefined) return [];
      const { authority, index } = opened.space;
      const heads = [...authority.identities.headsOf({ identity, device: key as DeviceKey })];
      return heads.map((block) => index.timeMsOf(block));
    });
    return times.length === 0 ? undefined : Math.max(...times);
  }

  #view(): DeviceView | undefined {
    const identity = this.#engine.identity.get();
    if (identity === undefined) return undefined;
    const space = this.#engine.opened(identity.haloSpace);
    return space?.authority.identities.devices(idOf(identity));
  }

  #entries(): readonly DeviceEntry[] {
    const identity = this.#engine.identity.get();
    const space = identity === undefined ? undefined : this.#engine.opened(identity.haloSpace);
    if (identity === undefined || space === undefined) return [];
    return space.authority.identities.devicesOf(idOf(identity));
  }

  get #own(): string {
    return idFromBytes('device', this.#engine.deviceSigner.publicKey);
  }

  #require(key: string): Database {
    const database = this.#database;
    if (database === undefined) {
      throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
    }
    if (this.#entries().some(({ device }) => device === key)) return database;
    throw unknownDevice();
  }

  #refuseThis(key: string): void {
    if (key !== this.#own) return;
    throw new ClientError('CLIENT_THIS_DEVICE', 'a device does not stop itself');
  }

  #refuseStopped(): void {
    if (this.#locking.lock.get() === undefined) return;
    throw new ClientError('CLIENT_DEVICE_STOPPED', 'this device was stopped');
  }
}

function unknownDevice(): ClientError {
  return new ClientError('CLIENT_UNKNOWN_DEVICE', 'none of your devices has this key');
}

function standingIn(
  view: DeviceView | undefined,
  device: DeviceKey,
): Pick<Device, 'standing' | 'votes'> {
  if (view === undefined) return { standing: 'active', votes: true };
  return { standing: STANDINGS[view.standingOf(device)], votes: view.votes(device) };
}

function notesIn(
  view: DeviceView | undefined,
  device: DeviceKey,
  names: ReadonlyMap<string, string>,
): readonly DeviceNote[] {
  return (view?.chargesOf(device) ?? []).map((charge): DeviceNote => {
    const { atMs } = charge;
    if (charge.kind === 'device-revocation') return { says: charge.fate, atMs };
    return { says: 'suspended', by: charge.by, byName: names.get(charge.by) ?? '', atMs };
  });
}

/** Who was stopped before his record counted has written another one since. */
function oneOfEach<T extends { readonly device: string }>(records: readonly T[]): readonly T[] {
  return records.filter(
    ({ device }, at) => records.findIndex((one) => one.device === device) === at,
  );
}

function countOf(log: Parameters<typeof logStatements>[0]): number {
  return log.admissions.length + (log.said?.length ?? 0);
}
