/** An invitation of ours: halo's running host, fed with links from the server's room. */
import {
  formatInvitationCode,
  loadInvitations,
  type HostInvitation as HaloHost,
  type HostStatus,
  type Invitations,
} from '@atoll/halo';
import { errorCode } from '@atoll/kernel';
import type { HostInvitation, HostInvitationState, Role } from './api.ts';
import type { Engine } from './engine.ts';
import { kubeHint, socketUrl } from './kube-address.ts';
import type { InvitationWay } from './invitations-api.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import { shownName } from './shown-name.ts';

/** What a running invitation of this client is made of. */
export interface HostParts {
  readonly engine: Engine;
  /** Server at which guests arrive. */
  readonly kube: string;
  readonly role: Role;
  readonly delegated?: boolean;
  /** How long others who answer it come first, at this moment. */
  readonly delayMs?: () => number;
  /** Its user ends it: whoever else answers it is to be told. */
  readonly onCancel?: () => Promise<void>;
  /** Makes halo's host; `changed` is to be called after each change. */
  readonly start: (
    changed: (status: HostStatus) => void,
    invitations: Invitations,
  ) => Promise<HaloHost>;
}

/** {@link HostInvitation} that listens at a server. */
export class ListeningInvitation implements HostInvitation, Disposable {
  readonly kind: 'space' | 'device';
  readonly role: Role;
  readonly way: InvitationWay;
  readonly uses: number;
  readonly delegated: boolean;
  readonly withoutHistory: boolean;
  readonly for?: string;
  readonly code: string;
  readonly url: string;
  readonly #host: HaloHost;
  readonly #engine: Engine;
  readonly #kube: string;
  readonly #state: LiveCell<HostInvitationState>;
  readonly #delayMs: HostParts['delayMs'];
  readonly #onCancel: HostParts['onCancel'];
  #ending: Promise<unknown> = Promise.resolve();
  #listening: Disposable | undefined;
  #isDisposed = false;
  readonly #stopFollowing: () => void;

  private constructor(host: HaloHost, parts: HostParts) {
    const { engine, kube, role } = parts;
    this.#host = host;
    this.#engine = engine;
    this.#kube = kube;
    this.role = role;
    const { terms } = host;
    this.kind = terms.kind;
    this.way = terms.kind === 'device' ? 'digits' : terms.way;
    this.uses = terms.kind === 'device' ? 1 : terms.uses;
    this.delegated = parts.delegated === true;
    this.withoutHistory = terms.kind === 'space' && terms.withoutHistory === true;
    if (terms.kind === 'space' && terms.for !== undefined) this.for = terms.for;
    this.#delayMs = parts.delayMs;
    this.#onCancel = parts.onCancel;
    this.code = formatInvitationCode(host.code(kubeHint(kube)));
    // The address names the server already, so its code is the shorter one without a hint.
    this.url = `${kube}/#/join/${formatInvitationCode(host.code(''))}`;
    this.#state = new LiveCell<HostInvitationState>(this.#look(host.status), sameData);
    this.#listen();
    const stops = [engine.online, engine.locked].map((of) => of.subscribe(() => this.#listen()));
    this.#stopFollowing = () => stops.forEach((stop) => stop());
    engine.mesh.onStatus(() => this.#changed(host.status));
  }

  /** Makes the invitation durable and begins to listen. */
  static async open(parts: HostParts): Promise<ListeningInvitation> {
    let tell: (status: HostStatus) => void = () => undefined;
    const host = await parts.start((status) => tell(status), await loadInvitations());
    const invitation = new ListeningInvitation(host, parts);
    tell = (status) => invitation.#changed(status);
    return invitation;
  }

  get state(): Live<HostInvitationState> {
    return this.#state;
  }

  /** True while somebody may still join by it. */
  get isOpen(): boolean {
    const { at } = this.#state.get();
    return at !== 'joined' && at !== 'ended' && at !== 'closed' && at !== 'failed';
  }

  cancel(): void {
    this.#host.cancel();
    const { log } = this.#engine.platform;
    // It is over on this device already; whoever else answers it is told once the space can be written.
    this.#ending = (this.#onCancel?.() ?? Promise.resolve()).catch((failure: unknown) => {
      log.event('warn', 'client.invitation-not-ended', { code: errorCode(failure) });
    });
  }

  /** Ends it on this device alone: somebody has ended it for all. */
  end(): void {
    this.#host.cancel();
  }

  /** Others have let in as many as it may. */
  allIn(): void {
    this.#host.allIn();
  }

  /** Somebody has decided about who asks. */
  tell(): void {
    this.#host.tell();
  }

  async settled(): Promise<void> {
    await this.#host.settled;
    await this.#ending;
  }

  newDigits(): void {
    this.#host.showNewDigits();
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#stopFollowing();
    this.#listen();
    this.#host[Symbol.dispose]();
  }

  /** Waits in the invitation's room, unless the user works offline or this device was stopped: it lets nobody in. */
  #listen(): void {
    const { locked, online } = this.#engine;
    const isWanted = online.get() && !locked.get() && !this.#isDisposed;
    if (!isWanted) {
      this.#listening?.[Symbol.dispose]();
      this.#listening = undefined;
      return;
    }
    const where = { url: socketUrl(this.#kube), room: this.#host.room('') };
    const at = this.#delayMs === undefined ? where : { ...where, delayMs: this.#delayMs };
    this.#listening ??= this.#engine.mesh.listenInvitation(at, (link) => this.#host.connect(link));
  }

  #changed(status: HostStatus): void {
    if (!this.isOpen) return;
    this.#state.set(this.#look(status));
  }

  #look(status: HostStatus): HostInvitationState {
    const { admitted, digits = '', expiresAtMs, guest, set, spent = 'wrong', state } = status;
    const last = admitted > 0 && guest !== undefined ? { last: nameOf(guest) } : {};
    switch (state) {
      case 'waiting':
      case 'opened': {
        const connected = this.#isConnected();
        return { at: state, digits, expiresAtMs, connected, admitted, ...last };
      }
      case 'checking':
      case 'joining':
        return { at: 'checking', digits, expiresAtMs, connected: true, admitted, ...last };
      case 'wrong-digits':
        return { at: 'wrong-digits', why: spent, triesLeft: DIGIT_SETS - set, expiresAtMs };
      case 'joined':
        return { at: 'joined', who: nameOf(guest) };
      case 'closed':
        return { at: 'closed' };
      case 'expired':
      case 'cancelled':
        return { at: 'ended', why: state, atMs: this.#engine.platform.clock.nowMs() };
    }
  }

  #isConnected(): boolean {
    return this.#engine.mesh.reached.includes(socketUrl(this.#kube));
  }
}

/** Sets of digits of one invitation; DESIGN section 7. */
const DIGIT_SETS = 3;

function nameOf(guest: HostStatus['guest']): { readonly id: string; readonly displayName: string } {
  if (guest === undefined) return { id: '', displayName: '' };
  const id = guest.kind === 'space' ? guest.identity : guest.device;
  return { id, displayName: shownName(guest.name) };
}
