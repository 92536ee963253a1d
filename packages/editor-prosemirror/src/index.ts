/** ProseMirror over a rich text: schema, binding, keys, cursors of others. @packageDocumentation */
export {
  blockAtSelection,
  editingPlugin,
  indent,
  insertDivider,
  isMarked,
  setLink,
  toggle,
  toggleBlock,
  type EditingOptions,
  type SimpleMark,
} from './editing.ts';
export type { EmbeddedObject, FillEmbed } from './embed-view.ts';
export { insertEmbed, type OnFiles } from './embed.ts';
export { showHighlights, type Highlight } from './highlights.ts';
export { remoteCursorsPlugin, showRemoteCursors, type RemoteCursor } from './remote-cursors.ts';
export {
  RichBinding,
  richBindingKey,
  richBindingPlugin,
  type RichBindingOptions,
  type StableSelection,
} from './rich-binding.ts';
export { createRichEditor, type RichEditorOptions } from './rich-editor.ts';
export { docOf, documentOf, posAtUnit, unitAtPos } from './rich-nodes.ts';
export { richSchema, type RichMarkName, type RichNodeName } from './rich-schema.ts';
