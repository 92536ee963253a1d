/**
 * A session: a secure channel, its streams, and the spaces that both sides have found to share. How
 * they find them differs between devices (`peer-session.ts`) and servers (`mailbox-*.ts`).
 */
import { CodecError } from '@atoll/codec';
import type { Replica } from '@atoll/feed';
import { toHex, type Clock, type Log } from '@atoll/kernel';
import type { AcknowledgedTip } from './acknowledged.ts';
import { CHUNK_MESSAGE_BYTES_MAX } from './chunk-messages.ts';
import { ChunkSync, type ChunkHolder, type ChunkTaken } from './chunk-sync.ts';
import { Mux } from './mux.ts';
import type { MuxStream } from './mux-stream.ts';
import type { SecureChannel } from './secure-channel.ts';
import type { SessionEnd } from './session-end.ts';
import {
  CONTROL_BYTES_MAX,
  ITEMS_MAX,
  REF_MAX,
  SPACE_MESSAGE_BYTES_MAX,
  decodeControl,
  encodeControl,
  type ControlMessage,
  type LogCursor,
  type SpaceItem,
} from './session-messages.ts';
import { SpaceSync, type SyncItem, type SyncProgress } from './space-sync.ts';
import { STATE_MESSAGE_BYTES_MAX } from './state-messages.ts';
import { takingOnly } from './taking-only.ts';
import { StateSync, type StateHolder } from './state-sync.ts';

/** Remembers how far each peer's log was read. Losing it costs work, never data. */
export interface Cursors {
  load(space: string, peer: string): Promise<LogCursor | undefined>;
  save(space: string, peer: string, cursor: LogCursor): Promise<void>;
  /** The ends of the log that a mailbox last acknowledged. Without these, its losses are not noticed. */
  loadTips?(space: string, peer: string): Promise<readonly AcknowledgedTip[]>;
  saveTips?(space: string, peer: string, tips: readonly AcknowledgedTip[]): Promise<void>;
}

/** What a session asks of whoever decides about spaces. */
export interface SessionRules {
  /** Everything but sync: offers, introductions, mailboxes, negotiation of direct links. */
  readonly onControl: (message: Exclude<ControlMessage, { kind: 'items' }>) => void | Promise<void>;
  /** An item that is not of a space in sync, or not of sync. */
  readonly onItem: (item: SpaceItem) => void | Promise<void>;
  readonly onDatagram: (space: string, bytes: Uint8Array) => void;
  readonly onProgress: (space: string, progress: SyncProgress) => void;
  /** The peer has spoken of a space in sync for the first time. */
  readonly onHeard: (space: string) => void;
}

/** The chunks of a space: where they are kept, and who is told of sessions through which others come. */
export interface ChunkPort {
  readonly holder: ChunkHolder;
  add?(source: {
    readonly sync: ChunkSync;
    readonly isBlind: boolean;
    readonly isDirect: boolean;
    /** It takes no pieces from here. */
    readonly isGivingOnly: boolean;
  }): void;
  remove?(sync: ChunkSync): void;
}

/** A space in sync on a session. */
interface InSync {
  readonly space: string;
  readonly ref: number;
  readonly stream: MuxStream;
  /** Absent while the space is out of sync again; what comes for it is discarded then. */
  sync: SpaceSync | undefined;
  /** The peer has spoken of the space, so its end of the streams is open. */
  isHeard: boolean;
  /** Lasts as long as the session: what was asked before the space left is still answered. */
  chunkSync: ChunkSync | undefined;
  chunks: ChunkPort | undefined;
  /** The other side takes nothing from here. */
  isTakingOnly: boolean;
  /** Lasts as long as the session, too; `state` only while the space is in sync. */
  stateSync: StateSync | undefined;
  state: StateHolder | undefined;
}

/** One session. */
export class Session {
  readonly channel: SecureChannel;
  readonly mux: Mux;
  /** The other side's static key, in hex: how a peer is told from others. */
  readonly remote: string;
  /** Resolves once, with the reason. */
  readonly ended: Promise<SessionEnd>;
  readonly #clock: Clock;
  readonly #log: Log | undefined;
  readonly #cursors: Cursors;
  readonly #isPeerBlind: boolean;
  readonly #rules: SessionRules;
  readonly #control: MuxStream;
  readonly #byRef = new Map<number, InSync>();
  readonly #bySpace = new Map<string, InSync>();
  #unsaid: SpaceItem[] = [];
  #answering = false;

