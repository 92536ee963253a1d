/** The spaces that the application is measured with: one to write in, and one as a file that it opens. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createClient, defineType, s, type Client, type Space } from 'atoll';
import { Note, Task, TASK_STATES } from '../../apps/workspace/src/data/workspace-types.ts';

/** Under which the files are. */
export const PASSPHRASE = 'a bench has no secrets';
/** Things of the first space, by PRODUCT section 8. */
export const TASKS = 10_000;
/** Characters of its note. */
export const NOTE_CHARACTERS = 50_000;

const Package = defineType('Package', {
  name: s.string(),
  version: s.string().optional(),
  section: s.string().optional(),
  installedSizeKiB: s.number().optional(),
  summary: s.string().optional(),
  depends: s.set(s.string()),
});

/** Somebody who has both spaces, invites the window to one and gives the other as a file. */
export interface Host extends AsyncDisposable {
  readonly packages: Buffer;
  /** An invitation into the space with tasks and the note. */
  invite(): Promise<{ readonly url: string; readonly digits: string }>;
}

/** Makes the spaces. */
export async function hostOf(kube: string, packages: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'atoll-bench-app-'));
  const client = await createClient({ profile: folder, kubes: [kube] });
  await client.halo.createIdentity({ displayName: 'Noor' });
  const lines = gunzipSync(readFileSync(packages)).toString().trim().split('\n');
  const work = await workSpace(client);
  return {
    packages: await fileOf(await packageSpace(client, lines)),
    invite: async () => {
      const invitation = await work.invite();
      const state = invitation.state.get();
      return { url: invitation.url, digits: 'digits' in state ? state.digits : '' };
    },
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function workSpace(client: Client): Promise<Space> {
  const space = await client.spaces.create({ name: 'Work' });
  const { db } = space;
  for (let from = 0; from < TASKS; from += 500) {
    db.transaction(() => {
      for (let at = from; at < from + 500; at++) {
        const state = TASK_STATES[at % 3] ?? 'todo';
        db.add(Task, { title: `Task ${String(at)} of the boat`, state, rank: at });
      }
    });
    await space.flush();
  }
  const line = 'The hull is sanded twice, then painted; nobody sails before it is dry. ';
  const paragraph = `${line.repeat(6).trim()}\n`;
  const text = paragraph.repeat(Math.ceil(NOTE_CHARACTERS / paragraph.length));
  db.add(Note, { title: 'Long note', body: text.slice(0, NOTE_CHARACTERS) });
  await space.flush();
  return space;
}

async function packageSpace(client: Client, lines: readonly string[]): Promise<Space> {
  const space = await client.spaces.create({ name: 'Packages' });
  for (let from = 0; from < lines.length; from += 500) {
    space.db.transaction(() => {
      for (const line of lines.slice(from, from + 500)) {
        const { name, version, section, installedSizeKiB, summary, depends } = JSON.parse(
          line,
        ) as Record<string, string> & { installedSizeKiB: number; depends?: readonly string[] };
        space.db.add(Package, {
          name: name ?? '',
          version,
          section,
          installedSizeKiB,
          summary,
          depends: new Set(depends ?? []),
        });
      }
    });
    await space.flush();
  }
  return space;
}

async function fileOf(space: Space): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of space.export({ passphrase: PASSPHRASE })) parts.push(part.slice());
  return Buffer.concat(parts);
}
