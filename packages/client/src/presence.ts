/** Who is in a space and where they look: typed on top of mesh's datagrams, named by the space's members. */
import { decodeValue, encodeValue, CodecError, type Value } from '@atoll/codec';
import type { Space } from '@atoll/echo';
import { fromHex } from '@atoll/kernel';
import type { Mesh, Present } from '@atoll/mesh';
import type { Presence, PresenceEntry, PresenceState } from './api.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import { hueOf } from './people.ts';

/** {@link Presence} of one space. */
export class SpacePresence implements Presence {
  readonly #mesh: Mesh;
  readonly #space: Space;
  readonly #others: LiveCell<readonly PresenceEntry[]>;

  constructor(mesh: Mesh, space: Space) {
    this.#mesh = mesh;
    this.#space = space;
    this.#others = new LiveCell<readonly PresenceEntry[]>([], sameData);
    const look = (): void => this.#others.set(this.#look());
    mesh.presence(space.id).onChange(look);
    // Names may have come; only statements bring them.
    let decisions = space.authority.decisionCount;
    space.onChange(() => {
      if (decisions === space.authority.decisionCount) return;
      decisions = space.authority.decisionCount;
      look();
    });
  }

  get others(): Live<readonly PresenceEntry[]> {
    return this.#others;
  }

  set(state: PresenceState): void {
    // JSON drops what is undefined, which has no encoding.
    const plain = JSON.parse(JSON.stringify(state)) as Value;
    this.#mesh.presence(this.#space.id).set(encodeValue(plain));
  }

  #look(): readonly PresenceEntry[] {
    return this.#mesh.presence(this.#space.id).others.flatMap((present) => {
      const entry = this.#entryOf(present);
      return entry === undefined ? [] : [entry];
    });
  }

  /** Named only if the session's device belongs to a member; whatever it claims of itself is not used. */
  #entryOf({ bytes, peer, remote }: Present): PresenceEntry | undefined {
    const { authority } = this.#space;
    const key = fromHex(remote);
    const device = key === undefined ? undefined : authority.identities.byAgreementKey(key)[0];
    const state = readState(bytes);
    if (device === undefined || state === undefined) return undefined;
    const { identity } = device;
    return {
      member: identity,
      displayName: authority.profileOf(identity)?.name ?? '',
      hue: hueOf(identity),
      device: peer,
      state,
    };
  }
}

function readState(bytes: Uint8Array): PresenceState | undefined {
  try {
    return parseState(decodeValue(bytes));
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** Keeps what has the right form; the rest of what a peer says is dropped. */
function parseState(value: Value): PresenceState | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  if (value instanceof Uint8Array) return undefined;
  const record = value as { readonly [key: string]: Value };
  const { view, object, field, cursor, custom } = record;
  return {
    ...(typeof view === 'string' ? { view } : {}),
    ...(typeof object === 'string' ? { object } : {}),
    ...(typeof field === 'string' ? { field } : {}),
    ...(isCursor(cursor) ? { cursor } : {}),
    ...(custom === undefined ? {} : { custom }),
  };
}

function isCursor(value: Value | undefined): value is readonly [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
  );
}
