/** ProseMirror over y-prosemirror, as it is, in a real browser: two editors on two replicas of a space. */
import { Schema } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { expect, test, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import { initProseMirrorDoc, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror';
import { ready } from '@atoll/crypto';
import { LiveCell, type Presence, type PresenceEntry, type PresenceState } from '@atoll/client';
import { ModelReplica } from '@atoll/testkit/contracts';
import { bindAwareness } from './space-awareness.ts';
import { yjsModel, type YjsDocument } from './yjs-model.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'paragraph+' },
    paragraph: { content: 'text*', toDOM: () => ['p', 0], parseDOM: [{ tag: 'p' }] },
    text: {},
  },
  marks: { strong: { toDOM: () => ['strong', 0], parseDOM: [{ tag: 'strong' }] } },
});

const HUE: PresenceEntry['hue'] = 1;

/** Presence between two devices, as a space has it, without a network. */
class Desk implements Presence {
  readonly others = new LiveCell<readonly PresenceEntry[]>([]);
  other: Desk | undefined;
  readonly #name: string;
  #state: PresenceState = {};

  constructor(name: string) {
    this.#name = name;
  }

  set(state: PresenceState): void {
    const { parts } = this.#state;
    this.#tell(parts === undefined ? state : { ...state, parts });
  }

  setPart(key: string, value: unknown): void {
    this.#tell({ ...this.#state, parts: { ...this.#state.parts, [key]: value } });
  }

  #tell(state: PresenceState): void {
    this.#state = state;
    const entry = {
      member: this.#name,
      displayName: this.#name,
      hue: HUE,
      device: this.#name,
      state,
    };
    this.other?.others.set([entry]);
  }
}

function editorOf(document: YjsDocument, awareness: Awareness): EditorView {
  const fragment = document.doc.getXmlFragment('page');
  const { doc, mapping } = initProseMirrorDoc(fragment, schema);
  const plugins = [ySyncPlugin(fragment, { mapping }), yCursorPlugin(awareness), yUndoPlugin()];
  const place = globalThis.document.createElement('div');
  globalThis.document.body.append(place);
  return new EditorView(place, { state: EditorState.create({ doc, plugins }) });
}

test('two ProseMirror editors bound by y-prosemirror converge, show cursors, and undo their own', async () => {
  await ready();
  const ada = ModelReplica.of(yjsModel, 'ada');
  const bob = ModelReplica.of(yjsModel, 'bob');
  ada.create();
  bob.take(ada.log);
  const desks = [new Desk('ada'), new Desk('bob')] as const;
  desks[0].other = desks[1];
  desks[1].other = desks[0];
  const place = { object: 'note', field: 'body' };
  const [left, right] = [ada, bob].map((replica, at) => {
    const document = replica.view();
    const awareness = new Awareness(document.doc);
    bindAwareness(awareness, desks[at] as Desk, place);
    awareness.setLocalStateField('user', { name: at === 0 ? 'Ada' : 'Bob', color: '#0000ff' });
    return { view: editorOf(document, awareness), awareness };
  }) as [Side, Side];
  left.view.dispatch(left.view.state.tr.insertText('Hello world'));
  // What the application says of itself takes nothing away from the editor, nor the other way round.
  desks[0].set({ view: 'notes' });
  meet(ada, bob);
  expect(right.view.state.doc.textContent).toBe('Hello world');
  // At once, on both sides, without knowing of each other.
  left.view.dispatch(left.view.state.tr.insertText('Oh, ', 1));
  right.view.dispatch(right.view.state.tr.insertText('!', 12));
  const strong = schema.marks['strong']?.create();
  if (strong !== undefined) right.view.dispatch(right.view.state.tr.addMark(7, 12, strong));
  meet(ada, bob);
  expect(left.view.state.doc.textContent).toBe('Oh, Hello world!');
  expect(right.view.dom.innerHTML).toBe(left.view.dom.innerHTML);
  expect(left.view.dom.querySelector('strong')?.textContent).toBe('world');
  expect(ada.root()).toBe(bob.root());
  // Bob takes back what is his.
  undo(right.view.state);
  meet(ada, bob);
  expect(left.view.state.doc.textContent).toBe('Oh, Hello world');
  const states = [...right.awareness.getStates().values()];
  expect(states.map((state) => (state['user'] as { name: string }).name).sort()).toEqual([
    'Ada',
    'Bob',
  ]);
  expect(desks[1].others.get()[0]?.state.view).toBe('notes');
  // Ada's cursor stands in Bob's editor, drawn by the plugin itself.
  left.view.focus();
  left.view.dispatch(left.view.state.tr.insertText('?', 1));
  await vi.waitFor(() => {
    const label = right.view.dom.querySelector('.ProseMirror-yjs-cursor');
    expect(label?.textContent).toContain('Ada');
  });
});

interface Side {
  readonly view: EditorView;
  readonly awareness: Awareness;
}

function meet(ada: ModelReplica<YjsDocument>, bob: ModelReplica<YjsDocument>): void {
  ada.tick();
  bob.tick();
  ada.take(bob.log);
  bob.take(ada.log);
}
