/** The bar over a note's text: what the block is, and what is selected. One stop of the tab key. */
import { isSafeLink, sameBlock, type Block } from '@atoll/client';
import {
  insertDivider,
  setLink,
  toggle,
  toggleBlock,
  type createRichEditor,
  type SimpleMark,
} from '@atoll/editor-prosemirror';
import { Toolbar } from 'radix-ui';
import { useRef, useState, type ReactElement } from 'react';
import { FILES } from '../copy/files.ts';
import { COMMENTS } from '../copy/comments.ts';
import { FORMAT } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';

type View = ReturnType<typeof createRichEditor>;
type Command = ReturnType<typeof toggle>;

/** What the bar shows. */
export interface Format {
  readonly block: Block;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly strike: boolean;
  readonly code: boolean;
  readonly link: boolean;
  /** Nothing is selected, so that nothing can become a link. */
  readonly isEmpty: boolean;
}

/** Before an editor says something else. */
export const NO_FORMAT: Format = {
  block: { kind: 'paragraph' },
  bold: false,
  italic: false,
  strike: false,
  code: false,
  link: false,
  isEmpty: true,
};

const MARKS: readonly (readonly [mark: SimpleMark & IconName & keyof Format, keys: string])[] = [
  ['bold', 'mod+b'],
  ['italic', 'mod+i'],
  ['strike', 'mod+shift+x'],
  ['code', 'mod+e'],
];

const BLOCKS: readonly Block[] = [
  { kind: 'paragraph' },
  { kind: 'heading', level: 1 },
  { kind: 'heading', level: 2 },
  { kind: 'heading', level: 3 },
  { kind: 'bullet', depth: 0 },
  { kind: 'ordered', depth: 0 },
  { kind: 'todo', depth: 0, checked: false },
  { kind: 'quote' },
  { kind: 'code', language: '' },
];

function nameOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return FORMAT.heading(block.level);
    case 'code':
      return FORMAT.codeBlock;
    default:
      return FORMAT[block.kind];
  }
}

function isAt(block: Block, at: Block): boolean {
  return block.kind === 'heading' ? sameBlock(block, at) : block.kind === at.kind;
}

/** The bar. */
export function FormatBar(props: {
  readonly view: View;
  readonly format: Format;
  readonly asksLink: boolean;
  readonly onAsksLink: (asks: boolean) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onComment: () => void;
}): ReactElement {
  const { view, format } = props;
  const picker = useRef<HTMLInputElement>(null);
  const run = (command: Command): void => {
    command(view.state, view.dispatch, view);
    // After a menu or dialog has given the focus back to where it was opened.
    requestAnimationFrame(() => view.focus());
  };
  const entries = BLOCKS.map((block): MenuEntry => {
    const chosen = isAt(block, format.block);
    return {
      label: nameOf(block),
      chosen,
      onSelect: () => run(chosen ? () => false : toggleBlock(block)),
    };
  });
  return (
    <>
      <Toolbar.Root className="format-bar" aria-label={FORMAT.bar}>
        <Menu
          entries={entries}
          trigger={
            <Toolbar.Button
              className="button quiet format-block"
              data-testid="format-block"
              aria-label={FORMAT.block(nameOf(format.block))}
            >
              {nameOf(format.block)}
              <Icon name="down" />
            </Toolbar.Button>
          }
        />
        {MARKS.map(([mark]) => (
          <Press
            key={mark}
            icon={mark}
            label={FORMAT[mark]}
            pressed={format[mark] === true}
            onPress={() => run(toggle(mark))}
          />
        ))}
        <Press
          icon="link"
          label={FORMAT.link}
          pressed={format.link}
          disabled={format.isEmpty}
          onPress={() => props.onAsksLink(true)}
        />
        <Press
          icon="comment"
          label={COMMENTS.comment}
          disabled={format.isEmpty}
          onPress={props.onComment}
        />
        <Press icon="divider" label={FORMAT.divider} onPress={() => run(insertDivider)} />
        <Press icon="picture" label={FILES.addPicture} onPress={() => picker.current?.click()} />
      </Toolbar.Root>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-testid="pick-for-text"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          props.onFiles(files);
        }}
      />
      {props.asksLink && !format.isEmpty ? (
        <LinkDialog
          isLink={format.link}
          onClose={() => props.onAsksLink(false)}
          onDone={(address) => {
            props.onAsksLink(false);
            run(setLink(address));
          }}
        />
      ) : null}
    </>
  );
}

function Press(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}): ReactElement {
  return (
    <Toolbar.Button
      className="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled === true}
      // What is selected stays selected.
      onMouseDown={(event) => event.preventDefault()}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
    </Toolbar.Button>
  );
}

function LinkDialog(props: {
  readonly isLink: boolean;
  readonly onClose: () => void;
  readonly onDone: (address: string | undefined) => void;
}): ReactElement {
  const [address, setAddress] = useState('');
  const [isBad, setBad] = useState(false);
  const done = (): void => {
    const whole = /^[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)/u.test(address) ? `https://${address}` : address;
    if (isSafeLink(whole)) props.onDone(whole);
    else setBad(true);
  };
  return (
    <Dialog
      title={FORMAT.link}
      onClose={props.onClose}
      footer={
        <>
          {props.isLink ? (
            <Button kind="quiet" onClick={() => props.onDone(undefined)}>
              {FORMAT.removeLink}
            </Button>
          ) : null}
          <Button kind="primary" onClick={done}>
            {FORMAT.setLink}
          </Button>
        </>
      }
    >
      <Field
        label={FORMAT.address}
        hint={FORMAT.addressHint}
        problem={isBad ? FORMAT.badAddress : undefined}
        value={address}
        inputMode="url"
        onChange={(event) => {
          setAddress(event.target.value.trim());
          setBad(false);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) done();
        }}
      />
    </Dialog>
  );
}
