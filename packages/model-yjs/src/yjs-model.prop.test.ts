/** Yjs documents pass the laws of all models, with texts, marks, maps and nested types. */
import { modelContract } from '@atoll/testkit/contracts';
import { XmlElement, XmlText } from 'yjs';
import { yjsModel } from './yjs-model.ts';

modelContract({
  model: yjsModel,
  runs: 40,
  edit({ doc }, random) {
    const text = doc.getText('text');
    const ends = boundaries(text.toString());
    const at = random(ends.length);
    const place = ends[at] as number;
    const left = (ends[at + random(ends.length - at)] as number) - place;
    switch (random(7)) {
      case 0:
      case 1:
        text.insert(place, ['a', 'bc', '🙂', 'def'][random(4)] as string);
        return;
      case 2:
        if (left > 0) text.delete(place, left);
        return;
      case 3:
        if (left > 0) text.format(place, left, { bold: random(2) === 0 ? true : null });
        return;
      case 4:
        doc.getMap('map').set('xyz'[random(3)] as string, random(100));
        return;
      case 5: {
        const page = doc.getXmlFragment('page');
        const element = new XmlElement('p');
        element.insert(0, [new XmlText(String(random(10)))]);
        page.insert(random(page.length + 1), [element]);
        return;
      }
      default: {
        const page = doc.getXmlFragment('page');
        if (page.length > 0) page.delete(random(page.length), 1);
      }
    }
  },
});

/** Places between characters: Yjs damages a pair of surrogates that it is asked to look between. */
function boundaries(text: string): number[] {
  const ends = [0];
  for (const character of text) ends.push((ends.at(-1) as number) + character.length);
  return ends;
}
