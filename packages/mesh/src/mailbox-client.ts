/**
 * A session from a device to a KUBE: opens the mailbox of each space and syncs with it. The static key
 * is a fresh one, so that the KUBE cannot tell the device from others; one of the mailbox's keys opens.
 */
import type { Replica } from '@atoll/feed';
import { errorCode, type Clock, type Log } from '@atoll/kernel';
import { mailboxIdOf, mayWrite, openingOf, type MailboxAccess } from './mailbox-access.ts';
import type { SecureChannel } from './secure-channel.ts';
import { REF_MAX, type MailboxAnswer } from './session-messages.ts';
import { Session, type ChunkPort, type Cursors } from './session.ts';
import type { SyncProgress } from './space-sync.ts';

/** A space with a mailbox. */
export interface MailboxSpace {
  readonly id: string;
  readonly replica: Replica;
  readonly chunks?: ChunkPort | undefined;
  /** Its keys: all members derive both alike, and whoever only follows that for reading. */
  readonly access: () => Promise<MailboxAccess>;
}

/** What a session with a KUBE needs and tells. */
export interface MailboxClientOptions {
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly cursors: Cursors;
  readonly onAnswer: (space: string, answer: MailboxAnswer) => void;
  readonly onProgress: (space: string, progress: SyncProgress) => void;
}

/** The mailboxes of one KUBE. */
export class MailboxClient {
  readonly session: Session;
  readonly #options: MailboxClientOptions;
  readonly #refBySpace = new Map<string, number>();
  readonly #answers = new Map<string, MailboxAnswer>();
  readonly #names = new Map<string, string>();
  #nextRef = 0;

  constructor(channel: SecureChannel, options: MailboxClientOptions) {
    this.#options = options;
    const ports = { ...options, isPeerBlind: true };
    this.session = new Session(channel, ports, {
      onControl: () => this.session.close('SESSION_MALFORMED'),
      onItem: (item) => {
        if (item.say !== 'mailbox') return;
        for (const [space, ref] of this.#refBySpace) {
          if (ref === item.ref) this.#onAnswer(space, item.answer);
        }
      },
      onDatagram: () => undefined,
      onProgress: options.onProgress,
      onHeard: () => undefined,
    });
    this.session.start();
  }

  /** What the KUBE said of a space's mailbox. */
  answerOf(space: string): MailboxAnswer | undefined {
    return this.#answers.get(space);
  }

  /** Opens a mailbox and greets in the same message. */
  async open(space: MailboxSpace): Promise<void> {
    const access = await space.access().catch((failure: unknown) => this.#failed(failure));
    if (access === undefined || this.session.channel.isEnded) return;
    const id = mailboxIdOf(access);
    const writes = mayWrite(access);
    const name = `${id} ${String(writes)}`;
    const known = this.#names.get(space.id);
    if (known === name) return;
    // Other keys are another mailbox; and who may write from now on opens it again.
    if (known !== undefined) this.remove(space.id);
    if (this.#nextRef > REF_MAX) return;
    this.#names.set(space.id, name);
    const ref = this.#nextRef++;
    this.#refBySpace.set(space.id, ref);
    try {
      const { handshakeHash } = this.session.channel;
      const opening = await openingOf(access, { ref, handshakeHash });
      if (this.session.channel.isEnded || this.#refBySpace.get(space.id) !== ref) return;
      this.session.say(opening);
      const keptAs = mailboxName(id, this.session.remote);
      this.session.share(ref, space.id, { ...space, keptAs, givesNothing: !writes }).hello();
    } catch (failure) {
      this.#failed(failure);
    }
  }

  /** Leaves a mailbox. */
  remove(space: string): void {
    this.#names.delete(space);
    if (this.#refBySpace.delete(space)) this.session.unshare(space);
  }

  /** Greets again in every mailbox. */
  greet(): void {
    for (const space of this.session.spaces) this.session.syncOf(space)?.helloAgain();
  }

  #failed(failure: unknown): undefined {
    this.#options.log?.event('warn', 'mesh.mailbox.failed', { code: errorCode(failure) });
  }

  #onAnswer(space: string, answer: MailboxAnswer): void {
    this.#answers.set(space, answer);
    if (answer !== 'open') this.session.unshare(space);
    this.#options.onAnswer(space, answer);
  }
}

/** A mailbox among all that there are: a server has one of a space for each of its keys. As long as a server's name. */
function mailboxName(id: string, server: string): string {
  return id.slice(0, server.length / 2) + server.slice(0, server.length / 2);
}
