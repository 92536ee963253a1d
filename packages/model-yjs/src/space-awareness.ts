/** Yjs awareness (cursors, names) over a space's presence, so that editors for Yjs show who is where. */
import {
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
  type Awareness,
} from 'y-protocols/awareness';
import type { Presence, PresenceEntry } from '@atoll/client';

/** What others look at. */
export interface AwarenessPlace {
  /** Id of the object. */
  readonly object: string;
  readonly field: string;
}

/** Characters of one state: a cursor, a name and a colour are some hundreds. */
const STATE_CHARACTERS_MAX = 8192;
const FROM_PRESENCE: object = Object.freeze({ from: 'presence' });

/**
 * Joins an awareness to a space's presence, beside what the application itself says there. Returns the way
 * to part them.
 */
export function bindAwareness(
  awareness: Awareness,
  presence: Presence,
  place: AwarenessPlace,
): () => void {
  const key = `yjs:${place.object}/${place.field}`;
  /** Yjs clients that each device has shown. */
  const clientByDevice = new Map<string, number>();
  const tell = (): void => {
    const state = awareness.getLocalState();
    const update = encodeAwarenessUpdate(awareness, [awareness.clientID]);
    presence.setPart(key, state === null ? undefined : toBase64(update), place.object);
  };
  const onUpdate = (_changes: unknown, origin: unknown): void => {
    if (origin !== FROM_PRESENCE) tell();
  };
  const look = (): void => {
    const here = new Set<string>();
    for (const entry of presence.others.get()) {
      const update = updateOf(entry, key);
      const client = update === undefined ? undefined : clientOf(update);
      if (update === undefined || client === undefined || client === awareness.clientID) continue;
      here.add(entry.device);
      const before = clientByDevice.get(entry.device);
      if (before !== undefined && before !== client) drop([before]);
      clientByDevice.set(entry.device, client);
      take(awareness, update);
    }
    const gone = [...clientByDevice].filter(([device]) => !here.has(device));
    for (const [device] of gone) clientByDevice.delete(device);
    drop(gone.map(([, client]) => client));
  };
  const drop = (clients: number[]): void => {
    if (clients.length > 0) removeAwarenessStates(awareness, clients, FROM_PRESENCE);
  };
  awareness.on('update', onUpdate);
  const stop = presence.others.subscribe(look);
  look();
  tell();
  return () => {
    stop();
    awareness.off('update', onUpdate);
    presence.setPart(key, undefined);
    drop([...clientByDevice.values()]);
  };
}

function take(awareness: Awareness, update: Uint8Array): void {
  try {
    applyAwarenessUpdate(awareness, update, FROM_PRESENCE);
  } catch {
    // What a peer says of itself need not be an awareness state; then it shows none.
  }
}

/** The one client that an update speaks of; `undefined` if it does not speak of exactly one. */
function clientOf(update: Uint8Array): number | undefined {
  if (update[0] !== 1) return undefined;
  let value = 0;
  for (let at = 1, scale = 1; at < Math.min(update.length, 9); at++, scale *= 0x80) {
    const byte = update[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  return undefined;
}

function updateOf({ state }: PresenceEntry, key: string): Uint8Array | undefined {
  const text = state.parts?.[key];
  if (typeof text !== 'string' || text.length > STATE_CHARACTERS_MAX) return undefined;
  return fromBase64(text);
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
