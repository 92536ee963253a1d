/**
 * A session from a device to a KUBE: opens the mailbox of each space and syncs with it. The static key
 * is a fresh one, so that the KUBE cannot tell the device from others; the access key opens.
 */
import { signStatement } from '@atoll/crypto';
import type { Replica } from '@atoll/feed';
import { equalBytes, errorCode, toHex, type Clock, type Log, type Signer } from '@atoll/kernel';
import type { SecureChannel } from './secure-channel.ts';
import { REF_MAX, type MailboxAnswer } from './session-messages.ts';
import { Session, type ChunkPort, type Cursors } from './session.ts';
import type { SyncProgress } from './space-sync.ts';

/** A space with a mailbox. */
export interface MailboxSpace {
  readonly id: string;
  readonly replica: Replica;
  readonly chunks?: ChunkPort | undefined;
  /** The access key, which all members derive alike. */
  readonly access: () => Promise<Signer>;
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
  readonly #keys = new Map<string, Uint8Array>();
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
    const { publicKey } = access;
    const known = this.#keys.get(space.id);
    if (known !== undefined && equalBytes(known, publicKey)) return;
    // Another key is another mailbox.
    if (known !== undefined) this.remove(space.id);
    if (this.#nextRef > REF_MAX) return;
    this.#keys.set(space.id, publicKey);
    const ref = this.#nextRef++;
    this.#refBySpace.set(space.id, ref);
    try {
      const audience = this.session.channel.handshakeHash;
      const statement = { purpose: 'mailbox-open', audience, body: publicKey } as const;
      const signature = await signStatement(access, statement);
      if (this.session.channel.isEnded || this.#refBySpace.get(space.id) !== ref) return;
      this.session.say({ say: 'open-mailbox', ref, accessKey: publicKey, signature });
      const keptAs = mailboxName(publicKey, this.session.remote);
      this.session.share(ref, space.id, { ...space, keptAs }).hello();
    } catch (failure) {
      this.#failed(failure);
    }
  }

  /** Leaves a mailbox. */
  remove(space: string): void {
    this.#keys.delete(space);
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
function mailboxName(accessKey: Uint8Array, server: string): string {
  return toHex(accessKey).slice(0, server.length / 2) + server.slice(0, server.length / 2);
}
