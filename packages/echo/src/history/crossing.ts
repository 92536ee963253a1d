/** Values on their way between a space and its branch: refs follow the copies of what they point to. */
import type { Value } from '@atoll/codec';
import { fromHex, toHex, type SpaceId } from '@atoll/kernel';
import { acceptsScalar, type Block, type ElementData, type RichDocument } from '@atoll/schema';
import { OBJECT_ID_BYTES } from '../op-ids.ts';

/** One direction between a space and its branch. */
export interface Crossing {
  /** Ids over there by ids here, of what is in both. */
  readonly ids: ReadonlyMap<string, string>;
  readonly from: SpaceId | undefined;
  readonly to: SpaceId | undefined;
}

/** True if such values can hold refs. */
export function mayRefer({ kind }: ElementData): boolean {
  return kind === 'ref' || kind === 'tree' || kind === 'value' || kind === 'union';
}

/** A stored value as it is stored over there. */
export function crossed(of: ElementData, value: Value, crossing: Crossing): Value {
  if (value === null) return value;
  switch (of.kind) {
    case 'ref':
      return value instanceof Uint8Array ? crossedRef(value, crossing) : value;
    case 'tree': {
      if (!Array.isArray(value)) return value;
      const [parent, ...rest] = value as readonly Value[];
      const known = parent instanceof Uint8Array ? crossing.ids.get(toHex(parent)) : undefined;
      return known === undefined ? value : [idBytes(known), ...rest];
    }
    case 'value': {
      const parts = Object.entries(value as { readonly [name: string]: Value }).map(
        ([name, part]) => {
          const field = of.fields[name];
          return [name, field === undefined ? part : crossed(field, part, crossing)] as const;
        },
      );
      return Object.fromEntries(parts);
    }
    case 'union': {
      const member = of.of.find((each) => acceptsScalar(each, value));
      return member === undefined ? value : crossed(member, value, crossing);
    }
    default:
      return value;
  }
}

/** A rich text as it reads over there: embeds follow too. */
export function crossedDocument(document: RichDocument, crossing: Crossing): RichDocument {
  return document.map(({ block, runs }) => ({ block: crossedBlock(block, crossing), runs }));
}

/** A block as it reads over there. */
export function crossedBlock(block: Block, { ids, from, to }: Crossing): Block {
  if (block.kind !== 'embed') return block;
  const { object, space } = block;
  const known = space === undefined || space === from ? ids.get(object) : undefined;
  if (known !== undefined) return { kind: 'embed', object: known };
  if (from === to || from === undefined) return block;
  if (space === to) return { kind: 'embed', object };
  return { kind: 'embed', object, space: space ?? from };
}

function crossedRef(value: Uint8Array, { ids, from, to }: Crossing): Uint8Array {
  const id = toHex(value.subarray(-OBJECT_ID_BYTES));
  const space = value.length > OBJECT_ID_BYTES ? toHex(value.subarray(0, -OBJECT_ID_BYTES)) : from;
  const known = space === from ? ids.get(id) : undefined;
  if (known !== undefined) return idBytes(known);
  if (from === to || space === undefined) return value;
  return space === to ? idBytes(id) : Uint8Array.of(...idBytes(space), ...idBytes(id));
}

function idBytes(id: string): Uint8Array {
  return fromHex(id) ?? new Uint8Array(0);
}
