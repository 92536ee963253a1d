/** What an op meets when it is applied: the fold around it, its object, its block and section. */
import type { ZoneId } from '@atoll/kernel';
import type { Leaf } from '@atoll/schema';
import type { BlockContext, Causality } from './block-context.ts';
import type { BlockTable } from './block-table.ts';
import type { ObjectState } from './object-state.ts';
import type { RowTable } from './row-table.ts';
import type { TextEdit } from './sequence/text-op.ts';
import type { KnownType, TypeRegistry } from './type-registry.ts';

/** Told of every change of a row, own and foreign. */
export interface FoldObserver {
  /** The object appeared, vanished, was deleted or restored. */
  objectChanged(row: number): void;
  /** A field of a row is another; texts say how. */
  fieldChanged(row: number, field: number, edits?: readonly TextEdit[]): void;
}

/** What a fold knows of its space; nothing for one that only looks at some rows. */
export interface FoldOptions {
  /** True for the state of a space, in which rights may ask what stood where in trees. */
  readonly keepsPlaces?: boolean;
  /** True for a zone that lies under the keys of the space: types of the space are known there. */
  readonly isOpenZone?: (zone: ZoneId) => boolean;
}

/** What a fold needs around it. */
export interface FoldPorts extends FoldOptions {
  readonly causality: Causality;
  readonly observer: FoldObserver;
  readonly tableSeed: number;
  /** Those of another fold, for one that only looks at some of its rows. */
  readonly types?: TypeRegistry;
}

/** What the numbers of a section mean here. */
export interface SectionNames {
  /** Row of an object, or -1 if no such object was created where the section says. */
  row(object: number): number;
  /** A type by its number in the section, if known. */
  type(no: number): KnownType | undefined;
  /** Key of a feed or name of a branch, in hex. */
  feed(no: number): string;
}

/** The block and section that an op is applied from. */
export interface OpScope {
  readonly block: BlockContext;
  readonly isVoid: boolean;
  readonly names: SectionNames;
}

/** What the rules of single ops see of the fold. */
export interface FoldView {
  readonly blocks: BlockTable;
  readonly rows: RowTable;
  readonly observer: FoldObserver;
  readonly keepsPlaces: boolean;
  /** The type of a row. */
  typeOf(row: number): KnownType;
  /** True if the type was published in the causal past of the block, where all members read or in the zone. */
  isPublished(type: KnownType, block: number, zone: ZoneId | undefined): boolean;
}

/** An op on its way into an object. */
export interface OpPlace {
  readonly fold: FoldView;
  readonly row: number;
  readonly state: ObjectState;
  readonly scope: OpScope;
  /** Number of the op in its section. */
  readonly at: number;
}

/** A field as an op names it. */
export interface NamedField {
  /** Local number. */
  readonly field: number;
  readonly leaf: Leaf;
}
