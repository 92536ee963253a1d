/**
 * The records of a mailbox as a device reads and renews them: over a connection of its own with a fresh static
 * key, so that a server cannot tell whose other mailboxes it has seen. What is in a record is not known here.
 */
import { CodecError } from '@atoll/codec';
import { freshAgreer } from '@atoll/crypto';
import type { Replica } from '@atoll/feed';
import type { Clock, KeyPlatform, Log, Rng, Signer, WebSockets } from '@atoll/kernel';
import { mayWrite, openingOf, recordsAccess, type MailboxAccess } from './mailbox-access.ts';
import { KEPT } from './mailbox-records.ts';
import { MeshError } from './mesh-error.ts';
import { openSecureChannel } from './secure-channel.ts';
import { KUBE_SECRET } from './session-secret.ts';
import type { MailboxAnswer } from './session-messages.ts';
import { Session } from './session.ts';
import { SignalingClient } from './signaling-client.ts';
import { KUBE_PEER } from './signaling.ts';
import type { SyncProgress } from './space-sync.ts';
import { decodeRecords } from './state-messages.ts';
import type { StateAnswer, StateSync } from './state-sync.ts';

/** A server that has not answered by then is not there. */
export const RECORDS_TIMEOUT_MS = 20_000;
/** The one mailbox of the connection. */
export const SPACE = 'records';
const REF = 0;

/** What is compared with the mailbox's log. */
export interface SharedLog {
  readonly replica: Replica;
  readonly onProgress?: (progress: SyncProgress) => void;
}

/** What a connection to records needs. */
export interface RecordPorts {
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys?: KeyPlatform | undefined;
  readonly log?: Log | undefined;
}

/** Records of one mailbox at one server, while a connection to it is open. */
export interface MailboxRecordsLink extends Disposable {
  /** All records. @throws MeshError `MESH_UNREACHABLE`, `MESH_REFUSED`, `MESH_MALFORMED`. */
  read(): Promise<readonly Uint8Array[]>;
  /**
   * Keeps a record in place of the one with the same token (32 bytes in hex); an empty one removes it.
   * `false`: the mailbox is full. @throws MeshError `MESH_UNREACHABLE`, `MESH_REFUSED`.
   */
  keep(token: string, bytes: Uint8Array): Promise<boolean>;
}

/**
 * Opens the mailbox of records of a key at one server.
 * @throws MeshError `MESH_UNREACHABLE` when it does not answer in time, `MESH_REFUSED`, `MESH_CLOSED` when
 * aborted.
 */
export async function openRecords(
  ports: RecordPorts,
  at: { readonly url: string; readonly access: Signer },
  signal: AbortSignal,
): Promise<MailboxRecordsLink> {
  const { access, url } = at;
  const mailbox = { url, access: recordsAccess(access) };
  const { client, session } = await reachMailbox(ports, mailbox, { replica: NO_LOG }, signal);
  return linkOf(ports.clock, client, session);
}

/** A mailbox over a connection of its own. @throws as {@link openRecords}. */
export async function reachMailbox(
  ports: RecordPorts,
  at: { readonly url: string; readonly access: MailboxAccess },
  log: SharedLog,
  signal: AbortSignal,
): Promise<{ readonly client: SignalingClient; readonly session: Session }> {
  const { clock, rng, webSockets } = ports;
  const patience = new AbortController();
  const over = AbortSignal.any([signal, patience.signal]);
  const welcome = Promise.withResolvers<'welcome' | 'refused'>();
  const client = new SignalingClient({
    ...{ url: at.url, webSockets, clock, rng },
    ...(ports.log === undefined ? {} : { log: ports.log }),
    events: {
      onWelcome: () => welcome.resolve('welcome'),
      onRefused: () => welcome.resolve('refused'),
    },
  });
  const late = clock.sleep(RECORDS_TIMEOUT_MS, over).then(
    () => 'late' as const,
    () => 'aborted' as const,
  );
  try {
    const came = await Promise.race([welcome.promise, late]);
    if (came !== 'welcome') throw notOpened(came);
    const opened = await Promise.race([openMailbox(ports, client, at.access, log), late]);
    if (typeof opened === 'string') throw notOpened(opened);
    return { client, session: opened };
  } catch (failure) {
    client[Symbol.dispose]();
    throw failure;
  } finally {
    patience.abort();
  }
}

