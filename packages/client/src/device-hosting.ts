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
import { ClientError } from './client-error.ts';
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
    const made = await this.#start(this.#store.placeFor('device'), record, { isNew: true });
    if (made !== undefined) return made;
    throw new ClientError('CLIENT_INVITATION', 'the invitation could not be kept');
  }

  /** Goes on with what was left open. True if another window answers some of it. */
  async restore(): Promise<boolean> {
    const { clock } = this.#parts.engine.platform;
    let isElsewhere = false;
    for (const place of await this.#store.list('device')) {
      if (this.#locks.has(place.id)) continue;
      const bytes = await this.#store.load(place);
      if (bytes === undefined) {
        await this.#store.removeUnwritten(place);
        continue;
      }
      const record = this.#halo.decodeInvitationRecord(bytes);
      if (record.terms.expiresAtMs <= clock.nowMs()) {
        await this.#store.remove(place);
        continue;
      }
      isElsewhere = (await this.#start(place, record, {})) === undefined || isElsewhere;
    }
    return isElsewhere;
  }

  async #start(
    place: InvitationPlace,
    record: InvitationRecord,
    how: { readonly isNew?: boolean },
  ): Promise<ListeningInvitation | undefined> {
    const lock = await this.#store.lock(place);
    if (lock === undefined) return undefined;
    const invitation = await this.#answer(place, record, how).catch(async (failure: unknown) => {
      await lock[Symbol.asyncDispose]();
      throw failure;
    });
    if (invitation === undefined) await lock[Symbol.asyncDispose]();
    else {
      this.#locks.set(place.id, lock);
      this.#parts.kept(invitation);
    }
    return invitation;
  }

  /** Answers an invitation whose lock is held here; `undefined` for one that was forgotten meanwhile. */
  async #answer(
    place: InvitationPlace,
    record: InvitationRecord,
    how: { readonly isNew?: boolean },
  ): Promise<ListeningInvitation | undefined> {
    const { admit, again, engine } = this.#parts;
    const { kube } = record;
    // Whoever held the lock before may have written what was tried and who was let in.
    const stored = await this.#store.load(place);
    if (stored === undefined && how.isNew !== true) return undefined;
    return ListeningInvitation.open({
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
        return stored === undefined
          ? Host.begin(options, record)
          : Promise.resolve(Host.restore(options, stored));
      },
    });
  }
}
