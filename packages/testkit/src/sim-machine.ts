/**
 * A computer in a simulated world: a disk, keys and a name that survive, and processes (or tabs)
 * that do not. Each process is a whole {@link Platform}.
 */
import { toHex, type Log, type Platform } from '@atoll/kernel';
import { LockTable, MemoryLocks } from './memory-locks.ts';
import { MemoryStore } from './memory-store.ts';
import { SimChunkDisk, SimChunks } from './sim-chunks.ts';
import { SimBus } from './sim-bus.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk, type SimDiskOptions } from './sim-disk.ts';
import { MemoryKeychain, MemoryKeystore, simEd25519, simKeys } from './sim-keys.ts';
import type { SimAuthenticator } from './sim-passkeys.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** What a machine is made of. */
export interface SimMachineOptions {
  readonly world: World;
  readonly network: SimNetwork;
  /** Name as a host of the network. */
  readonly name: string;
  /** How wrong its wall clock is. */
  readonly skewMs?: number;
  readonly disk?: SimDiskOptions;
  readonly log?: Log;
  /** Keys of another machine, whose profile is copied to this one. */
  readonly keychain?: MemoryKeychain;
}

/** One run of a program on a machine. */
export interface SimProcess extends Platform {
  readonly clock: SimClock;
  readonly rng: SimRng;
  readonly bus: SimBus;
  /** Ends it as `kill -9` does: no code of it runs on, its locks are free, its links break. */
  kill(): void;
}

/** A computer with one profile. */
export class SimMachine {
  readonly name: string;
  readonly disk: SimDisk;
  readonly chunkDisk: SimChunkDisk;
  readonly bus: SimBus;
  /** Changes when the profile is moved to another machine. */
  fingerprint: string;
  skewMs: number;
  /** What programs that are started from now on find; none where it is left out. */
  authenticator: SimAuthenticator | undefined;
  readonly #options: SimMachineOptions;
  readonly #rng: SimRng;
  readonly #locks: LockTable = new LockTable();
  /** Its keys, which survive like the disk. */
  readonly keychain: MemoryKeychain;
  readonly #processes: Set<SimProcess> = new Set();

  constructor(options: SimMachineOptions) {
    this.#options = options;
    this.name = options.name;
    this.keychain = options.keychain ?? new MemoryKeychain();
    this.skewMs = options.skewMs ?? 0;
    this.#rng = options.world.rng.fork();
    this.fingerprint = toHex(this.#rng.bytes(16));
    this.bus = new SimBus(options.world);
    this.disk = new SimDisk(options.world, options.disk);
    this.disk.onCrash = () => this.#killAll();
    this.chunkDisk = new SimChunkDisk(options.world);
    this.chunkDisk.onCrash = () => this.disk.crash();
  }

  /** Starts a process. */
  boot(): SimProcess {
    const { world, network, log = { event: () => {} } } = this.#options;
    const rng = this.#rng.fork();
    const clock = new SimClock(world, this.skewMs);
    const locks = new MemoryLocks(this.#locks);
    const store = new MemoryStore(this.disk);
    const chunks = new SimChunks(this.chunkDisk);
    const keystore = new MemoryKeystore(rng.fork(), this.keychain, () => this.crash());
    const sockets = network.webSockets(this.name);
    const end = (): void => {
      this.#processes.delete(process);
      clock.stop();
      locks.releaseAll();
    };
    const process: SimProcess = {
      clock,
      rng,
      locks,
      store,
      chunks,
      keystore,
      ed25519: simEd25519,
      keys: simKeys,
      ...(this.authenticator === undefined ? {} : { passkeys: this.authenticator }),
      log,
      fingerprint: this.fingerprint,
      webSockets: sockets,
      bus: this.bus,
      kill: () => {
        if (!this.#processes.has(process)) return;
        this.disk.abandon(store);
        void store[Symbol.asyncDispose]();
        void chunks[Symbol.asyncDispose]();
        void keystore[Symbol.asyncDispose]();
        end();
        network.breakWires((a, b) => a === this.name || b === this.name);
      },
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        await chunks[Symbol.asyncDispose]();
        await keystore[Symbol.asyncDispose]();
        end();
      },
    };
    this.#processes.add(process);
    return process;
  }

  /** Another computer with a copy of this profile as it is on the disk now, keys included. */
  copy(name: string): SimMachine {
    const copied = new SimMachine({ ...this.#options, name, keychain: this.keychain });
    copied.disk.restore(this.disk.backup());
    return copied;
  }

  /** Power fails: every process is gone, and of the disk what was synced remains. */
  crash(): void {
    this.chunkDisk.crash();
    this.disk.crash();
  }

  #killAll(): void {
    for (const process of this.#processes) process.kill();
  }
}
