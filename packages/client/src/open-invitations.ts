/** Invitations that somebody may still answer, as a list that follows them. */
import type { HostInvitation } from './api.ts';
import type { ListeningInvitation } from './host-invitation.ts';
import { LiveCell, type Live } from './live.ts';

/** See above. */
export class OpenInvitations {
  readonly #list = new LiveCell<readonly HostInvitation[]>([]);

  get list(): Live<readonly HostInvitation[]> {
    return this.#list;
  }

  /** Lists one for as long as it is open. */
  keep(invitation: ListeningInvitation): void {
    if (!invitation.isOpen) return;
    this.#list.set([...this.#list.get(), invitation]);
    const stop = invitation.state.subscribe(() => {
      if (invitation.isOpen) return;
      stop();
      this.#list.set(this.#list.get().filter((other) => other !== invitation));
    });
  }
}
