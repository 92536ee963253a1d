/**
 * Names that other people chose, made safe to show: of people, teams, devices, spaces, types. A name is one short line
 * that ends where it ends; it says nothing about the words around it and cannot look empty or like another one.
 *
 * What goes, by classes of Unicode:
 * - `Cc`, `Zl`, `Zp`: controls and line breaks. They steer terminals, and make lines that nobody wrote.
 * - `Cf`, among them all that have effect on direction (UAX #9: LRM, RLM, ALM, LRE to RLO, PDF, LRI to PDI), and
 *   `Default_Ignorable_Code_Point` (UTR #36 2.10: zero width spaces, fillers, tags, variation selectors, soft
 *   hyphens): nobody sees them, so two names with and without are one to the eye. Those that make an emoji, a letter of
 *   Arabic or of an Indic script (UAX #31 2.3), or a variant of a Han letter stay where they do that.
 * - `Co`, surrogates that stand alone, noncharacters: each looks as a font likes; U+FFFD stands for them.
 * - More than four marks upon a letter (UTS #39 5.4), and marks upon nothing: they draw over what is beside them.
 * - White space in a row, also the blank Braille pattern: one space.
 * - All beyond {@link NAME_SHOWN_MAX} characters.
 *
 * Letters of right-to-left scripts stay, of course; whoever puts a name into a sentence isolates it there.
 */

/** Characters (code points) of a name that are shown: more than an honest one has, and it fits into a dialog. */
export const NAME_SHOWN_MAX = 80;
/** Code units that are looked at: a name may come with a megabyte of nothing. */
const UNITS_READ_MAX = 4096;
/** Code units of words that are looked at. */
const WORDS_UNITS_MAX = 16_384;
/** Bytes of an identity in its mark. Whoever wants the same name and mark makes 2^48 identities. */
const MARK_BYTES = 6;

/** Scripts in which a joiner changes how letters look. */
const JOINED =
  '\\p{sc=Arabic}\\p{sc=Syriac}\\p{sc=Nko}\\p{sc=Devanagari}\\p{sc=Bengali}\\p{sc=Gurmukhi}\\p{sc=Gujarati}' +
  '\\p{sc=Oriya}\\p{sc=Tamil}\\p{sc=Telugu}\\p{sc=Kannada}\\p{sc=Malayalam}\\p{sc=Sinhala}\\p{sc=Khmer}\\p{sc=Myanmar}';
const UNSEEN = new RegExp(
  [
    String.raw`(?<kept>\p{RGI_Emoji}|(?<=\p{sc=Han})[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]`,
    String.raw`|(?<=[${JOINED}])[\u200c\u200d](?=[${JOINED}]))`,
    String.raw`|(?<blank>[\p{White_Space}\u2800])`,
    String.raw`|(?<shapeless>[\p{Co}\p{Noncharacter_Code_Point}])`,
    String.raw`|[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`,
  ].join(''),
  'gv',
);
/** Names that need no look: most. */
const PLAIN = /^(?:[!-~] ?){1,39}[!-~]$/;
const MARKS_IN_A_ROW = /(?<most>[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gv;
const MARK_UPON_NOTHING = /(?<start>^| )(?=\p{M})/gv;
const CUT_IN_TWO = /[\p{M}\u200c\u200d]+$/v;

/** A name as it can be shown; empty where nothing of it is seen. */
export function shownName(written: string): string {
  if (PLAIN.test(written)) return written;
  const seen = seenOf(written.slice(0, UNITS_READ_MAX));
  const name = seen.replace(MARK_UPON_NOTHING, '$<start>\u25cc');
  const characters = [...name];
  if (characters.length <= NAME_SHOWN_MAX) return name;
  const cut = characters.slice(0, NAME_SHOWN_MAX - 1).join('');
  return `${cut.replace(CUT_IN_TWO, '').trimEnd()}\u2026`;
}

/** Some words that somebody says of himself or asks with, as they can be shown: lines stay, but no empty ones. */
export function shownWords(written: string): string {
  const lines = written.slice(0, WORDS_UNITS_MAX).split(/[\n\v\f\r\u0085\u2028\u2029]+/);
  const seen = lines.map(seenOf);
  return seen.filter((line) => line !== '').join('\n');
}

function seenOf(text: string): string {
  // What is taken away may bring a letter and a mark together that are one letter.
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(UNSEEN, (found, ...rest) => {
      const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
      if (groups['kept'] !== undefined) return found;
      if (groups['blank'] !== undefined) return ' ';
      return groups['shapeless'] === undefined ? '' : '\ufffd';
    })
    .normalize('NFC')
    .replace(MARKS_IN_A_ROW, '$<most>')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Letters and digits that look like those of Latin: enough for what is typed by hand, not all of UTS #39. */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  [
    ['a', 'аαɑ'],
    ['b', 'ьƅ'],
    ['c', 'сϲ'],
    ['d', 'ԁ'],
    ['e', 'еє'],
    ['h', 'һ'],
    ['j', 'јϳ'],
    ['k', 'кκ'],
    // Of these nobody tells capitals and digits apart.
    ['l', 'iı1|іιӏǀ'],
    ['m', 'м'],
    ['n', 'ո'],
    ['o', '0оοσօ'],
    ['p', 'рρ'],
    ['q', 'ԛ'],
    ['s', 'ѕ'],
    ['t', 'тτ'],
    ['u', 'υս'],
    ['v', 'νѵ'],
    ['w', 'ԝω'],
    ['x', 'хχ'],
    ['y', 'уγ'],
    ['z', 'ζ'],
  ].flatMap(([latin = '', others = '']) => [...others].map((other) => [other, latin] as const)),
);
/** What a mark looks like at the end of a name: whoever calls himself like a marked one is like that one. */
const MARKED = / · [0-9a-f]{4}(?: [0-9a-f]{4}){2}$/;
const LIKE_A_MARK = /(?:[^\p{L}\p{N}]*[0-9a-f]{4}){3}$/v;

/** Names that look the same have the same form: in the manner of a skeleton (UTS #39 4), but coarser. */
export function formOfName(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase();
  const letters = plain
    .replace(LIKE_A_MARK, '')
    .replace(/[^\p{L}\p{N}\p{S}]+/gv, '')
    .replace(/./gsv, (letter) => LOOKS_LIKE.get(letter) ?? letter);
  return letters.replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** What follows the name of somebody who looks like somebody else by it: the beginning of what he is. */
function markOf(identity: string): string {
  const digits = identity.slice(0, 2 * MARK_BYTES);
  return (digits.match(/.{1,4}/gs) ?? []).join(' ');
}

/** A name with its mark. */
export function markedName(name: string, identity: string): string {
  return `${name} · ${markOf(identity)}`;
}

/** A shown name without the mark that it may have. */
export function unmarkedName(shown: string): string {
  return shown.replace(MARKED, '');
}

/** True for a shown name with a mark: somebody else there looks the same by his. */
export function isMarked(shown: string): boolean {
  return MARKED.test(shown);
}

/** True if somebody who is shown as `shown` is meant by `typed`: his name, with or without a mark. */
export function isCalled(shown: string, typed: string): boolean {
  const name = shownName(typed);
  return shown === name || (shown.startsWith(`${name} · `) && MARKED.test(shown));
}