/** A session in which the mailbox is open, or why there is none. */
async function openMailbox(
  ports: RecordPorts,
  client: SignalingClient,
  access: MailboxAccess,
  shared: SharedLog,
): Promise<Session | 'gone' | Exclude<MailboxAnswer, 'open'>> {
  const { clock, keys, log, rng } = ports;
  const channel = await openSecureChannel({
    ...{ clock, rng, keys, role: 'initiator', purpose: 'kube', day: 0 },
    link: client.dial(KUBE_PEER),
    agreer: await freshAgreer(rng, keys),
    secrets: [KUBE_SECRET],
  });
  if (typeof channel === 'string') return 'gone';
  const answered = Promise.withResolvers<MailboxAnswer | 'gone'>();
  const cursors = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
  const session: Session = new Session(
    channel,
    { clock, log, cursors, isPeerBlind: true },
    {
      onControl: () => session.close('SESSION_MALFORMED'),
      onItem: (item) => {
        if (item.say === 'mailbox') answered.resolve(item.answer);
      },
      onDatagram: () => undefined,
      onProgress: (_space, progress) => shared.onProgress?.(progress),
      onHeard: () => undefined,
    },
  );
  session.start();
  void channel.ended.then(() => answered.resolve('gone'));
  session.say(await openingOf(access, { ref: REF, handshakeHash: channel.handshakeHash }));
  const { replica } = shared;
  const sync = session.share(REF, SPACE, { replica, givesNothing: !mayWrite(access) });
  // Where nothing is said of the log, nothing of it comes.
  if (shared.replica !== NO_LOG) sync.hello();
  const answer = await answered.promise;
  if (answer !== 'open') return answer;
  session.heard(SPACE);
  return session;
}

function linkOf(clock: Clock, client: SignalingClient, session: Session): MailboxRecordsLink {
  const say = async (asked: Parameters<StateSync['say']>[0]): Promise<Uint8Array> => {
    const patience = new AbortController();
    const late = clock.sleep(RECORDS_TIMEOUT_MS, patience.signal).catch(() => undefined);
    const answer = await Promise.race([session.stateOf(SPACE)?.say(asked), late]);
    patience.abort();
    return bytesOf(answer ?? { at: 'gone' });
  };
  return {
    read: async () => {
      const bytes = await say({ say: 'kept' });
      try {
        return decodeRecords(bytes);
      } catch (cause) {
        if (!(cause instanceof CodecError)) throw cause;
        throw new MeshError('MESH_MALFORMED', 'the server says what no server says', { cause });
      }
    },
    keep: async (token, bytes) => {
      const [code] = await say({ say: 'keep', token, bytes });
      return code === KEPT.kept;
    },
    [Symbol.dispose]: () => {
      session.close('SESSION_CLOSED');
      client[Symbol.dispose]();
    },
  };
}

/** A server that keeps no records answers with nothing. */
function bytesOf(answer: StateAnswer): Uint8Array {
  if (answer.at === 'answer') return answer.bytes;
  if (answer.at === 'gone') throw notOpened('gone');
  throw new MeshError('MESH_REFUSED', 'the server keeps no records');
}

/** Why there is no session with a mailbox. */
export function notOpened(
  why: 'late' | 'aborted' | 'gone' | 'refused' | 'full' | 'busy',
): MeshError {
  switch (why) {
    case 'late':
    case 'gone':
      return new MeshError('MESH_UNREACHABLE', 'the server does not answer');
    case 'aborted':
      return new MeshError('MESH_CLOSED', 'it was cancelled');
    case 'refused':
    case 'full':
    case 'busy':
      return new MeshError('MESH_REFUSED', `the server refuses the mailbox (${why})`);
  }
}

/** A log with nothing in it, which takes nothing: only the records of the mailbox are of interest. */
const NO_LOG: Replica = {
  id: SPACE,
  incarnation: '',
  tips: () => [],
  headsRoot: () => new Uint8Array(32),
  position: () => Promise.resolve(0),
  tailAfter: nothing,
  missingFor: nothing,
  receive: () => Promise.resolve({ at: 'refused', code: 'MESH_REFUSED' }),
  onAdvance: () => () => undefined,
};

async function* nothing(): AsyncGenerator<never> {
  // Nothing is ever there.
}
