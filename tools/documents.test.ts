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

/** The name by which a heading is found. */
function anchorOf(heading: string): string {
  const words = heading.replaceAll(/[`*]|\[(?<text>[^\]]*)\]\([^)]*\)/gu, '$<text>').toLowerCase();
  return words
    .trim()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchors(path: string): Set<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/```.*?```/gsu, '');
  const headings = [...text.matchAll(/^#+ (?<heading>.*)$/gmu)];
  return new Set(headings.map(({ groups }) => anchorOf(groups?.['heading'] ?? '')));
}

test.each(DOCUMENTS)('%s links to headings that are there', (path) => {
  const text = readFileSync(ROOT + path, 'utf8').replaceAll(/```.*?```|`[^`\n]*`/gsu, '');
  const links = [...text.matchAll(/\]\((?<file>[^)\s#:]*)#(?<anchor>[^)\s]+)\)/gu)];
  const broken = links.flatMap(({ groups }) => {
    const { file = '', anchor = '' } = groups ?? {};
    const target = file === '' ? ROOT + path : join(ROOT, dirname(path), file);
    if (!target.endsWith('.md') || !existsSync(target)) return [];
    return anchors(target).has(anchor) ? [] : `${file}#${anchor}`;
  });
  expect(broken).toEqual([]);
});
