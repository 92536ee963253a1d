/**
 * A mailbox that no space of this program uses any more, looked into once: what was written by somebody who knows no
 * other is taken from there, or left there. Over a connection of its own, as records.
 */
import type { Replica } from '@atoll/feed';
import type { MailboxAccess } from './mailbox-access.ts';
import { SPACE, notOpened, reachMailbox, type RecordPorts } from './record-links.ts';

/** A visit in which nothing has moved for so long has come to its end: as long as two exchanges of tips take. */
const QUIET_MS = 12_000;
/** How often it is looked. */
const LOOK_MS = 500;
/** A visit ends after so long; the next one goes on. */
const VISIT_MS_MAX = 30 * 60_000;

/** A mailbox, and the log that it is compared with. */
export interface Visit {
  readonly url: string;
  /** For reading alone: only what the mailbox has more is taken. */
  readonly access: MailboxAccess;
  readonly replica: Replica;
}

/** `agreed`: both have the same, all durable. `apart`: what could move has moved. */
export type VisitEnd = 'agreed' | 'apart';

/**
 * Compares a log with that of a mailbox until they agree or nothing moves any more.
 * @throws MeshError `MESH_UNREACHABLE`, `MESH_REFUSED`, `MESH_CLOSED`.
 */
export async function visitMailbox(
  ports: RecordPorts,
  { access, replica, url }: Visit,
  signal: AbortSignal,
): Promise<VisitEnd> {
  const { clock } = ports;
  let movedMs = clock.monotonicMs();
  const onProgress = (): void => void (movedMs = clock.monotonicMs());
  const shared = { replica, onProgress };
  const { client, session } = await reachMailbox(ports, { url, access }, shared, signal);
  let isOver = false;
  void session.ended.then(() => (isOver = true));
  try {
    const beganMs = clock.monotonicMs();
    let queued = 0;
    for (;;) {
      const sync = session.syncOf(SPACE);
      if (sync?.isAgreed === true) return 'agreed';
      if (isOver || sync === undefined) throw notOpened('gone');
      const nowMs = clock.monotonicMs();
      const { queuedBytes, state } = sync.sending;
      if (queuedBytes !== queued || state === 'serving') movedMs = nowMs;
      queued = queuedBytes;
      if (nowMs - movedMs > QUIET_MS || nowMs - beganMs > VISIT_MS_MAX) return 'apart';
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) throw notOpened('aborted');
    }
  } finally {
    session.close('SESSION_CLOSED');
    client[Symbol.dispose]();
  }
}
