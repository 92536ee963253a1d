/** Names of types and fields as people read them. */
import { shownName } from '@atoll/client';
import type { TypeData } from '@atoll/schema';

/** Types that the engine keeps for itself. */
const OWN_PREFIX = 'org.atoll.';

/** True for types that are people's things. */
export function isShownType(name: string): boolean {
  return !name.startsWith(OWN_PREFIX);
}

/** "Package" of `org.example.Package`. */
export function typeNoun(name: string): string {
  const noun = name.split('.').at(-1) ?? name;
  return spaced(noun);
}

/** "Packages" of `org.example.Package`. */
export function typePlural(name: string): string {
  const noun = typeNoun(name);
  if (/[^aeiou]y$/iu.test(noun)) return `${noun.slice(0, -1)}ies`;
  if (/(?:s|x|ch|sh)$/iu.test(noun)) return `${noun}es`;
  return `${noun}s`;
}

/** "Installed size" of `installedSizeKiB`. */
export function fieldWords(field: string): string {
  return spaced(field.replace(/KiB$/u, ''));
}

/** The same with its unit, where values are shown as they are stored. */
export function fieldWithUnit(field: string): string {
  return /KiB$/u.test(field) ? `${fieldWords(field)}, KiB` : fieldWords(field);
}

/** The field that names an object of a type: `title`, `name`, or the first text. */
export function titleField(type: TypeData): string | undefined {
  const names = Object.keys(type.fields);
  const known = ['title', 'name', 'label', 'displayName'].find((name) => names.includes(name));
  return known ?? names.find((name) => type.fields[name]?.kind === 'string');
}

function spaced(name: string): string {
  const words = shownName(name)
    .replace(/[_-]+/gu, ' ')
    .replace(/([a-z\d])([A-Z])/gu, '$1 $2');
  const lower = words.replace(/ ([A-Z])(?=[a-z])/gu, (match) => match.toLowerCase());
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}
