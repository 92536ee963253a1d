/** A space as one file, and back: everything that is signed, in the order in which it arrived. */
import type { Space as EchoSpace } from '@atoll/echo';
import type { Run } from '@atoll/feed';
import { equalBytes, type PlatformBase } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { ArchivedPart } from '../blobs/archived-blobs.ts';
import { ArchiveWriter, FILE_IDS_MAX, type ArchiveEnd } from './archive-codec.ts';
import { sealSecrets, type SpaceSecrets } from './archive-keys.ts';

/** What came out of reading an archive. */
export interface Restored {
  /** Blocks that were not here before. */
  readonly blocks: number;
  /** The log and the state are the archive's, exactly; false where more was here. */
  readonly same: boolean;
}

/** Name under which the replica keeps its limits for what comes out of a file. */
const SENDER = 'archive';

/** The bytes of a space's archive. @throws ClientError `CLIENT_ARCHIVE_PRUNED` where history was dropped. */
export async function* writeSpace(
  platform: Pick<PlatformBase, 'clock' | 'rng'>,
  space: EchoSpace,
  input: {
    readonly secrets: SpaceSecrets;
    readonly passphrase: string | undefined;
    /** The files that are to be in it. */
    readonly files: AsyncIterable<ArchivedPart> | undefined;
  },
): AsyncGenerator<Uint8Array, void> {
  await space.flush();
  await space.settled();
  // Runs with holes are no chains: nobody could take them in, and nothing else says what was in the holes.
  if (!(await space.epochs.isHistoryWhole())) throw pruned();
  const { passphrase, secrets } = input;
  const keys =
    passphrase === undefined
      ? undefined
      : await sealSecrets(platform.rng, space.id, { secrets, passphrase });
  const writer = new ArchiveWriter();
  const header = { space: space.id, madeAtMs: Math.floor(platform.clock.nowMs()) };
  yield writer.record({
    kind: 'header',
    header: { ...header, ...(keys === undefined ? {} : { keys }) },
  });
  // What is written meanwhile is in the next archive: the end says what this one holds.
  const headsRoot = space.replica.headsRoot();
  const stateRoot = space.stateRoot();
  const blocks = space.index.branches.blockCount;
  let written = 0;
  for await (const run of space.replica.missingFor([])) {
    written += run.blocks.length;
    yield writer.record({ kind: 'run', run });
    if (written >= blocks) break;
  }
  if (written < blocks) throw pruned(); // Dropped meanwhile.
  for await (const part of input.files ?? []) {
    for (const record of recordsOf(part)) yield writer.record(record);
  }
  yield writer.record({ kind: 'end', end: { blocks, headsRoot, stateRoot } });
}

/** Names of a very large file are in several records. */
function recordsOf(part: ArchivedPart): readonly ArchivedPart[] {
  if (part.kind === 'chunk') return [part];
  const { ids, root } = part.file;
  const count = Math.max(1, Math.ceil(ids.length / FILE_IDS_MAX));
  return Array.from({ length: count }, (_, at) => ({
    kind: 'file',
    file: { root, ids: ids.slice(at * FILE_IDS_MAX, (at + 1) * FILE_IDS_MAX) },
  }));
}

function pruned(): ClientError {
  return new ClientError(
    'CLIENT_ARCHIVE_PRUNED',
    'history that an archive would hold was dropped from this device',
  );
}

/** Puts runs into a space. */
export class SpaceReader {
  readonly #space: EchoSpace;
  #waiting: Run[] = [];
  #blocks = 0;

  constructor(space: EchoSpace) {
    this.#space = space;
  }

  /** Takes a run; one that builds on later ones is tried again at the end. @throws ClientError. */
  async take(run: Run): Promise<void> {
    const received = await this.#space.replica.receive(run, SENDER);
    if (received.at === 'refused' && received.code === 'FEED_FORGOTTEN') {
      const above = aboveEnd(this.#space, run);
      return above === undefined ? undefined : this.take(above);
    }
    if (received.at === 'refused') {
      throw new ClientError(
        'CLIENT_ARCHIVE_DAMAGED',
        `the archive has false blocks (${received.code})`,
      );
    }
    if (received.at === 'waiting') this.#waiting.push(run);
    else if (received.at !== 'known') this.#blocks += received.blocks;
  }

  /** Everything was read. @throws ClientError when it is not what the archive's end says. */
  async finish(end: ArchiveEnd): Promise<Restored> {
    for (let before = Infinity; this.#waiting.length > 0 && this.#waiting.length < before;) {
      before = this.#waiting.length;
      const again = this.#waiting;
      this.#waiting = [];
      for (const run of again) await this.take(run);
    }
    if (this.#waiting.length > 0) {
      throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'blocks that others build on are missing');
    }
    await this.#space.settled();
    const same = equalBytes(this.#space.replica.headsRoot(), end.headsRoot);
    if (same && !equalBytes(this.#space.stateRoot(), end.stateRoot)) {
      throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'the same blocks give another state');
    }
    return { blocks: this.#blocks, same };
  }
}

/** What a run has beyond the end of its chain here, of whose beginning an epoch has let go. */
function aboveEnd({ replica }: EchoSpace, run: Run): Run | undefined {
  const { index } = replica;
  const [branch] = index.branchesOf(run.feed);
  if (branch === undefined) return undefined;
  const beyond = run.endSeq - index.seqOf(index.branchEnd(branch));
  const isShorter = beyond > 0 && beyond < run.blocks.length;
  return isShorter ? { ...run, blocks: run.blocks.slice(-beyond) } : undefined;
}
