/** What a Yjs document shows, as plain data that is equal wherever the same updates were applied. */
import {
  ContentAny,
  ContentBinary,
  ContentEmbed,
  ContentFormat,
  ContentJSON,
  ContentString,
  ContentType,
  type Doc,
  type Item,
  XmlElement,
} from 'yjs';

/** Levels of types inside types that are shown: deeper ones are cut off, as nobody draws them. */
const DEPTH_MAX = 256;

/** A run of text, a value, or a nested type. */
type Shown = { readonly [key: string]: unknown };

/** The roots that hold something, by name. */
export function shownDocument(doc: Doc): Shown {
  const names = [...doc.share.keys()].sort();
  const roots = names.map((name) => [name, shownType(doc.share.get(name), 0)] as const);
  return Object.fromEntries(roots.filter(([, shown]) => Object.keys(shown).length > 0));
}

type AnyType = ReturnType<Doc['share']['get']> & object;

function shownType(type: AnyType | undefined, depth: number): Shown {
  if (type === undefined || depth > DEPTH_MAX) return {};
  const entries = [...type._map]
    .filter(([, item]) => !item.deleted)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, contentOf(item, depth).at(-1)] as const);
  const items = itemsOf(type, depth);
  return {
    ...(type instanceof XmlElement ? { node: type.nodeName } : {}),
    ...(entries.length === 0 ? {} : { entries: Object.fromEntries(entries) }),
    ...(items.length === 0 ? {} : { items }),
  };
}

interface Run {
  text: string;
  readonly marks: string;
}

function itemsOf(type: AnyType, depth: number): unknown[] {
  const items: unknown[] = [];
  const marks = new Map<string, unknown>();
  let run: Run | undefined;
  for (let item: Item | null = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const { content } = item;
    if (content instanceof ContentFormat) {
      if (content.value === null) marks.delete(content.key);
      else marks.set(content.key, content.value);
      continue;
    }
    const now = JSON.stringify([...marks].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (content instanceof ContentString) {
      if (run?.marks === now) run.text += content.str;
      else items.push((run = { text: content.str, marks: now }));
      continue;
    }
    run = undefined;
    items.push(...contentOf(item, depth));
  }
  return items.map((item) => (isRun(item) ? shownRun(item) : item));
}

function isRun(item: unknown): item is Run {
  return typeof item === 'object' && item !== null && 'marks' in item && 'text' in item;
}

function shownRun({ text, marks }: Run): unknown {
  return marks === '[]' ? text : { text, with: Object.fromEntries(JSON.parse(marks) as []) };
}

function contentOf({ content }: Item, depth: number): unknown[] {
  if (content instanceof ContentString) return [content.str];
  if (content instanceof ContentAny) return content.arr.map(plain);
  if (content instanceof ContentJSON) return (content.arr as unknown[]).map(plain);
  if (content instanceof ContentEmbed) return [{ embed: plain(content.embed) }];
  if (content instanceof ContentBinary) return [{ bytes: [...content.content] }];
  if (content instanceof ContentType) return [shownType(content.type as AnyType, depth + 1)];
  return [];
}

/** JSON has no other numbers and no big ones. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { big: String(value) };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return { value: Object.entries(value).map(([key, each]) => [key, plain(each)]) };
}
