/** Which slot of each moved element is shown: a register an element, won by the greatest stamp. */

/** A place that an element was moved to. */
export interface Place {
  readonly slot: number;
  readonly stamp: number;
}

/** Registers of the elements that were ever moved, by unit; all others are in their first slot. */
export class ListPlaces {
  readonly #placeByElement = new Map<number, Place>();
  readonly #elementBySlot = new Map<number, number>();

  /** The slot in which an element stands. */
  slotOf(element: number): number {
    return this.#placeByElement.get(element)?.slot ?? element;
  }

  /** The element that a slot is or was a place of. */
  elementOf(slot: number): number {
    return this.#elementBySlot.get(slot) ?? slot;
  }

  /** True for a slot that a move has made: it is no element. */
  isMoveSlot(slot: number): boolean {
    return this.#elementBySlot.has(slot);
  }

  /** True when no element was moved. */
  get isEmpty(): boolean {
    return this.#elementBySlot.size === 0;
  }

  /** The place of a moved element. */
  placeOf(element: number): Place | undefined {
    return this.#placeByElement.get(element);
  }

  /** Every slot that a move has made, and its element. */
  moves(): IterableIterator<[slot: number, element: number]> {
    return this.#elementBySlot.entries();
  }

  /** Enters a slot that a move has made. */
  addSlot(slot: number, element: number): void {
    this.#elementBySlot.set(slot, element);
  }

  /** Writes the register of an element. */
  setPlace(element: number, place: Place): void {
    this.#placeByElement.set(element, place);
  }
}
