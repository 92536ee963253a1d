/** The identity of this profile: creating it, its devices, and letting further devices in. */
import type { Database, Space } from '@atoll/echo';
import {
  loadFounding,
  loadInvitations,
  rootCredential,
  withEntries,
  type AdmissionRequest,
  type DeviceAdmission,
  type DeviceTicket,
  type Ticket,
} from '@atoll/halo';
import { concatBytes, errorCode, idFromBytes, type DeviceKey } from '@atoll/kernel';
import type { GuestInvitation, Halo, HostInvitation, Identity } from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { DialingGuest, type Joined } from './guest-invitation.ts';
import type { DeviceHosting } from './device-hosting.ts';
import { EngineAttestations } from './attestations.ts';
import type { PresentOptions } from './attestations-api.ts';
import { EngineContacts } from './contacts.ts';
import { KnownPeople } from './known-people.ts';
import type { ListeningInvitation } from './host-invitation.ts';
import { EngineDevices } from './devices/engine-devices.ts';
import { listen, mustHear } from './devices/listening.ts';
import { DeviceRecord, PasskeyRecord, SpaceRecord } from './halo-records.ts';
import { parseKubeUrl } from './kube-address.ts';
import { takeListedKeys } from './listed-keys.ts';
import { listedSpaces } from './listed-spaces.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import type { EngineNetwork } from './network.ts';
import { OpenInvitations } from './open-invitations.ts';
import { idOf, type OwnIdentity } from './own-identity.ts';
import { OwnProfile } from './own-profile.ts';
import { hueOf } from './people.ts';
import type { PersonLook, ProfileChange } from './profile-api.ts';
import { EnginePasskeys } from './passkeys/engine-passkeys.ts';
import type { NewPasskey } from './passkeys/new-passkey.ts';
import { EngineRecovery } from './recovery/engine-recovery.ts';

const HALO_SECRET_BYTES = 32;
const DEFAULT_DEVICE_NAME = 'This device';

/** {@link Halo} over an engine. */
export class EngineHalo implements Halo {
  readonly recovery: EngineRecovery;
  readonly contacts: EngineContacts;
  readonly attestations: EngineAttestations;
  /** People in the spaces; told of those once they are there. */
  readonly people: KnownPeople;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #deviceName: string;
  readonly #identity: LiveCell<Identity | undefined>;
  readonly #profile: OwnProfile;
  readonly #invitations = new OpenInvitations();
  #hosting: Promise<DeviceHosting> | undefined;
  readonly devices: EngineDevices;
  readonly passkeys: EnginePasskeys;
  readonly #opened = new LiveCell<Database | undefined>(undefined);
  #isHearing = false;

