/** What one client, one address and all together may use. An operator may change each by configuration. */

/** Limits of a KUBE. */
export interface KubeLimits {
  /** Open WebSockets. */
  readonly connectionsMax: number;
  /** Open WebSockets of one address: a household behind one router, one for each device and space. */
  readonly connectionsPerAddressMax: number;
  /** New WebSockets of one address at once, and a second on average. */
  readonly connectBurst: number;
  readonly connectPerSecond: number;
  /** Messages of one connection at once, and a second on average; above that its socket is not read. */
  readonly messageBurst: number;
  readonly messagesPerSecond: number;
  /** Bytes of one connection at once, and a second on average; above that its socket is not read. */
  readonly byteBurst: number;
  readonly bytesPerSecond: number;
  /** Sessions with the mailboxes that one address begins at once, and a second on average. */
  readonly sessionBurst: number;
  readonly sessionsPerSecond: number;
  /** Mailboxes that one address opens at once, and a second on average. */
  readonly mailboxBurst: number;
  readonly mailboxesPerSecond: number;
  /** Mailboxes that hold at least one block. */
  readonly mailboxesMax: number;
  /** Sealed bytes in one mailbox. */
  readonly mailboxBytesMax: number;
  /** Sealed bytes in all mailboxes. */
  readonly storedBytesMax: number;
  /** Sealed bytes of files in one mailbox, and in all; beside those of blocks. */
  readonly chunkBytesMax: number;
  readonly storedChunkBytesMax: number;
  /** A piece of a file stays for so long after it was given, whatever a member says. */
  readonly chunkGraceMs: number;
  /** A connection that was not heard for so long is closed. */
  readonly idleMs: number;
}

const MIB = 1024 * 1024;

/** Fit for one small machine that serves some hundred people. */
export const DEFAULT_LIMITS: KubeLimits = {
  connectionsMax: 16_384,
  // Ten devices with 50 spaces each, two windows, and those that are about to be noticed as dead.
  connectionsPerAddressMax: 2048,
  connectBurst: 2048,
  connectPerSecond: 64,
  // A link at 50 MB/s has 3,200 messages of 16 KiB a second.
  messageBurst: 16_384,
  messagesPerSecond: 4096,
  byteBurst: 64 * MIB,
  bytesPerSecond: 64 * MIB,
  sessionBurst: 2048,
  sessionsPerSecond: 64,
  mailboxBurst: 2048,
  mailboxesPerSecond: 64,
  mailboxesMax: 100_000,
  mailboxBytesMax: 1024 * MIB,
  storedBytesMax: 16 * 1024 * MIB,
  chunkBytesMax: 4 * 1024 * MIB,
  storedChunkBytesMax: 64 * 1024 * MIB,
  // What was given is named by an object within a day, or by nobody.
  chunkGraceMs: 24 * 60 * 60 * 1000,
  idleMs: 90_000,
};

/** Defaults with what a configuration changes; `undefined` when a name or value is none. */
export function limitsFrom(changes: Readonly<Record<string, unknown>>): KubeLimits | undefined {
  for (const [name, value] of Object.entries(changes)) {
    const known = Object.hasOwn(DEFAULT_LIMITS, name);
    if (!known || typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      return undefined;
    }
  }
  return { ...DEFAULT_LIMITS, ...changes };
}
