/** Yjs documents inside a space: existing Yjs editors work on them. @packageDocumentation */
export { bindAwareness, type AwarenessPlace } from './space-awareness.ts';
export { yjsModel, type YjsDocument } from './yjs-model.ts';
export { documentText } from './document-text.ts';
export { type DocumentState, type UpdateOp } from './document-state.ts';
