/** What a difference between two states of an object looks like, as plain JSON. */
import type { Json, RichDelta } from '@atoll/schema';

/** A stretch of text in a comparison. `kept` and `removed` give the text before, `kept` and `added` after. */
export interface TextPiece {
  readonly change: 'kept' | 'added' | 'removed';
  readonly text: string;
  /** Identity that wrote it. */
  readonly author?: string;
  /** Identity that removed it. */
  readonly removedBy?: string;
}

/**
 * An element of a list in a comparison, in the order after; removed ones stand behind the element that they
 * stood behind before. `from` and `to` are indexes before and after.
 */
export interface ListPiece {
  readonly change: 'kept' | 'added' | 'removed' | 'moved';
  readonly value: Json | null;
  /** What the element held before, where that is another value. */
  readonly was?: Json | null;
  readonly from?: number;
  readonly to?: number;
}

/** A difference in one field; values are in their JSON form, and absent where there was none. */
export type FieldDiff = { readonly field: string } & (
  | { readonly kind: 'value'; readonly before?: Json; readonly after?: Json }
  | { readonly kind: 'counter'; readonly before: number; readonly after: number }
  | { readonly kind: 'set'; readonly added: readonly Json[]; readonly removed: readonly Json[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly {
        readonly key: string;
        readonly before?: Json;
        readonly after?: Json;
      }[];
    }
  | {
      readonly kind: 'text';
      readonly pieces: readonly TextPiece[];
      /** Of rich texts: marks and blocks. */ readonly delta?: RichDelta;
    }
  | { readonly kind: 'list'; readonly pieces: readonly ListPiece[] }
);

/** Whether the object is there: in both states, or since when. */
export type LifeDiff = 'kept' | 'created' | 'deleted' | 'restored' | 'uncreated';

/** A difference between two states of an object. */
export interface ObjectDiff {
  readonly id: string;
  readonly type: string;
  readonly life: LifeDiff;
  /** Fields that are not the same; of an object that was not there, those with content. */
  readonly fields: readonly FieldDiff[];
}
