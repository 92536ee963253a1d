/**
 * A space as one file, and back: the epoch that stands for what was dropped, if anything was, and everything
 * that is signed, in the order in which it arrived.
 */
import type { Space as EchoSpace } from '@atoll/echo';
import type { Run } from '@atoll/feed';
import { equalBytes, type PlatformBase } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { ArchivedPart } from '../blobs/archived-blobs.ts';
import {
  ArchiveWriter,
  FILE_IDS_MAX,
  type ArchiveEnd,
  type ArchiveRecord,
} from './archive-codec.ts';
import { ArchivedEpoch } from './archived-epoch.ts';
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

/**
 * The bytes of a space's archive. @throws ClientError `CLIENT_ARCHIVE_PRUNED` where history was dropped and
 * the epoch that stands for it is not kept, or not proved.
 */
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
  // Without its history the space begins with an epoch, which must be there and proved.
  const isWhole = await space.epochs.isHistoryWhole();
  const offer = isWhole ? undefined : await space.exchange.answer(space.exchange.offerQuestion);
  if (!isWhole && offer === undefined) throw pruned();
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
  if (offer !== undefined) {
    yield writer.record({ kind: 'epoch', offer });
    for await (const part of space.exchange.everything()) {
      yield writer.record({ kind: 'part', part });
    }
  }
  const end = yield* isWhole ? writeLog(writer, space) : writeTail(writer, space);
  for await (const part of input.files ?? []) {
    for (const record of recordsOf(part)) yield writer.record(record);
  }
  yield writer.record({ kind: 'end', end });
}

/** All blocks. What is written meanwhile is in the next archive: the end says what this one holds. */
async function* writeLog(
  writer: ArchiveWriter,
  space: EchoSpace,
): AsyncGenerator<Uint8Array, ArchiveEnd> {
  const headsRoot = space.replica.headsRoot();
  const stateRoot = space.stateRoot();
  // Blocks that wait for what they build on are sent too: counting folded ones would end too early.
  const blocks = space.replica.index.blockCount;
  let written = 0;
  for await (const run of space.replica.missingFor([])) {
    written += run.blocks.length;
    yield writer.record({ kind: 'run', run });
    if (written >= blocks) break;
  }
  if (written < blocks) throw pruned(); // Dropped meanwhile.
  return { blocks, headsRoot, stateRoot };
}

/** The blocks that are left: as many as there are, since it cannot be counted how many these must be. */
async function* writeTail(
  writer: ArchiveWriter,
  space: EchoSpace,
): AsyncGenerator<Uint8Array, ArchiveEnd> {
  const { replica } = space;
  let from = await replica.position();
  for await (const run of replica.missingFor([])) yield writer.record({ kind: 'run', run });
  for (;;) {
    await space.flush();
    await space.settled();
    const end = {
      blocks: space.index.branches.blockCount,
      headsRoot: replica.headsRoot(),
      stateRoot: space.stateRoot(),
    };
    const position = await replica.position();
    if (position === from) return end;
    for await (const run of replica.tailAfter(from)) yield writer.record({ kind: 'run', run });
    from = position;
  }
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
  readonly #reopen: (between: () => Promise<void>) => Promise<EchoSpace>;
  #space: EchoSpace;
  #epoch: ArchivedEpoch | undefined;
  #waiting: Run[] = [];
  #blocks = 0;

  /** `reopen` closes the space, does what needs it closed, and opens it again. */
  constructor(space: EchoSpace, reopen: (between: () => Promise<void>) => Promise<EchoSpace>) {
    this.#space = space;
    this.#reopen = reopen;
  }

  /** Takes what the space consists of: the epoch with which it begins, parts of that, runs. @throws ClientError. */
  async takeRecord(
    record: ArchiveRecord & { readonly kind: 'epoch' | 'part' | 'run' },
  ): Promise<void> {
    if (record.kind === 'run') return this.take(record.run);
    if (record.kind === 'part') return this.#epoch?.take(record.part);
    this.#epoch = ArchivedEpoch.of(this.#space.exchange, record.offer);
  }

  /** Takes a run; one that builds on later ones is tried again at the end. @throws ClientError. */
  async take(run: Run): Promise<void> {
    await this.#takeOver();
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
    await this.#takeOver();
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
    await this.#prove();
    return { blocks: this.#blocks, same };
  }

  /** All parts were read: the space goes on from the epoch, if that says something new to it. */
  async #takeOver(): Promise<void> {
    const epoch = this.#epoch;
    this.#epoch = undefined;
    const adopt = await epoch?.finish();
    if (adopt !== undefined) this.#space = await this.#reopen(adopt);
  }

  /** The blocks that sealed the epoch are in the archive, too. */
  async #prove(): Promise<void> {
    const { exchange } = this.#space;
    const trial = await exchange.trial();
    if (trial === 'sealed') await exchange.confirm();
    if (trial !== 'open') return;
    this.#space = await this.#reopen(() => exchange.revert());
    throw new ClientError(
      'CLIENT_ARCHIVE_DAMAGED',
      'nobody has sealed the epoch that it begins with',
    );
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