  constructor(
    channel: SecureChannel,
    ports: {
      readonly clock: Clock;
      readonly cursors: Cursors;
      readonly log?: Log | undefined;
      /** The other side stores without keys. */
      readonly isPeerBlind?: boolean;
    },
    rules: SessionRules,
  ) {
    this.channel = channel;
    this.remote = toHex(channel.remoteStatic);
    this.ended = channel.ended;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#cursors = ports.cursors;
    this.#isPeerBlind = ports.isPeerBlind ?? false;
    this.#rules = rules;
    this.mux = new Mux(channel, ports.clock, {
      onDatagram: (stream, bytes) => {
        const at = this.#byRef.get(stream - 1);
        if (at !== undefined) rules.onDatagram(at.space, bytes);
      },
    });
    this.#control = this.mux.open({
      number: 0,
      priority: 'control',
      messageBytesMax: CONTROL_BYTES_MAX,
      receiver: (bytes) => this.#take(bytes),
    });
    void channel.ended.then(() => this.#stopAll());
  }

  /** Starts to take messages. */
  start(): void {
    this.mux.start();
  }

  /** Kind of path under the session. */
  get path(): 'memory' | 'tabs' | 'lan' | 'relay' | 'direct' {
    return this.channel.link.path;
  }

  /** Sends a control message, after what was said of spaces before. */
  send(message: ControlMessage): void {
    this.#flush();
    this.#control.send(encodeControl(message));
  }

  /** Says something of spaces; what is said in one go becomes one message. */
  say(...items: readonly SpaceItem[]): void {
    if (this.#unsaid.length === 0 && !this.#answering) queueMicrotask(() => this.#flush());
    this.#unsaid.push(...items);
  }

  /** Puts a space in sync under a number that both sides know. Both have agreed to it. */
  share(
    ref: number,
    space: string,
    of: {
      readonly replica: Replica;
      readonly chunks?: ChunkPort | undefined;
      readonly state?: StateHolder | undefined;
      /** Names what is on the other side where positions in it are kept; without, the other side itself. */
      readonly keptAs?: string;
      readonly takesNothing?: boolean;
      /** The other side sends what is not taken. */
      readonly onUnasked?: () => void;
      /** The other side takes nothing of this: it is not offered. */
      readonly givesNothing?: boolean;
    },
  ): SpaceSync {
    const known = this.#byRef.get(ref);
    if (known?.sync !== undefined) return known.sync;
    const entry: InSync = known ?? this.#openEntry(ref, space);
    const { keptAs = this.remote, replica } = of;
    entry.chunks = of.chunks;
    entry.state = of.state;
    entry.isTakingOnly = of.givesNothing === true;
    const sync = new SpaceSync(
      {
        replica,
        peer: this.remote,
        isPeerBlind: this.#isPeerBlind,
        takesNothing: of.takesNothing === true,
        onUnasked: of.onUnasked,
        ...(of.givesNothing === true ? { offered: takingOnly(replica) } : {}),
        clock: this.#clock,
        log: this.#log,
        ref,
        say: (...items) => this.say(...items),
        keptAs,
        ...(this.#isPeerBlind ? { acknowledgedIn: this.#cursors, space } : {}),
        loadCursor: () => this.#cursors.load(space, keptAs),
        saveCursor: (cursor) => this.#cursors.save(space, keptAs, cursor),
        onProgress: (progress) => this.#rules.onProgress(space, progress),
        onHostile: (end) => this.close(end),
      },
      entry.stream,
    );
    entry.sync = sync;
    this.#bySpace.set(space, entry);
    if (entry.isHeard) this.#addChunks(entry);
    return sync;
  }

  /** Takes a space out of sync; what still comes for it is discarded. */
  unshare(space: string): void {
    const entry = this.#bySpace.get(space);
    if (entry === undefined) return;
    this.#bySpace.delete(space);
    entry.sync?.stop();
    entry.sync = undefined;
    if (entry.chunkSync !== undefined) entry.chunks?.remove?.(entry.chunkSync);
    entry.chunks = undefined;
    entry.state = undefined;
  }

  /** The sync of a space, if it is in sync here. */
  syncOf(space: string): SpaceSync | undefined {
    return this.#bySpace.get(space)?.sync;
  }

  /** The other side takes nothing of a space from here. */
  isTakingOnly(space: string): boolean {
    return this.#bySpace.get(space)?.isTakingOnly === true;
  }

  /** Where the other side can be asked for the state of a space: in sync here. */
  stateOf(space: string): StateSync | undefined {
    const entry = this.#bySpace.get(space);
    return entry?.isHeard === true ? entry.stateSync : undefined;
  }

  /** The peer has spoken of a space: datagrams may be sent from here on. */
  heard(space: string): void {
    const entry = this.#bySpace.get(space);
    if (entry === undefined || entry.isHeard) return;
    entry.isHeard = true;
    this.#addChunks(entry);
    this.#rules.onHeard(space);
  }

  /** Spaces in sync. */
  get spaces(): readonly string[] {
    return [...this.#bySpace.keys()];
  }

  /** Sends a datagram of a space; dropped when it is not in sync or the link is busy. */
  datagram(space: string, bytes: Uint8Array): boolean {
    const entry = this.#bySpace.get(space);
    return entry?.isHeard === true && this.mux.datagram(entry.ref + 1, bytes);
  }

  /** Tells the peer the reason and ends. */
  close(end: SessionEnd): void {
    this.mux.end(end);
  }

  async #take(bytes: Uint8Array): Promise<void> {
    let message: ControlMessage;
    try {
      message = decodeControl(bytes);
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.close('SESSION_MALFORMED');
      return;
    }
    if (message.kind !== 'items') {
      await this.#rules.onControl(message);
      return;
    }
    // What is answered to one message goes back as one.
    this.#answering = true;
    for (const item of message.items) {
      if (this.channel.isEnded) return;
      await this.#takeItem(item);
    }
    this.#answering = false;
    this.#flush();
  }

  async #takeItem(item: SpaceItem): Promise<void> {
    const entry = this.#byRef.get(item.ref);
    if (entry?.sync === undefined || !isSyncItem(item)) await this.#rules.onItem(item);
    else {
      this.heard(entry.space);
      entry.sync.take(item);
    }
  }

  #openEntry(ref: number, space: string): InSync {
    const stream = this.mux.open({
      number: ref + 1,
      priority: 'live',
      messageBytesMax: SPACE_MESSAGE_BYTES_MAX,
      receiver: (bytes) => entry.sync?.receive(bytes),
    });
    const chunks = { chunkSync: undefined, chunks: undefined };
    const state = { stateSync: undefined, state: undefined };
    const entry: InSync = {
      space,
      ref,
      stream,
      sync: undefined,
      isHeard: false,
      isTakingOnly: false,
      ...chunks,
      ...state,
    };
    this.#byRef.set(ref, entry);
    this.#openChunks(entry);
    this.#openState(entry);
    return entry;
  }

  /** Pieces of files go when nothing else does. */
  #openChunks(entry: InSync): void {
    const stream = this.mux.open({
      number: entry.ref + REF_MAX + 2,
      priority: 'bulk',
      messageBytesMax: CHUNK_MESSAGE_BYTES_MAX,
      receiver: (bytes) => entry.chunkSync?.receive(bytes),
    });
    const log = this.#log;
    const onFault = (end: SessionEnd): void => this.close(end);
    entry.chunkSync = new ChunkSync({ stream, log, onFault, holder: holderOf(entry) });
  }

  /** What stands for history that was dropped: rarely, and much. */
  #openState(entry: InSync): void {
    const stream = this.mux.open({
      number: entry.ref + 2 * (REF_MAX + 1) + 1,
      priority: 'bulk',
      messageBytesMax: STATE_MESSAGE_BYTES_MAX,
      receiver: (bytes) => entry.stateSync?.receive(bytes),
    });
    entry.stateSync = new StateSync({
      stream,
      holder: () => entry.state,
      from: this.remote,
      clock: this.#clock,
      log: this.#log,
      onFault: (end) => this.close(end),
    });
  }

  #addChunks(entry: InSync): void {
    const { chunkSync: sync, chunks } = entry;
    if (sync === undefined) return;
    const isGivingOnly = entry.isTakingOnly;
    const isDirect = this.path !== 'relay';
    chunks?.add?.({ sync, isBlind: this.#isPeerBlind, isDirect, isGivingOnly });
  }

  #flush(): void {
    const items = this.#unsaid;
    this.#unsaid = [];
    for (const batch of batches(items)) {
      this.#control.send(encodeControl({ kind: 'items', items: batch }));
    }
  }

  #stopAll(): void {
    for (const entry of this.#byRef.values()) {
      entry.sync?.stop();
      entry.chunkSync?.stop();
      entry.stateSync?.stop();
      if (entry.chunkSync !== undefined) entry.chunks?.remove?.(entry.chunkSync);
    }
    this.#bySpace.clear();
    this.#byRef.clear();
  }
}

