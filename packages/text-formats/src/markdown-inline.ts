/**
 * Text with marks as one line of Markdown. What Markdown cannot say loses the mark, never a letter of the
 * text: a sign beside white space, or inside of a word, would be read as itself.
 */
import type { RichRun } from '@atoll/client';
import { LINE_BREAK } from './block-collector.ts';
import { documentOfMarkdown } from './markdown-read.ts';

/** Marks that Markdown has signs for, the outermost first. */
const SIGNS: readonly (readonly [key: string, sign: string])[] = [
  ['bold', '**'],
  ['italic', '*'],
  ['strike', '~~'],
];
/** Times that one block is read back: more would only save single marks of a text that is full of them. */
const READS_MAX = 64;

/** Text under the same marks, of those that Markdown has. */
interface Piece {
  readonly text: string;
  readonly code: boolean;
  readonly link: string | undefined;
  readonly keys: readonly string[];
}

/** Consecutive pieces under one sign. */
interface Stretch {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** A break inside of what has one line only. */
export const BREAK_ENTITY = '&#8232;';

/** Text of a block with signs for its marks; `lineBreak` stands for a break inside of the block. */
export function inlineOf(runs: readonly RichRun[], lineBreak: string): string {
  // Behind a break the next line may begin with the signs of its block, which are not part of the text.
  const alone = lineBreak === BREAK_ENTITY ? BREAK_ENTITY : '\\\n';
  const { text } = new SignedText(runs.flatMap(piecesOf), alone);
  return withBreaks(text, lineBreak);
}

/** At an edge a break is dropped by readers, as white space is. */
function withBreaks(text: string, lineBreak: string): string {
  return text.replace(/^\u2028+|\u2028+$/gu, asEntities).replaceAll(LINE_BREAK, lineBreak);
}

/** White space at the edges of marked text, and breaks in code, are pieces of their own. */
function piecesOf({ marks, text }: RichRun): Piece[] {
  const link = typeof marks['link'] === 'string' ? marks['link'] : undefined;
  const keys = SIGNS.flatMap(([key]) => (marks[key] === true ? [key] : []));
  const code = marks['code'] === true;
  const parts = code ? text.split(/(\u2028)/) : text.split(/^(\s+)|(\s+)$/u);
  return parts.flatMap((part) => {
    if (part === undefined || part === '') return [];
    return { text: part, code: code && part !== LINE_BREAK, link, keys };
  });
}

/** The text with as many signs as are read back as what they stand for. */
class SignedText {
  readonly #pieces: readonly Piece[];
  readonly #lineBreak: string;
  #kept: readonly Stretch[] = [];
  #reads = 0;

  constructor(pieces: readonly Piece[], lineBreak: string) {
    this.#pieces = pieces;
    this.#lineBreak = lineBreak;
    const all = SIGNS.flatMap(([key]) => stretchesOf(pieces, key));
    if (all.length > 0) this.#keep(all);
  }

