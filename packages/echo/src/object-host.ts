/** What handles and their collections need of the database around them. */
import type { Value } from '@atoll/codec';
import type { ZoneId } from '@atoll/kernel';
import type { Ref } from '@atoll/schema';
import type { Fold } from './fold.ts';
import type { HiddenObjects } from './hidden-objects.ts';
import type { LocalChecks } from './local-checks.ts';
import type { ModelFields } from './models/model-fields.ts';
import type { FieldRef, Mutations } from './mutations.ts';
import type { SequenceEdits } from './sequence-edits.ts';
import type { RefResolver } from './stored-value.ts';
import type { TextEdit } from './sequence/text-op.ts';
import type { KnownType } from './type-registry.ts';

/** The database's side of a handle. */
export interface ObjectHost extends RefResolver {
  readonly fold: Fold;
  readonly hidden: HiddenObjects;
  readonly mutations: Mutations;
  readonly sequences: SequenceEdits;
  readonly checks: LocalChecks;
  readonly models: ModelFields;
  /** Runs a change as one transaction, or as part of the one that is running. */
  transaction<T>(change: () => T): T;
  /** Makes an object the last child of a parent, or of none. @throws EchoError `ECHO_TREE`, `ECHO_VALUE`. */
  placeInTree(ref: FieldRef, parent: unknown): void;
  /** What the creation of an object writes for its place below a parent. @throws EchoError `ECHO_OBJECT`. */
  lastInTree(child: NewChild, parent: Ref<unknown> | null | undefined): Value;
  /** Plain data of a row. */
  plain(row: number): { readonly [name: string]: unknown };
  /** Calls back with the edits of a text, batch by batch. Returns the way to stop. */
  onTextEdits(row: number, field: number, listener: TextListener): () => void;
}

/** An object that is to be made, as its place is looked for. */
export interface NewChild {
  readonly tree: string;
  readonly type: KnownType;
  /** The zone that it is to be in. */
  readonly zone: ZoneId | undefined;
}

/** Told of edits; `block` is absent for own ones that are not sealed yet. */
export type TextListener = (edits: readonly TextEdit[], origin: 'own' | 'foreign') => void;
