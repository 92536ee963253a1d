/** States of rows that came from a peer, as bytes, until the rows are written to the store. */
import type { BlockTable } from '../block-table.ts';
import type { Fold } from '../fold.ts';
import type { StoredStates } from '../row-keeping.ts';
import type { ObjectState } from '../object-state.ts';
import type { Sibling } from '../register.ts';
import { ENTRY_STATE } from './row-page.ts';
import { decodeState, storedDeleted, storedRegister } from './stored-state.ts';

/** States by row. */
export class ReceivedStates implements StoredStates {
  readonly #bytesByRow = new Map<number, Uint8Array>();
  readonly #table: () => BlockTable;

  /** `table`: the blocks that the states speak of. */
  constructor(table: () => BlockTable) {
    this.#table = table;
  }

  /** Keeps the state of a row of the fold. */
  enter(fold: Fold, row: number, state: Uint8Array | undefined): void {
    if (state === undefined) return;
    this.#bytesByRow.set(row, state);
    fold.rows.setTouched(row);
  }

  /** See {@link StatePages.entry}. */
  entry(row: number): { readonly form: number; readonly bytes: Uint8Array } | undefined {
    const bytes = this.#bytesByRow.get(row);
    return bytes === undefined ? undefined : { form: ENTRY_STATE, bytes };
  }

  read(row: number): ObjectState | undefined {
    const bytes = this.#bytesByRow.get(row);
    return bytes === undefined ? undefined : decodeState(bytes, this.#table());
  }

  deleted(row: number): readonly Sibling[] {
    const bytes = this.#bytesByRow.get(row);
    return bytes === undefined ? [] : storedDeleted(bytes);
  }

  register(row: number, field: number): readonly Sibling[] | undefined {
    const bytes = this.#bytesByRow.get(row);
    return bytes === undefined ? undefined : storedRegister(bytes, field);
  }
}
