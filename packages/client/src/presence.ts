/** Who is in a space and where they look: typed on top of mesh's datagrams, named by the space's members. */
import { decodeValue, encodeValue, CodecError, type Value } from '@atoll/codec';
import type { Mesh, Present } from '@atoll/mesh';
import type { Presence, PresenceEntry, PresenceState } from './api.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import type { SpaceFacts } from './space-facts.ts';

/** {@link Presence} of one space. */
export class SpacePresence implements Presence {
  readonly #mesh: Mesh;
  readonly #space: string;
  readonly #facts: () => SpaceFacts;
  readonly #others: LiveCell<readonly PresenceEntry[]>;
  #isFollowing = false;
  #isEnded = false;
  #state: Omit<PresenceState, 'parts'> = {};
  readonly #parts = new Map<string, { readonly value: unknown; readonly about?: string }>();

  /** `facts`: what is known of the space now, which may be closed. */
  constructor(mesh: Mesh, space: string, facts: () => SpaceFacts) {
    this.#mesh = mesh;
    this.#space = space;
    this.#facts = facts;
    this.#others = new LiveCell<readonly PresenceEntry[]>([], sameData);
  }

  /** The mesh knows the space, or names may have come. */
  look(): void {
    if (this.#isEnded) return;
    if (!this.#isFollowing) this.#mesh.presence(this.#space).onChange(() => this.look());
    this.#isFollowing = true;
    this.#others.set(this.#look());
  }

  /** Somebody follows who is here. */
  get isHeard(): boolean {
    return this.#others.isHeard;
  }

  get others(): Live<readonly PresenceEntry[]> {
    return this.#others;
  }

  set(state: Omit<PresenceState, 'parts'>): void {
    this.#state = state;
    this.#tell();
  }

  setPart(key: string, value: unknown, about?: string): void {
    if (value === undefined) this.#parts.delete(key);
    else this.#parts.set(key, { value, ...(about === undefined ? {} : { about }) });
    this.#tell();
  }

  /** The space is not in the mesh any more. */
  end(): void {
    this.#isEnded = true;
    this.#others.set([]);
  }

  #tell(): void {
    if (this.#isEnded) return;
    // What is said here all members can read: of what is private to some nothing is said.
    const { isPrivate } = this.#facts();
    const isSaid = (object?: string): boolean => object === undefined || !isPrivate(object);
    const { object, view } = this.#state;
    const state = isSaid(object) ? this.#state : { view };
    const said = [...this.#parts].filter(([, { about }]) => isSaid(about));
    const entries = said.map(([key, { value }]) => [key, value] as const);
    const parts = entries.length === 0 ? {} : { parts: Object.fromEntries(entries) };
    // JSON drops what is undefined, which has no encoding.
    const plain = JSON.parse(JSON.stringify({ ...state, ...parts })) as Value;
    this.#mesh.presence(this.#space).set(encodeValue(plain));
  }

  #look(): readonly PresenceEntry[] {
    return this.#mesh.presence(this.#space).others.flatMap((present) => {
      const entry = this.#entryOf(present);
      return entry === undefined ? [] : [entry];
    });
  }

  /** Named only if the session's device belongs to a member; whatever it claims of itself is not used. */
  #entryOf({ bytes, peer, remote }: Present): PresenceEntry | undefined {
    const facts = this.#facts();
    const identity = facts.identityOf(remote);
    const state = readState(bytes);
    if (identity === undefined || state === undefined) return undefined;
    return {
      member: identity,
      displayName: facts.nameOf(identity) ?? '',
      ...facts.lookOf(identity),
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
  const { view, object, field, cursor, custom, parts } = record;
  return {
    ...(typeof view === 'string' ? { view } : {}),
    ...(typeof object === 'string' ? { object } : {}),
    ...(typeof field === 'string' ? { field } : {}),
    ...(isCursor(cursor) ? { cursor } : {}),
    ...(custom === undefined ? {} : { custom }),
    ...(isRecord(parts) ? { parts } : {}),
  };
}

function isRecord(value: Value | undefined): value is { readonly [key: string]: Value } {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isCursor(value: Value | undefined): value is readonly [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
  );
}
