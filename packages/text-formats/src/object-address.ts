/** How objects are named in addresses. */
import type { Block } from '@atoll/client';

/** The address of an embedded object. */
export function objectAddress(block: Extract<Block, { readonly kind: 'embed' }>): string {
  const { object, space } = block;
  return space === undefined ? `atoll:object/${object}` : `atoll:space/${space}/object/${object}`;
}

/** The object of an address. */
export function objectOfAddress(
  address: string,
): Extract<Block, { readonly kind: 'embed' }> | undefined {
  const match = /^atoll:(?:space\/([0-9a-f]{64})\/)?object\/([0-9a-f]{32})$/.exec(address);
  const [, space, object] = match ?? [];
  if (object === undefined) return undefined;
  return { kind: 'embed', object, ...(space === undefined ? {} : { space }) };
}
