// Documents age by their links: each relative one must lead somewhere.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findFiles } from './source-files.ts';
import { ROOT } from './run/command.ts';

const DOCUMENTS = findFiles(['*.md', '{docs,spec,bench,lab,packages,apps,examples}/**/*.md']);

/** Targets of links and pictures that are neither addresses nor places in the same document. */
function relativeLinks(text: string): string[] {
  const withoutCode = text.replaceAll(/```.*?```|`[^`\n]*`/gsu, '');
  return [...withoutCode.matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map((match) => match.groups?.['target'] ?? '')
    .filter((target) => !/^([a-z]+:|#)/u.test(target))
    .map((target) => target.replace(/#.*$/u, ''));
}

test.each(DOCUMENTS)('%s links only to what is there', (path) => {
  const broken = relativeLinks(readFileSync(ROOT + path, 'utf8')).filter(
    (target) => !existsSync(join(ROOT, dirname(path), target)),
  );
  expect(broken).toEqual([]);
});
