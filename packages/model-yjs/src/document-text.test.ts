import { expect, test } from 'vitest';
import { Array as YArray, Doc, Map as YMap, XmlElement, XmlText } from 'yjs';
import { documentText } from './document-text.ts';
import { shownDocument } from './shown-document.ts';

function paragraph(...texts: readonly string[]): XmlElement {
  const element = new XmlElement('paragraph');
  element.setAttribute('id', 'never read');
  element.insert(
    0,
    texts.map((text) => new XmlText(text)),
  );
  return element;
}

test('a page is its lines, however deep its elements lie, without marks and attributes', () => {
  const doc = new Doc();
  const group = new XmlElement('blockGroup');
  group.insert(0, [paragraph('Pack ', 'the tent'), paragraph(''), paragraph('Go')]);
  doc.getXmlFragment('page').insert(0, [paragraph('The plan'), group]);
  const [first] = doc.getXmlFragment('page').toArray();
  (first as XmlElement).toArray().forEach((text) => (text as XmlText).format(0, 3, { bold: true }));
  expect(documentText(shownDocument(doc))).toBe('The plan\nPack the tent\nGo');
});

test('texts, maps and lists are read, and embeds are passed over', () => {
  const doc = new Doc();
  doc.getText('a').insert(0, 'One\nTwo');
  doc.getText('a').insertEmbed(3, { image: 'x' });
  doc.getMap('b').set('where', 'Horta');
  doc.getMap('b').set('more', new YMap([['nights', 3]]));
  doc.getArray('c').push([new YArray(), 'last', true]);
  expect(documentText(shownDocument(doc)).split('\n')).toEqual([
    'One',
    'Two',
    'more: ',
    'nights: 3',
    'where: Horta',
    'lasttrue',
  ]);
});

test('it is as long as was asked for, of whole characters, and empty for what is no document', () => {
  const doc = new Doc();
  doc.getText('a').insert(0, 'ab🙂cd');
  expect(documentText(shownDocument(doc), 4)).toBe('ab🙂');
  expect(documentText(shownDocument(doc), 3).isWellFormed()).toBe(true);
  for (const nothing of [undefined, null, 'text', 3, [], { model: 'x', ops: 3 }]) {
    expect(documentText(nothing)).toBe('');
  }
});