  get text(): string {
    return written(withSigns(this.#pieces, this.#kept));
  }

  /** Keeps what can be kept: all, or else what can be kept of each half. */
  #keep(more: readonly Stretch[]): void {
    const kept = [...this.#kept, ...more];
    if (this.#reads++ < READS_MAX && this.#isReadBack(withSigns(this.#pieces, kept))) {
      this.#kept = kept;
    } else if (more.length > 1) {
      const half = Math.ceil(more.length / 2);
      this.#keep(more.slice(0, half));
      this.#keep(more.slice(half));
    }
  }

  #isReadBack(pieces: readonly Piece[]): boolean {
    const [block, ...more] = documentOfMarkdown(withBreaks(written(pieces), this.#lineBreak));
    if (block?.block.kind !== 'paragraph' || more.length > 0) return false;
    const wanted = pieces.map(({ code, keys, text }) => [text, marksText(keys, code)] as const);
    const read = block.runs.map(({ marks, text }) => {
      const keys = SIGNS.flatMap(([key]) => (marks[key] === true ? [key] : []));
      return [text, marksText(keys, marks['code'] === true)] as const;
    });
    return unitsOf(wanted) === unitsOf(read);
  }
}

/** Marks of each character: where runs begin and end says nothing. */
function unitsOf(list: readonly (readonly [text: string, marks: string])[]): string {
  return JSON.stringify(list.flatMap(([text, marks]) => Array.from(text, (unit) => [unit, marks])));
}

/** Where a mark lies, without white space at its edges. */
function stretchesOf(pieces: readonly Piece[], key: string): Stretch[] {
  const found: Stretch[] = [];
  for (let from = 0; from < pieces.length; from++) {
    if (!isInked(pieces[from], key)) continue;
    let to = from + 1;
    for (let next = to; pieces[next]?.keys.includes(key) === true; next++) {
      if (isInked(pieces[next], key)) to = next + 1;
    }
    found.push({ key, from, to });
    from = to - 1;
  }
  return found;
}

function isInked(piece: Piece | undefined, key: string): boolean {
  return piece?.keys.includes(key) === true && (piece.code || piece.text.trim() !== '');
}

/** Pieces with the signs of these stretches and no others; what is alike then is one piece. */
function withSigns(pieces: readonly Piece[], stretches: readonly Stretch[]): Piece[] {
  const signed: Piece[] = [];
  pieces.forEach((piece, at) => {
    const keys = SIGNS.flatMap(([key]) =>
      stretches.some((each) => each.key === key && each.from <= at && at < each.to) ? [key] : [],
    );
    const last = signed.at(-1);
    // Two pieces of code beside each other would be read as one with signs in it.
    if (last !== undefined && isAlike(last, { ...piece, keys })) {
      signed[signed.length - 1] = { ...last, text: last.text + piece.text };
    } else signed.push({ ...piece, keys });
  });
  return signed;
}

function isAlike(a: Piece, b: Piece): boolean {
  return a.code === b.code && a.link === b.link && a.keys.join() === b.keys.join();
}

function marksText(keys: readonly string[], code: boolean): string {
  return [...keys, code ? 'code' : ''].join(' ');
}

/** Text with signs; breaks inside of the block are still the character. */
function written(pieces: readonly Piece[]): string {
  let text = '';
  let open: readonly string[] = [];
  let link: string | undefined;
  const close = (to: number): void => {
    for (const key of open.slice(to).reverse()) text += signOf(key);
    open = open.slice(0, to);
  };
  const endLink = (): void => {
    if (link !== undefined) text += `](<${escapedAddress(link)}>)`;
  };
  pieces.forEach((piece, at) => {
    if (piece.link !== link) {
      close(0);
      endLink();
      if (piece.link !== undefined) text += '[';
      link = piece.link;
    }
    let same = 0;
    while (same < open.length && open[same] === piece.keys[same]) same++;
    close(same);
    for (const key of piece.keys.slice(same)) text += signOf(key);
    open = piece.keys;
    const isStart = text === '' || text.endsWith(LINE_BREAK);
    text += piece.code ? codeOf(piece.text) : plainOf(piece.text, isStart, isEnd(pieces[at + 1]));
  });
  close(0);
  endLink();
  return text;
}

/** True where the line ends behind a piece. */
function isEnd(next: Piece | undefined): boolean {
  return next === undefined || next.text.startsWith(LINE_BREAK);
}

function signOf(key: string): string {
  return SIGNS.find(([name]) => name === key)?.[1] ?? '';
}

function codeOf(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .*\S.* $/u.test(text) ? ' ' : '';
  return ticks + pad + text + pad + ticks;
}

function plainOf(text: string, isStart: boolean, isLast: boolean): string {
  const lines = text.split(LINE_BREAK);
  return lines
    .map((line, at) => {
      const begun = isStart || at > 0 ? escapedStart(escaped(line)) : escaped(line);
      return isLast || at < lines.length - 1 ? escapedEnd(begun) : begun;
    })
    .join(LINE_BREAK);
}

/** Text in which nothing is a sign. */
export function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<]|&(?=[#\w])|~(?=~|$)|(?<=~)~|!$/g, '\\$&')
    .replaceAll('\r', LINE_BREAK);
}

/** What would begin a block at the start of a line, and white space there. */
function escapedStart(line: string): string {
  const [, space = '', rest = ''] = /^(\s*)(.*)$/su.exec(line) ?? [];
  const kept = rest.replace(/^([#+=>~-])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2');
  return asEntities(space) + kept;
}

/** White space at the end of a line, which readers drop. */
function escapedEnd(line: string): string {
  return line.replace(/\s+$/u, asEntities);
}

function asEntities(space: string): string {
  return Array.from(space, (unit) => `&#${unit.codePointAt(0) ?? 0};`).join('');
}

function escapedAddress(address: string): string {
  return address.replace(/[\\<>&]/g, '\\$&').replaceAll('\n', '%0A');
}