  constructor(engine: Engine, network: EngineNetwork, deviceName: string | undefined) {
    this.#engine = engine;
    this.#network = network;
    this.#deviceName = deviceName ?? DEFAULT_DEVICE_NAME;
    this.recovery = new EngineRecovery({
      engine,
      network,
      deviceName: this.#deviceName,
      isKeeper: () => engine.isKeeper,
      shown: () => this.#shown(),
      passkeys: () => this.passkeys.kept(),
      database: () => this.#opened.get(),
      say: (statement, and) => this.devices.say(statement, and),
      isStopped: () => this.devices.lock.get() !== undefined,
      open: (identity) => this.open(identity),
    });
    this.#profile = new OwnProfile(engine);
    this.#identity = new LiveCell<Identity | undefined>(this.#shown(), sameData);
    engine.identity.subscribe(() => this.#identity.set(this.#shown()));
    this.#profile.look.subscribe(() => this.#identity.set(this.#shown()));
    this.people = new KnownPeople(engine);
    this.contacts = new EngineContacts(engine, this.people, this.#opened);
    this.attestations = new EngineAttestations(engine, this.people, this.#opened);
    this.devices = new EngineDevices(engine, {
      network: { kubes: () => network.kubes, add: (kube) => network.addKnownKube(kube) },
      reopen: (identity) => this.#reopen(identity),
    });
    this.passkeys = new EnginePasskeys({
      engine,
      devices: this.devices,
      kept: this.recovery.keptPasskeys,
      take: (made, name) => this.#takePasskey(made, name),
      changed: () => this.recovery.look(),
    });
    engine.onSpaceOpened = (space) => {
      // Opened again, the private space is another one: what it lists is followed there.
      const isIt = engine.identity.get()?.haloSpace === space.id;
      if (isIt && this.#opened.get() !== undefined) this.#watch(space);
      this.#profile.say(space).catch((failure: unknown) => {
        // It stays noted, and is said when the space is opened again.
        engine.platform.log.event('warn', 'client.profile-not-said', { code: errorCode(failure) });
      });
    };
  }

  #shown(): Identity | undefined {
    return shownIdentity(this.#engine, this.#profile.look.get());
  }

  get identity(): Live<Identity | undefined> {
    return this.#identity;
  }

  /** Objects of the HALO space, once it is open. */
  get database(): Live<Database | undefined> {
    return this.#opened;
  }

  /** Opens the HALO space of an identity that is stored here. */
  async open(identity: OwnIdentity): Promise<void> {
    if (await this.devices.isLocked()) return;
    const { haloRing, haloSpace } = identity;
    const space = await this.#engine.openSpace(haloSpace, haloRing);
    if (this.#opened.get() !== space.database) this.#watch(space);
  }

  async createIdentity(options: {
    readonly displayName: string;
    readonly deviceName?: string;
  }): Promise<{ readonly identity: Identity; readonly words: readonly string[] }> {
    this.#requireNone();
    const { platform, deviceSigner, deviceAgreer } = this.#engine;
    const { rng } = platform;
    const { createIdentity } = await loadFounding();
    const made = await createIdentity({
      rng,
      deviceSigner,
      deviceAgreementKey: deviceAgreer.publicKey,
    });
    const deviceName = options.deviceName ?? this.#deviceName;
    const draft = {
      log: made.log,
      locatorSecret: concatBytes(made.locatorSecret),
      haloSecret: rng.bytes(HALO_SECRET_BYTES),
      displayName: options.displayName,
      colour: hueOf(made.identity),
      deviceName,
    };
    const space = await this.#engine.foundWith(draft, true);
    await this.#engine.setIdentity({ ...draft, haloSpace: space.id, haloRing: space.keys.ring });
    this.#watch(space);
    this.#addDeviceRecord(space.database, deviceName);
    await space.flush();
    const identity = this.#identity.get();
    if (identity === undefined) throw new ClientError('CLIENT_NO_IDENTITY', 'nothing was made');
    return { identity, words: made.words };
  }

  updateProfile(change: ProfileChange): Promise<void> {
    this.#engine.requireIdentity();
    return this.#profile.change(change);
  }

  present(options: PresentOptions): Promise<string> {
    return this.attestations.present(options);
  }

  get invitations(): Live<readonly HostInvitation[]> {
    return this.#invitations.list;
  }

  async inviteDevice(): Promise<HostInvitation> {
    this.#engine.requireIdentity();
    const kube = this.#network.requireKube();
    return (await this.#host()).invite(kube);
  }

  /** Goes on with invitations that were left open. True if another window answers some of them. */
  async restoreInvitations(): Promise<boolean> {
    return (await this.#host()).restore();
  }

  #host(): Promise<DeviceHosting> {
    this.#hosting ??= this.#loadHosting();
    return this.#hosting;
  }

  async #loadHosting(): Promise<DeviceHosting> {
    const [{ DeviceHosting: Hosting }, halo] = await Promise.all([
      import('./device-hosting.ts'),
      loadInvitations(),
    ]);
    const parts = {
      engine: this.#engine,
      admit: (request: AdmissionRequest, kube: string) => this.#admit(request, kube),
      again: (device: DeviceKey, kube: string) => this.#ticketOf(device, kube),
      kept: (invitation: ListeningInvitation) => this.#invitations.keep(invitation),
    };
    return new Hosting(parts, halo);
  }

  joinDevice(code: string): GuestInvitation {
    this.#requireNone();
    const { deviceSigner, deviceAgreer } = this.#engine;
    return new DialingGuest({
      engine: this.#engine,
      code,
      kube: () => this.#network.firstKube,
      isMember: () => false,
      self: (offer) => {
        if (offer.kind !== 'device') {
          throw new ClientError('CLIENT_INVITATION', 'this invitation is for a space');
        }
        const agreementKey = deviceAgreer.publicKey;
        return { kind: 'device', deviceSigner, agreementKey, name: this.#deviceName };
      },
      take: (ticket, kube) => this.#take(ticket, kube),
    });
  }

  /** Becomes a device of the ticket's identity. */
  async #take(ticket: Ticket, kube: string): Promise<Joined> {
    if (ticket.kind !== 'device') {
      throw new ClientError('CLIENT_INVITATION', 'the ticket is for a space');
    }
    const identity = identityOfTicket(ticket, this.#deviceName);
    await this.#network.keep([kube]);
    await this.#engine.setIdentity(identity);
    await this.open(identity);
    return { identity: idOf(identity) };
  }

  /** Makes a device one's own; one that is, gets its ticket again. */
  async #admit(request: AdmissionRequest, kube: string): Promise<DeviceTicket> {
    const identity = this.#engine.requireIdentity();
    const space = this.#engine.opened(identity.haloSpace);
    if (request.kind !== 'device' || space === undefined) {
      throw new ClientError('CLIENT_INVITATION', 'the guest asks for something else');
    }
    await this.#takeIn(space, request.admission, { name: request.name });
    const ticket = this.#ticketOf(request.device, kube);
    if (ticket !== undefined) return ticket;
    throw new ClientError('CLIENT_INVITATION', 'the private space is not here');
  }

  /** A device of a passkey, with what every device has to know of it. */
  async #takePasskey({ admission, ...made }: NewPasskey, name: string): Promise<void> {
    const space = this.#engine.opened(this.#engine.requireIdentity().haloSpace);
    if (space === undefined)
      throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
    const addedAtMs = Math.floor(this.#engine.platform.clock.nowMs());
    const write = (): unknown => space.database.add(PasskeyRecord, { ...made, addedAtMs });
    await this.#takeIn(space, admission, { name, write });
  }

  /** Admits a device here and in the private space: what power has failed before is done once more, nothing twice. */
  async #takeIn(
    space: Space,
    admission: DeviceAdmission,
    about: { readonly name: string; readonly write?: () => unknown },
  ): Promise<void> {
    const credential = rootCredential(space.id);
    const { authority, database, identity } = space;
    const isIt = ({ device }: { readonly device: string }): boolean => device === admission.device;
    // The identity can know of it already, and the private space not: that is what decides.
    if (!authority.identities.devicesOf(identity).some(isIt)) {
      await space.publish({ statements: [admission], credential });
    }
    if (!database.query(DeviceRecord).run().some(isIt)) {
      this.devices.note(database, admission.device, about.name);
    }
    about.write?.();
    await space.flush();
    await this.#engine.changeIdentity((now) => ({
      ...now,
      log: withEntries(now.log, [admission]),
    }));
  }

  /** What a device of this identity needs; `undefined` for any other. */
  #ticketOf(device: DeviceKey, kube: string): DeviceTicket | undefined {
    const {
      displayName: name,
      haloSecret,
      haloSpace,
      locatorSecret,
      log,
    } = this.#engine.requireIdentity();
    const space = this.#engine.opened(haloSpace);
    const genesis = space?.authority.genesis;
    const isOwn = log.admissions.some((admission) => admission.device === device);
    if (space === undefined || genesis === undefined || !isOwn) return undefined;
    const halo: DeviceTicket['halo'] = {
      ...{ kind: 'space', genesis, space: space.id, keys: space.keys.ring, name: '', level: 'own' },
      credential: rootCredential(space.id),
      kubes: [parseKubeUrl(kube)],
    };
    return { kind: 'device', log, locatorSecret, haloSecret, name, halo };
  }

  #addDeviceRecord(database: Database, name: string): void {
    const device = idFromBytes('device', this.#engine.deviceSigner.publicKey);
    this.devices.note(database, device, name);
  }

  #watch(space: Space): void {
    const { database } = space;
    this.#opened.set(database);
    this.devices.follow(space);
    this.#profile.follow(space);
    this.passkeys.follow(database);
    // All of it may have come before power failed: nothing need change any more.
    void this.#hear(space).then(() => this.#recordRecovered(space));
    space.onChange(() => {
      this.#recordRecovered(space);
      this.recovery.look();
    });
    this.recovery.follow();
  }

  /** What this device says by itself waits until it has heard what there is. Never rejects. */
  async #hear({ id }: Space): Promise<void> {
    const place = this.#engine.place(id);
    if (place === undefined || !mustHear(this.#engine, place)) return;
    this.#isHearing = true;
    await listen(this.#engine, [place]).catch(() => undefined); // Closed meanwhile.
    this.#isHearing = false;
  }

  /** A device that came back with the recovery key or a passkey has nobody who writes it down: it does so itself. */
  #recordRecovered(space: Space): void {
    const identity = this.#engine.identity.get();
    if (identity === undefined || this.#isHearing || this.#engine.signal.aborted) return;
    const { admissions, genesis } = identity.log;
    const own = idFromBytes('device', this.#engine.deviceSigner.publicKey);
    const devices = [genesis.device, ...admissions.map(({ device }) => device)];
    const by = admissions.find(({ device }) => device === own)?.admittedBy;
    const { database } = space;
    const passkeys = database.query(PasskeyRecord).run();
    const isByPasskey = (key: DeviceKey): boolean => passkeys.some(({ device }) => device === key);
    // Whoever was let in by another device was written down by that one, unless it is a passkey's.
    if (by === undefined) return;
    const admitting = idFromBytes('device', by);
    if (devices.includes(admitting) && !isByPasskey(admitting)) return;
    // The words may have let it stay just now: the space hears of it next.
    if (space.devices.isStopped) return;
    if (space.authority.credentialFor(space.identity, 'write') === undefined) return;
    if (
      database
        .query(DeviceRecord)
        .run()
        .some(({ device }) => device === own)
    )
      return;
    if (space.devices.isKnown) this.#addDeviceRecord(database, identity.deviceName);
    else this.#introduce(space);
  }

  /** Words that have changed since may not have let this device in: the space says so once it is shown. */
  #introduce(space: Space): void {
    space.introduce().catch((failure: unknown) => {
      const code = errorCode(failure);
      this.#engine.platform.log.event('warn', 'client.not-introduced', { code });
    });
  }

  /** The device was brought back: rings that were overwritten are filled from what is stored. */
  async #reopen(identity: OwnIdentity): Promise<void> {
    const place = this.#engine.place(identity.haloSpace);
    for (const secret of identity.haloRing.all()) place?.ring.add(secret);
    await this.open(identity);
    const database = this.#opened.get();
    if (database === undefined) return;
    await takeListedKeys(this.#engine, database);
    for (const { space } of listedSpaces(database.query(SpaceRecord).run(), identity.haloSpace)) {
      await this.#engine.place(space)?.open();
    }
  }

  #requireNone(): void {
    if (this.#engine.identity.get() === undefined) return;
    throw new ClientError('CLIENT_HAS_IDENTITY', 'this profile has an identity already');
  }
}

function shownIdentity(engine: Engine, look: PersonLook): Identity | undefined {
  const identity = engine.identity.get();
  if (identity === undefined) return undefined;
  const deviceKey = idFromBytes('device', engine.deviceSigner.publicKey);
  return { id: idOf(identity), displayName: identity.displayName, ...look, deviceKey };
}

function identityOfTicket(ticket: DeviceTicket, deviceName: string): OwnIdentity {
  const { halo, haloSecret, locatorSecret, log, name: displayName } = ticket;
  const identity = {
    log,
    locatorSecret,
    haloSecret,
    haloSpace: halo.space,
    haloRing: halo.keys,
    displayName,
    colour: 1,
    deviceName,
  };
  return { ...identity, colour: hueOf(idOf(identity)) };
}
