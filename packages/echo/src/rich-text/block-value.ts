/** What a block is, as a register holds it: the structural check that may make an op void. */
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

type Check = (value: unknown) => boolean;

const isDepth: Check = (value) => isBetween(value, 0, BLOCK_DEPTH_MAX);

/** What each kind of block has besides its kind. */
const FORMS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  paragraph: {},
  quote: {},
  divider: {},
  heading: { level: (value) => isBetween(value, 1, 6) },
  bullet: { depth: isDepth },
  ordered: { depth: isDepth },
  todo: { depth: isDepth, checked: (value) => typeof value === 'boolean' },
  code: { language: isLanguage },
  embed: {
    object: (value) => isHex(value, 32),
    space: (value) => value === undefined || isHex(value, 64),
  },
};

/** True if a value is a block in its one form. */
export function isBlock(value: unknown): value is Block {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { kind, ...rest } = value as { readonly [name: string]: unknown };
  const form = typeof kind === 'string' && Object.hasOwn(FORMS, kind) ? FORMS[kind] : undefined;
  if (form === undefined) return false;
  return (
    Object.keys(rest).every((name) => Object.hasOwn(form, name) && rest[name] !== undefined) &&
    Object.entries(form).every(([name, check]) => check(rest[name]))
  );
}

/** A block as a register holds it. */
export function blockValue(block: Block): Value {
  return { ...block };
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
