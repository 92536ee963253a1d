/**
 * What a block is, as registers hold it: the structural check that may make an op void. How deep an item is
 * and whether its box is checked are registers of their own, so who indents and who checks do not meet.
 */
import type { Value } from '@atoll/codec';
import type { Block } from '@atoll/schema';

/** Depth of an item of a list; deeper ones have no room on a page. */
export const BLOCK_DEPTH_MAX = 8;
/** UTF-16 units of a code block's language. */
export const LANGUAGE_UNITS_MAX = 64;

/** What a block is where nothing was written. */
export const PARAGRAPH: Block = Object.freeze({ kind: 'paragraph' });
/** The unit before every block but the first. */
export const BLOCK_UNIT = '\n';
/** The key of the first block's register, which has no unit before it. */
export const START_KEY = 'start';

/** A register of a block: what it is, how deep it is in a list, whether its box is checked. */
export type BlockPart = 'kind' | 'depth' | 'checked';

/** The parts, in the order of their codes in a row. */
export const BLOCK_PARTS: readonly BlockPart[] = ['kind', 'depth', 'checked'];

/** What the parts of a block say; absent where nothing was written. */
export type PartValues = { readonly [part in BlockPart]?: Value | undefined };

type Check = (value: unknown) => boolean;

const isDepth: Check = (value) => isBetween(value, 0, BLOCK_DEPTH_MAX);
const isFlag: Check = (value) => typeof value === 'boolean';

/** What each kind of block has besides its kind, in the same register. */
const FORMS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  paragraph: {},
  quote: {},
  divider: {},
  heading: { level: (value) => isBetween(value, 1, 6) },
  bullet: {},
  ordered: {},
  todo: {},
  code: { language: isLanguage },
  embed: {
    object: (value) => isHex(value, 32),
    space: (value) => value === undefined || isHex(value, 64),
  },
};

/** What some kinds have in registers of their own. */
const APART: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  bullet: { depth: isDepth },
  ordered: { depth: isDepth },
  todo: { depth: isDepth, checked: isFlag },
};

/** True if a value is a block in its one form. */
export function isBlock(value: unknown): value is Block {
  return hasForm(value, (kind) => ({ ...formOf(FORMS, kind), ...formOf(APART, kind) }));
}

/** True if the register of a part may hold a value. */
export function isPart(part: BlockPart, value: unknown): boolean {
  if (part === 'depth') return isDepth(value);
  if (part === 'checked') return isFlag(value);
  return hasForm(value, (kind) => formOf(FORMS, kind));
}

/** A block as its registers hold it, without what they need not say. */
export function partsOf(block: Block): PartValues {
  const { depth, checked, ...kind } = block as { readonly [name: string]: Value } & Block;
  return {
    kind: kind as unknown as Value,
    ...(depth === undefined ? {} : { depth }),
    ...(checked === undefined ? {} : { checked }),
  };
}

/** The block that registers say. What somebody wrote in a form that is none counts as not written. */
export function blockOf(parts: PartValues): Block {
  const { kind = PARAGRAPH as unknown as Value, depth = 0, checked = false } = parts;
  const { kind: name } = kind as { readonly kind?: string };
  const apart = name === undefined ? undefined : formOf(APART, name);
  const block = {
    ...(kind as object),
    ...(apart?.['depth'] === undefined ? {} : { depth }),
    ...(apart?.['checked'] === undefined ? {} : { checked }),
  };
  return isBlock(block) ? block : PARAGRAPH;
}

function formOf<Form>(forms: Readonly<Record<string, Form>>, kind: string): Form | undefined {
  return Object.hasOwn(forms, kind) ? forms[kind] : undefined;
}

function hasForm(
  value: unknown,
  formFor: (kind: string) => Readonly<Record<string, Check>> | undefined,
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { kind, ...rest } = value as { readonly [name: string]: unknown };
  if (typeof kind !== 'string' || !Object.hasOwn(FORMS, kind)) return false;
  const form = formFor(kind) ?? {};
  return (
    Object.keys(rest).every((name) => Object.hasOwn(form, name) && rest[name] !== undefined) &&
    Object.entries(form).every(([name, check]) => check(rest[name]))
  );
}

/** Equality of blocks. */
export function sameBlock(a: Block, b: Block): boolean {
  if (a === b) return true;
  const one = a as unknown as { readonly [name: string]: unknown };
  const other = b as unknown as { readonly [name: string]: unknown };
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isLanguage(value: unknown): boolean {
  return (
    typeof value === 'string' && value.length <= LANGUAGE_UNITS_MAX && /^[\w.+#-]*$/.test(value)
  );
}

function isHex(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}
