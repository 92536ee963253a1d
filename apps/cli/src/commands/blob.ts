/** `atoll blob put | get | list | gc | usage`: files of a space. */
import { liveUntil, type AnyObject, type Space } from '@atoll/client';
import { isBlobField, s, type BlobRef } from '@atoll/schema';
import { getFile, putFile } from '../blob-files.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount } from '../command-line.ts';
import { findObject, findSpace, requireWriter } from '../find-space.ts';
import { growType, knownType } from '../grow-type.ts';
import { grouped } from '../progress-bar.ts';
import { withTimeout } from '../until.ts';

/** Type of the objects that `blob put` makes. */
const FILE_TYPE = 'File';
const HOUR_MS = 3_600_000;

/** A server, or somebody who has a file, answers sooner, or is not there. */
const WAIT_MS = 120_000;

/** Puts files, each into an object of its own. */
export async function put({ line, open, out, signal }: CommandContext): Promise<void> {
  const [spaceName = '', ...paths] = line.operands;
  const isWaiting = line.has('wait');
  const space = await findSpace(await open({ online: isWaiting }), spaceName);
  requireWriter(space);
  const fields = { title: s.string().default('').data(), file: s.blob().optional().data() };
  const type = growType(space.db, FILE_TYPE, fields);
  for (const path of paths) {
    const ref = await putFile(space, path, { type: line.value('type'), signal });
    const object = space.db.add(type, { title: ref.name ?? '', file: ref });
    await space.flush();
    if (isWaiting) {
      using limit = withTimeout(signal, WAIT_MS, `${path} did not reach a server`);
      await space.blobs.stored(ref, { signal: limit });
    }
    out.result(
      { id: object.id, blob: hexOf(ref.id), size: ref.size, type: ref.type },
      `${object.id}  ${path}: ${grouped(ref.size)} bytes`,
    );
  }
}

/** Writes the file of an object. */
export async function get({ line, open, out, signal }: CommandContext): Promise<void> {
  const space = await findSpace(await open({ online: true }), line.operand(0));
  const object = findObject(space.db, line.operand(1));
  const path = line.operand(2);
  const found = blobsOf(space, object).find(
    ({ field }) => field === (line.value('field') ?? field),
  );
  if (found === undefined) {
    throw new CliError('CLI_FIELD', `object ${line.operand(1)} has no file there`);
  }
  using limit = withTimeout(signal, WAIT_MS, 'nobody who has the file could be reached');
  await getFile(space, found.ref, { path, signal: limit });
  out.result(
    { id: object.id, file: path, bytes: found.ref.size },
    `${grouped(found.ref.size)} bytes`,
  );
}

/** Lists the files that objects name, and where they are. */
export async function list({ line, open, out, signal }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  for (const type of space.db.types()) {
    if (!Object.values(type.fields).some(isBlobField)) continue;
    for (const object of space.db.query(type.name).run()) {
      for (const { field, ref } of blobsOf(space, object)) {
        const live = space.blobs.state(ref);
        await liveUntil(live, ({ at }) => at !== 'unknown', signal);
        const state = live.get();
        out.result(
          { id: object.id, field, name: ref.name ?? null, type: ref.type, ...state },
          `${object.id}  ${state.at.padEnd(6)} ${grouped(ref.size)} bytes  ${ref.name ?? ref.type}`,
        );
      }
    }
  }
}

/** Removes pieces that nothing names. */
export async function gc({ line, open, out, signal }: CommandContext): Promise<void> {
  const hours = line.value('grace');
  const grace =
    hours === undefined ? {} : { graceMs: parseCount(hours, '--grace HOURS') * HOUR_MS };
  const servers = line.has('servers');
  const space = await findSpace(await open({ online: servers }), line.operand(0));
  if (servers) {
    using limit = withTimeout(signal, WAIT_MS, 'no server that keeps files could be reached');
    await liveUntil(space.status, ({ mailbox }) => mailbox === 'has-everything', limit);
  }
  const found = await space.blobs.collect({ dryRun: line.has('dry-run'), servers, ...grace });
  const what = `${grouped(found.looseChunks)} pieces, ${grouped(found.looseBytes)} bytes`;
  const all = `of ${grouped(found.chunks)} pieces, ${grouped(found.bytes)} bytes`;
  const there = servers ? `; ${grouped(found.removedFromServers)} from servers` : '';
  out.result({ ...found }, `${found.removed ? 'removed' : 'would remove'} ${what} ${all}${there}`);
}

/** Says how much room files take, and what was freed without being asked for. */
export async function usage({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const name = line.operands[0];
  const spaces = name === undefined ? client.spaces.list.get() : [await findSpace(client, name)];
  for (const space of spaces) {
    const { bytes, chunks, freedBytes, freedMs } = await space.blobs.usage();
    const freedAt = freedMs === undefined ? null : new Date(freedMs).toISOString();
    const freed = freedAt === null ? '' : `; ${grouped(freedBytes)} bytes freed`;
    out.result(
      { space: space.id, name: space.name.get(), chunks, bytes, freedBytes, freedAt },
      `${space.name.get()}: ${grouped(bytes)} bytes in ${grouped(chunks)} pieces${freed}`,
    );
  }
}

/** Files that an object names, in the order of its fields. */
function blobsOf(space: Space, object: AnyObject): readonly { field: string; ref: BlobRef }[] {
  const fields = knownType(space.db, object.$type)?.fields ?? {};
  return Object.entries(fields).flatMap(([field, data]) => {
    const value: unknown = isBlobField(data) ? object[field] : undefined;
    return value === undefined || value === null ? [] : [{ field, ref: value as BlobRef }];
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
