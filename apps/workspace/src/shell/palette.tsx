/** Find or do: things of all spaces and commands, as fast as typing. */
import type { Space } from '@atoll/client';
import { useOpened, useSpaces, useSpace } from '@atoll/react';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useId, useMemo, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { FIND } from '../copy/palette.ts';
import { PrivateMark } from '../private/private-mark.tsx';
import { Icon } from '../ui/icon.tsx';
import { useCommands } from './commands.tsx';
import { findActions, findThings, type Found } from './find.ts';
import { marked } from './mark-words.tsx';

const NO_SPACES: readonly Space[] = [];

/** The palette. */
export function Palette({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { place, go, lay } = useNavigation();
  const { run, can } = useCommands();
  const spaces = useSpaces();
  const here = useSpace(place.at === 'space' ? place.space : undefined);
  const [words, setWords] = useState('');
  const [everywhere, setEverywhere] = useState(true);
  const [at, setAt] = useState(0);
  const id = useId();
  const asked = useDeferredValue(words);
  const isWide = everywhere || here === undefined;
  // Spaces that nobody uses may be closed: they are opened for whoever looks for something in all of them.
  const looked = isWide && asked.trim() !== '' ? spaces : NO_SPACES;
  const opened = useOpened(looked);
  const found = useMemo(() => {
    const scope = isWide ? opened : [here];
    return [
      ...findThings(asked, scope, here),
      ...findActions(asked, { here, spaces, go, lay, run, can }),
    ];
  }, [asked, isWide, opened, here, spaces, go, lay, run, can]);
  const chosen = Math.min(at, found.length - 1);
  const choose = (entry: Found | undefined): void => {
    onClose();
    entry?.choose();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) setAt((chosen + move + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') choose(found[chosen]);
    else if (event.key === 'Tab' && here !== undefined) setEverywhere(!everywhere);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil">
          <Dialog.Content className="palette" aria-describedby={undefined} data-testid="palette">
            <Dialog.Title className="for-readers">{FIND.title}</Dialog.Title>
            <div className="ask">
              <Icon name="search" />
              <input
                role="combobox"
                aria-expanded="true"
                aria-controls={`${id}-list`}
                aria-activedescendant={found.length === 0 ? undefined : `${id}-${String(chosen)}`}
                aria-label={FIND.title}
                placeholder={FIND.placeholder}
                value={words}
                onKeyDown={onKeyDown}
                onChange={(event) => {
                  setWords(event.target.value);
                  setAt(0);
                }}
              />
            </div>
            <div className="found" id={`${id}-list`} role="listbox" aria-label={FIND.results}>
              <Results found={found} chosen={chosen} id={id} words={asked} onChoose={choose} />
            </div>
            <footer>
              <span className="grow" role="status">
                {opened.length < looked.length ? FIND.looking : FIND.here}
              </span>
              {here === undefined ? null : (
                <span>{everywhere ? FIND.onlyHere : FIND.everywhere}</span>
              )}
            </footer>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Results(props: {
  readonly found: readonly Found[];
  readonly chosen: number;
  readonly id: string;
  readonly words: string;
  readonly onChoose: (entry: Found) => void;
}): ReactElement {
  const groups = [...new Set(props.found.map((entry) => entry.group))];
  if (props.found.length === 0) {
    return (
      <p className="small ink-2" style={{ padding: 'var(--s4) var(--s5)' }}>
        {FIND.nothing}
      </p>
    );
  }
  return (
    <>
      {groups.map((group) => (
        <div key={group} role="group" aria-label={group}>
          <h3 aria-hidden="true">{group}</h3>
          {props.found.map((entry, index) =>
            entry.group === group ? (
              <div
                key={index}
                id={`${props.id}-${String(index)}`}
                className="hit"
                role="option"
                aria-selected={index === props.chosen}
                ref={(node) => {
                  if (index === props.chosen) node?.scrollIntoView({ block: 'nearest' });
                }}
                onClick={() => props.onChoose(entry)}
              >
                <Icon name={entry.icon} />
                <span className="cut">{marked(entry.title, props.words)}</span>
                <PrivateMark privacy={entry.privacy} />
                <span className="grow cut meta">{entry.detail}</span>
                {entry.keys === undefined ? null : <kbd>{entry.keys}</kbd>}
              </div>
            ) : null,
          )}
        </div>
      ))}
    </>
  );
}
