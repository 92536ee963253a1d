/** What is in a space as files that other programs read: JSON, tables, Markdown. Whoever has them can read them. */
import type { AnyObject, BlobState, Live, RichTextField, Space } from '@atoll/client';
import type { BlobRef } from '@atoll/schema';
import type { PlainRecord } from '@atoll/text-formats';
import { Attachment, type AttachmentObject, type NoteObject } from '../data/workspace-types.ts';
import { NOTE_TREE, shownNotes } from '../data/notes-below.ts';
import { isShownType, typePlural } from '../data/type-words.ts';
import { contentOf } from '../files/file-links.ts';
import { fileName, freeName } from './space-file.ts';
import { zipped, type ZipEntry } from './zip.ts';

/** The forms. */
export type PlainForm = 'md' | 'csv' | 'json';

/** A file to save. */
export interface PlainFile {
  readonly name: string;
  readonly content: Blob;
  /** Files that are not in it, since they are not on this device. */
  readonly missing: number;
}

/** Folder of pictures and other files. */
const FILES_FOLDER = 'Files';

/** What is in a space in one file; `undefined` if there is nothing of that kind. @throws BlobError, ZipError. */
export async function collectPlain(space: Space, form: PlainForm): Promise<PlainFile | undefined> {
  const name = space.name.get();
  if (form === 'md') return markdownFile(space, name);
  const { formatCsv, recordsOf, spaceRecords } = await import('@atoll/text-formats');
  const types = space.db.types().filter((type) => isShownType(type.name));
  if (form === 'json') {
    // The form of `atoll export`, which `atoll import` brings back.
    const { objects, records } = spaceRecords(space.db, types);
    if (objects === 0) return undefined;
    const content = textFile(`${JSON.stringify(records, undefined, 2)}\n`, 'application/json');
    return { name: fileName(name, '.json'), content, missing: 0 };
  }
  const entries = types.flatMap((type): ZipEntry[] => {
    const records: readonly PlainRecord[] = recordsOf(space.db, type);
    if (records.length === 0) return [];
    const table = formatCsv(records, (column) => type.fields[column]);
    return [
      { name: fileName(typePlural(type.name), '.csv'), content: textFile(table, 'text/csv') },
    ];
  });
  const [first] = entries;
  if (first === undefined) return undefined;
  if (entries.length === 1) {
    const { content } = first;
    return { name: fileName(`${name}, ${first.name.slice(0, -4)}`, '.csv'), content, missing: 0 };
  }
  return { name: fileName(`${name}, tables`, '.zip'), content: await zipped(entries), missing: 0 };
}

function textFile(text: string, type: string): Blob {
  return new Blob([text], { type: `${type};charset=utf-8` });
}

async function markdownFile(space: Space, name: string): Promise<PlainFile | undefined> {
  if (shownNotes(space.db) === 0) return undefined;
  const { markdownOf } = await import('@atoll/text-formats');
  const files = await filesOf(space);
  const entries: ZipEntry[] = [];
  /** Folders of the notes above, by depth. */
  const above: string[] = [];
  const taken = new Set<string>();
  for (const { object, depth } of space.db.trees.subtree(null, NOTE_TREE)) {
    const note = object as unknown as NoteObject;
    const folder = above.slice(0, depth).join('');
    const path = freeName(folder + fileName(note.title, '.md'), taken);
    above[depth] = `${path.slice(folder.length, -3)}/`;
    const text =
      note.form === 'markdown'
        ? note.markdown.toString()
        : markdownOf((note.body as RichTextField).toDocument());
    const front = `---\ntitle: ${JSON.stringify(note.title)}\nid: ${object.id}\n---\n`;
    const body = withPaths(text, files.paths, '../'.repeat(depth));
    entries.push({ name: path, content: textFile(`${front}${body}\n`, 'text/markdown') });
  }
  const content = await zipped([...entries, ...files.entries]);
  return { name: fileName(`${name}, notes`, '.zip'), content, missing: files.missing };
}

/** A text whose addresses of files are where those lie beside it. */
function withPaths(text: string, paths: ReadonlyMap<string, string>, up: string): string {
  return text.replaceAll(/atoll:object\/([0-9a-f]{32})/gu, (address, id: string) => {
    const path = paths.get(id);
    return path === undefined ? address : up + path.split('/').map(encodeURIComponent).join('/');
  });
}

/** The files of a space that are on this device, with the names under which they lie in the container. */
async function filesOf(space: Space): Promise<{
  readonly entries: readonly ZipEntry[];
  readonly paths: ReadonlyMap<string, string>;
  readonly missing: number;
}> {
  const entries: ZipEntry[] = [];
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  let missing = 0;
  for (const attachment of space.db.query(Attachment).run() as readonly AttachmentObject[]) {
    const { file } = attachment;
    if (file === undefined) continue;
    if (!(await isHere(space, file))) {
      missing++;
      continue;
    }
    const name = freeName(`${FILES_FOLDER}/${fileName(attachment.title, '')}`, taken);
    paths.set((attachment as unknown as AnyObject).id, name);
    entries.push({ name, content: await contentOf(space, file) });
  }
  return { entries, paths, missing };
}

/** True if all bytes are here: one does not wait for others to save what one has. */
function isHere(space: Space, file: BlobRef): Promise<boolean> {
  const state: Live<BlobState> = space.blobs.state(file);
  return new Promise((resolve) => {
    let stop: () => void = () => undefined;
    const look = (): void => {
      const { at } = state.get();
      if (at === 'unknown') return;
      stop();
      resolve(at === 'here');
    };
    stop = state.subscribe(look);
    look();
  });
}
