/** Ties React to the objects in an editor's text: each has a place there that is filled from here. */
import type { Space } from '@atoll/client';
import type { EmbeddedObject, FillEmbed } from '@atoll/editor-prosemirror';
import { useCallback, useRef, useState, type ReactElement } from 'react';
import { createPortal } from 'react-dom';
import { Embed } from './embed.tsx';

/** An object in the text and the place for it. */
export interface PlacedEmbed {
  readonly key: number;
  readonly place: HTMLElement;
  readonly embedded: EmbeddedObject;
}

/** The objects of an editor, and what the editor is told to do with their places. */
export function usePlacedEmbeds(): {
  readonly placed: readonly PlacedEmbed[];
  readonly fill: FillEmbed;
} {
  const [placed, setPlaced] = useState<readonly PlacedEmbed[]>([]);
  const lastKey = useRef(0);
  const fill = useCallback<FillEmbed>((place, embedded) => {
    const key = ++lastKey.current;
    setPlaced((all) => [...all, { key, place, embedded }]);
    return () => setPlaced((all) => all.filter((each) => each.key !== key));
  }, []);
  return { placed, fill };
}

/** Fills the places. */
export function EmbedsInText(props: {
  readonly space: Space;
  readonly placed: readonly PlacedEmbed[];
  readonly canWrite: boolean;
}): ReactElement {
  const { space, placed, canWrite } = props;
  return (
    <>
      {placed.map(({ key, place, embedded }) =>
        createPortal(
          <Embed
            space={space}
            id={embedded.object}
            otherSpace={embedded.space === space.id ? undefined : embedded.space}
            canWrite={canWrite}
            remove={embedded.remove}
          />,
          place,
          key,
        ),
      )}
    </>
  );
}
