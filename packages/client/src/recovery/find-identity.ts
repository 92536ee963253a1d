/** Asks servers for the capsules of an identity, follows them to further servers, and merges what was found. */
import { loadRecovering, type RecoveredIdentity, type RecoveryTarget } from '@atoll/halo';
import { errorCode, type Agreer } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { parseKubeUrl, socketUrl } from '../kube-address.ts';
import type { RecoveryAnswer } from '../recovery-api.ts';
import { mailboxAccess } from './capsule-keeper.ts';

/** Servers that are asked at all: those that somebody named, and those that capsules name. */
const ASKED_MAX = 16;

/** Whose capsules, and with what they are found and opened. */
export interface Seeker {
  readonly locatorSecret: Uint8Array;
  readonly agreer: Agreer;
  readonly target: RecoveryTarget;
}

/** What was found. */
export interface FoundIdentity {
  readonly found: RecoveredIdentity;
  readonly asked: readonly { readonly kube: string; readonly answer: RecoveryAnswer }[];
}

/**
 * The identity, from all capsules that could be had.
 * @throws ClientError `CLIENT_UNREACHABLE` when nobody answers, `CLIENT_NOTHING_TO_RECOVER`.
 */
export async function findIdentity(
  engine: Engine,
  seeker: Seeker,
  kubes: readonly string[],
): Promise<FoundIdentity> {
  if (!engine.online.get()) {
    throw new ClientError('CLIENT_UNREACHABLE', 'this profile works offline; go online first');
  }
  const { capsuleSeed, mergeCapsules, openCapsule } = await loadRecovering();
  const { ed25519 } = engine.platform;
  const records: Uint8Array[] = [];
  const answers = new Map<string, RecoveryAnswer>();
  let found: RecoveredIdentity | undefined;
  for (let next = [...new Set(kubes)]; next.length > 0;) {
    const round = next.slice(0, ASKED_MAX - answers.size);
    const seed = capsuleSeed(seeker.locatorSecret);
    const given = await Promise.all(round.map((kube) => askForRecords(engine, seed, kube)));
    const opened = [];
    for (const [at, kube] of round.entries()) {
      const { answer, records: theirs } = given[at] ?? NO_ANSWER;
      answers.set(kube, answer);
      records.push(...theirs);
    }
    for (const record of records) {
      const signed = await openCapsule(record, seeker.agreer);
      if (signed !== undefined) opened.push(signed);
    }
    found = await mergeCapsules(ed25519, opened, seeker.target);
    next = (found?.kubes ?? []).flatMap(known).filter((kube) => !answers.has(kube));
    if (answers.size >= ASKED_MAX) break;
  }
  const asked = [...answers].map(([kube, answer]) => ({ kube, answer }));
  if (found === undefined)
    throw notFound(asked, seeker.target.by === 'words' ? 'these words' : 'this passkey');
  return { found, asked };
}

/** What a server has given. */
export interface GivenRecords {
  readonly answer: RecoveryAnswer;
  readonly records: readonly Uint8Array[];
}

const NO_ANSWER: GivenRecords = { answer: 'no-answer', records: [] };

/** The records of a mailbox at one server. */
export async function askForRecords(
  engine: Engine,
  mailboxSeed: Uint8Array,
  kube: string,
): Promise<GivenRecords> {
  const access = await mailboxAccess(engine.platform, mailboxSeed);
  try {
    using link = await engine.mesh.openRecords({ url: socketUrl(kube), access }, engine.signal);
    const records = await link.read();
    return { answer: records.length === 0 ? 'nothing' : 'found', records };
  } catch (failure) {
    const code = errorCode(failure);
    engine.platform.log.event('info', 'client.capsule-not-read', { code, kube });
    if (code === 'MESH_CLOSED') throw failure;
    // One that says what no server says has given nothing either.
    return { ...NO_ANSWER, answer: code === 'MESH_UNREACHABLE' ? 'no-answer' : 'refused' };
  }
}

/** Why nothing came of asking. */
export function notFound(asked: FoundIdentity['asked'], what: string): ClientError {
  const names = (of: readonly RecoveryAnswer[]): string =>
    asked
      .filter(({ answer }) => of.includes(answer))
      .map(({ kube }) => kube)
      .join(', ');
  const silent = names(['no-answer']);
  const answered = names(['found', 'nothing', 'refused']);
  if (answered === '') {
    return new ClientError('CLIENT_UNREACHABLE', `no server answers: ${silent}`);
  }
  const rest = silent === '' ? '' : `; no answer from ${silent}`;
  return new ClientError(
    'CLIENT_NOTHING_TO_RECOVER',
    `nothing for ${what} was found at ${answered}${rest}`,
  );
}

/** A server that a capsule names; none where its address is none. */
function known(text: string): readonly string[] {
  try {
    return [parseKubeUrl(text)];
  } catch {
    return [];
  }
}