/** Nothing is given or taken while the space is out of sync: who asks may not belong to it any more. */
function holderOf(entry: InSync): ChunkHolder {
  return {
    read: async (id) => entry.chunks?.holder.read(id),
    has: async (ids) => (await entry.chunks?.holder.has(ids)) ?? ids.map(() => false),
    take: async (id, bytes): Promise<ChunkTaken> =>
      (await entry.chunks?.holder.take?.(id, bytes)) ?? 'refused',
    drop: async (ids) => {
      const holder = entry.chunks?.holder;
      if (holder === undefined) return ids.map(() => false);
      return holder.drop === undefined ? holder.has(ids) : holder.drop(ids);
    },
  };
}

/** True for what only concerns two logs, not who may have them. */
export function isSyncItem(item: SpaceItem): item is SyncItem {
  switch (item.say) {
    case 'hello':
    case 'equal':
    case 'enough':
    case 'pull-after':
    case 'pull-missing':
    case 'cursor-unknown':
      return true;
    default:
      return false;
  }
}

/** Items in as few messages as their limits allow. */
function batches(items: readonly SpaceItem[]): readonly (readonly SpaceItem[])[] {
  const all: SpaceItem[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = itemBytesMax(item);
    if (bytes + size > CONTROL_BYTES_MAX || (all.at(-1)?.length ?? 0) >= ITEMS_MAX) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(item);
    bytes += size;
  }
  return all;
}

/** An upper bound of an item's encoded length. */
function itemBytesMax(item: SpaceItem): number {
  if (item.say === 'pull-missing') return 64 + item.tips.length * 72;
  if (item.say === 'refused') return 64 + item.why.length;
  return item.say === 'introduction' ? 64 + item.bytes.length : 160;
}
