/** Answering invitations for devices of one's own: single use, ten minutes, also over a restart of the program. */
import {
  DEVICE_INVITATION_MS,
  type AdmissionRequest,
  type DeviceTicket,
  type HostInvitation as HaloHost,
  type HostOptions,
  type InvitationRecord,
  type Invitations,
} from '@atoll/halo';
import type { DeviceKey } from '@atoll/kernel';
import type { Engine } from './engine.ts';
import { hostOptions } from './host-options.ts';
import { ListeningInvitation } from './host-invitation.ts';
import { InvitationStore, type InvitationPlace } from './invitation-store.ts';

/** What letting devices in needs. */
export interface DeviceHostingParts {
  readonly engine: Engine;
  readonly admit: (request: AdmissionRequest, kube: string) => Promise<DeviceTicket>;
  /** The ticket of a device that is one's own. */
  readonly again: (device: DeviceKey, kube: string) => DeviceTicket | undefined;
  readonly kept: (invitation: ListeningInvitation) => void;
}

/** See above. */
export class DeviceHosting {
  readonly #parts: DeviceHostingParts;
  readonly #halo: Invitations;
  readonly #store: InvitationStore;
  readonly #locks = new Map<string, AsyncDisposable>();

  constructor(parts: DeviceHostingParts, halo: Invitations) {
    const { platform, signal } = parts.engine;
    this.#parts = parts;
    this.#halo = halo;
    this.#store = new InvitationStore(platform, halo, signal);
  }

  /** Makes an invitation. Durable when resolved. @throws StoreError. */
  async invite(kube: string): Promise<ListeningInvitation> {
    const { clock, rng } = this.#parts.engine.platform;
    const nowMs = clock.nowMs();
    const expiresAtMs = Math.floor(nowMs + DEVICE_INVITATION_MS);
    const record = this.#halo.newInvitation({ nowMs, rng, kube }, { kind: 'device', expiresAtMs });
    return this.#start(this.#store.placeFor('device'), record, 'new');
  }

  /** Goes on with what was left open. True if another window answers some of it. */
  async restore(): Promise<boolean> {
    const { clock } = this.#parts.engine.platform;
    let isElsewhere = false;
    for (const place of await this.#store.list('device')) {
      if (this.#locks.has(place.id)) continue;
      const bytes = await this.#store.load(place);
      const record = bytes && this.#halo.decodeInvitationRecord(bytes);
      if (record === undefined || record.terms.expiresAtMs <= clock.nowMs()) {
        await this.#store.remove(place);
        continue;
      }
      const lock = await this.#store.lock(place);
      if (lock === undefined) isElsewhere = true;
      else {
        this.#locks.set(place.id, lock);
        await this.#start(place, record, 'stored');
      }
    }
    return isElsewhere;
  }

  async #start(
    place: InvitationPlace,
    record: InvitationRecord,
    from: 'new' | 'stored',
  ): Promise<ListeningInvitation> {
    const { admit, again, engine, kept } = this.#parts;
    const { kube } = record;
    if (from === 'new') {
      const lock = await this.#store.lock(place);
      if (lock !== undefined) this.#locks.set(place.id, lock);
    }
    const invitation = await ListeningInvitation.open({
      engine,
      kube,
      role: 'owner',
      start: (onChange, { HostInvitation: Host }): Promise<HaloHost> => {
        const options: HostOptions = {
          ...hostOptions(engine, engine.requireIdentity()),
          save: (bytes) => this.#store.save(place, bytes),
          admit: (request) => admit(request, kube),
          again: (device) => Promise.resolve(again(device, kube)),
          onChange,
        };
        return from === 'new'
          ? Host.begin(options, record)
          : Promise.resolve(Host.restore(options, this.#halo.encodeInvitationRecord(record)));
      },
    });
    kept(invitation);
    return invitation;
  }
}
