/** Growing of flat arrays. */

/** A longer copy, filled up with zeros. */
export function grownInt32(array: Int32Array, size: number): Int32Array {
  const grown = new Int32Array(size);
  grown.set(array);
  return grown;
}

/** A longer copy, filled up with zeros. */
export function grownUint16(array: Uint16Array, size: number): Uint16Array {
  const grown = new Uint16Array(size);
  grown.set(array);
  return grown;
}

/** A longer copy, filled up with zeros. */
export function grownUint8(array: Uint8Array, size: number): Uint8Array {
  const grown = new Uint8Array(size);
  grown.set(array);
  return grown;
}
