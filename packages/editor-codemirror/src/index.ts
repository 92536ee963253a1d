/** CodeMirror over a plain text: binding, keys, cursors of others, Markdown. @packageDocumentation */
export { remoteCursors, showRemoteCursors, type RemoteCursor } from './remote-cursors.ts';
export {
  docOf,
  TextBinding,
  textBinding,
  type StableSelection,
  type TextBindingOptions,
} from './text-binding.ts';
export { createTextEditor, type TextEditorOptions } from './text-editor.ts';
