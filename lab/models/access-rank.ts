/** Seniority in the model of rights: ranks, and the order in which statements are decided. */
import { LEVELS, type Block, type Grant, type Level, type Statement } from './access-types.ts';

/** `above`: handovers by which a root is above the first one. */
export type Rank = readonly string[] & { readonly above?: number };

export interface Credential extends Omit<Grant, 'kind'> {
  /** Its name, and the block: one grant may be stated in several that do not know of each other. */
  readonly place: string;
  /** Absent for the root's. */
  readonly block: Block | undefined;
  readonly rank: Rank;
}

export interface Stated<S extends Statement = Statement> {
  readonly statement: S;
  readonly block: Block;
  /** Junior of all credentials that it is stated by. */
  readonly rank: Rank;
}

export function isRoot({ block, handover }: Credential): boolean {
  return block === undefined || handover === true;
}

/** Who leaves has left before the rest; a revocation is judged when it is known who agrees. */
export function turnOf({ statement, block }: Stated): number {
  switch (statement.kind) {
    case 'withdrawal':
    case 'countersignature':
      return 0;
    case 'revocation':
      return statement.subject === block.author ? 1 : 3;
    case 'grant':
      return 2;
  }
}

/** Place of a grant or a revocation among the statements of its block. */
export function placeOf({ statements }: Block, id: string): number {
  return statements.findIndex((one) => 'id' in one && one.id === id);
}

export function placeName(id: string, { no }: Block): string {
  return `${id} ${String(no)}`;
}

/** One step of a rank. */
export function stepOf({ author, hash, place, seq }: Block, index: number): string {
  const before = place ?? `${author} ${String(seq).padStart(6, '0')}`;
  return `${before} ${hash} ${String(index).padStart(6, '0')}`;
}

export function atLeast(held: Level, needed: Level): boolean {
  return LEVELS.indexOf(held) >= LEVELS.indexOf(needed);
}

export function compareRank(a: Rank, b: Rank): number {
  const above = (b.above ?? 0) - (a.above ?? 0);
  if (above !== 0) return above;
  if (a.length !== b.length) return a.length - b.length;
  for (const [at, step] of a.entries()) {
    const other = b[at] ?? '';
    if (step !== other) return step < other ? -1 : 1;
  }
  return 0;
}

export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
