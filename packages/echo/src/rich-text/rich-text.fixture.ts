/** Replicas with one rich text each, and texts as they are told to people. For tests. */
import {
  defineType,
  s,
  type RichBlock,
  type RichDocument,
  type RichTextField,
} from '@atoll/schema';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';

/** A type with nothing but a rich text. */
const Page = defineType('test.Page', { body: s.richText() });

/** A replica and its text. */
export interface PageReplica {
  readonly replica: WorldReplica;
  readonly body: RichTextField;
}

/** Replicas that all have one page with this text. */
export function pages(
  text: string,
  names: readonly string[],
  isVoid?: (block: WorldBlock) => boolean,
): PageReplica[] {
  const replicas = names.map((name) => new WorldReplica(name, isVoid));
  const [first, ...others] = replicas as [WorldReplica, ...WorldReplica[]];
  first.db.add(Page, { body: text });
  first.tick();
  for (const other of others) other.pull(first);
  return replicas.map((replica) => ({ replica, body: bodyOf(replica) }));
}

/** The text of a replica's page. */
export function bodyOf(replica: WorldReplica): RichTextField {
  const page = replica.db.query(Page).first();
  if (page === undefined) throw new TypeError('the replica has no page');
  return page.body;
}

/** Lets all hear of each other. */
export function meet(all: readonly PageReplica[]): void {
  for (const one of all) for (const other of all) one.replica.pull(other.replica);
}

/** A document as text: `<bold>a</bold>`, one line a block. */
export function told(document: RichDocument): string {
  return document.map(toldBlock).join('\n');
}

function toldBlock({ block, runs }: RichBlock): string {
  const { kind, ...rest } = block;
  const more = Object.values(rest).join(' ');
  const head = kind === 'paragraph' ? '' : `[${kind}${more === '' ? '' : ` ${more}`}]`;
  const text = runs.map(({ text, marks }) => {
    const keys = Object.entries(marks).map(([key, value]) =>
      value === true ? key : `${key}=${value}`,
    );
    return keys.length === 0 ? text : `<${keys.join(' ')}>${text}</>`;
  });
  return head + text.join('');
}
