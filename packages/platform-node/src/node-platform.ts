/** Everything that a profile gets from a Node process, opened and closed as one. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Scope, silentLog, type Log, type Platform, type PlatformBase } from '@atoll/kernel';
import { profileFingerprint } from './fingerprint.ts';
import { nodeAead } from './node-aead.ts';
import { NodeChunks } from './node-chunks.ts';
import { nodeKeys } from './node-keys.ts';
import { NodeKeystore } from './node-keystore.ts';
import { NodeLocks } from './node-locks.ts';
import { nodeClock, nodeEd25519, nodeRng } from './node-ports.ts';
import { NodeStore } from './node-store.ts';
import { NodeRtc } from './rtc.ts';
import { nodeWebSockets } from './web-socket.ts';

/** Where a profile lies and how it is protected. */
export interface NodePlatformOptions {
  /** The profile's directory; made where it is missing. */
  readonly dir: string;
  /** Protects the keys instead of a key file. */
  readonly passphrase?: string;
  /** What `NodeKeystore.unlockKey` gave: instead of the passphrase. */
  readonly unlockKey?: Uint8Array;
  /** Silent where left out. */
  readonly log?: Log;
  /** As `NodeStoreOptions` has it; 0 for a server, whose event loop has others to serve. */
  readonly quickCommitMs?: number;
}

/** Opens the profile in a directory, without transports. @throws StoreError. */
export async function openNodeBase(
  options: NodePlatformOptions,
): Promise<PlatformBase & AsyncDisposable> {
  const { dir, passphrase, unlockKey, log = silentLog, quickCommitMs } = options;
  const quick = quickCommitMs === undefined ? {} : { quickCommitMs };
  const scope = new Scope();
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const protection = {
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(unlockKey === undefined ? {} : { unlockKey }),
    };
    const keystore = await scope.use(NodeKeystore.open({ dir, ...protection }));
    const store = await scope.use(NodeStore.open(dir, nodeRng, { log, ...quick }));
    const chunks = await scope.use(NodeChunks.open(join(dir, 'chunks'), nodeRng));
    return {
      clock: nodeClock,
      rng: nodeRng,
      locks: new NodeLocks(join(dir, 'locks')),
      store,
      chunks,
      keystore,
      ed25519: nodeEd25519,
      keys: nodeKeys,
      aead: nodeAead,
      log,
      fingerprint: await profileFingerprint(dir),
      [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await scope[Symbol.asyncDispose]();
    throw failure;
  }
}

/**
 * Opens the profile in a directory with everything that Node has to reach others: WebSockets, and
 * WebRTC in a child process that starts with the first attempt. @throws StoreError.
 */
export async function openNodePlatform(options: NodePlatformOptions): Promise<Platform> {
  const base = await openNodeBase(options);
  const rtc = new NodeRtc();
  return {
    ...base,
    webSockets: nodeWebSockets,
    rtc,
    [Symbol.asyncDispose]: async () => {
      rtc[Symbol.dispose]();
      await base[Symbol.asyncDispose]();
    },
  };
}
