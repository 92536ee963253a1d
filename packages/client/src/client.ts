/** The client: one profile, opened on one platform. */
import { ready } from '@atoll/crypto';
import type { Platform } from '@atoll/kernel';
import type { Client, Models, Undo } from './api.ts';
import { ClientError } from './client-error.ts';
import { ClientUndo } from './client-undo.ts';
import { Engine } from './engine.ts';
import { EngineHalo } from './halo.ts';
import { EngineNetwork } from './network.ts';
import { EngineSpaces } from './spaces.ts';

/** What a client is opened with. */
export interface ClientOptions {
  /** Addresses of servers. None is built in: without any, work stays on this device. */
  readonly kubes?: readonly string[];
  /** How this device is called among one's own. */
  readonly deviceName?: string;
  /** `false`: works offline until told otherwise, also towards servers that come with spaces. */
  readonly online?: boolean;
  /**
   * Spaces that stay open although nobody uses them; 32 where it is left out. A profile with more of them
   * opens each when it is used: see `Space.open` and `Space.hold`.
   */
  readonly openSpacesMax?: number;
  /** How long a space that nobody uses stays open when there are more; a minute where it is left out. */
  readonly idleSpaceMs?: number;
  /** `false`: opens identity and devices only, for programs that need nothing else. */
  readonly spaces?: boolean;
  /**
   * How long history stays on this device at least after the epoch that stands for it was sealed,
   * milliseconds; 90 days where it is left out, `Infinity` for ever. Then it goes, if somebody else has it.
   */
  readonly historyMs?: number;
  /** How files come to this device. */
  readonly files?: {
    /**
     * Files up to this size are fetched as soon as an object that names them is here, larger ones when they
     * are asked for or pinned. 64 KiB where it is left out; 0: none.
     */
    readonly eagerBytesMax?: number;
  };
}

/** {@link Client} on a platform that it owns from then on. */
export class AtollClient implements Client {
  readonly halo: EngineHalo;
  readonly spaces: EngineSpaces;
  readonly network: EngineNetwork;
  readonly undo: Undo;
  readonly models: Models;
  readonly #engine: Engine;

  private constructor(engine: Engine, options: ClientOptions) {
    this.#engine = engine;
    this.network = new EngineNetwork(engine, options.online !== false);
    this.halo = new EngineHalo(engine, this.network, options.deviceName);
    this.spaces = new EngineSpaces(engine, {
      network: this.network,
      halo: this.halo,
      openSpacesMax: options.openSpacesMax,
      idleMs: options.idleSpaceMs,
    });
    this.halo.people.spaces = () => this.spaces.list.get();
    if (options.spaces !== false) this.spaces.followList();
    this.models = { register: (model) => engine.registerModel(model) };
    this.undo = ClientUndo.over(this.spaces.list, engine.platform.rng);
  }

  /**
   * Opens the profile: takes a slot, opens what the identity has, connects to the servers.
   * @throws ClientError, StoreError.
   */
  static async open(platform: Platform, options: ClientOptions = {}): Promise<AtollClient> {
    await ready();
    const engine = await Engine.open(platform, {
      ...options.files,
      historyMs: options.historyMs,
    });
    try {
      const client = new AtollClient(engine, options);
      // Before those that come with spaces: invitations are made at the first.
      for (const kube of options.kubes ?? []) client.network.addKube(kube);
      await client.network.addKept();
      const identity = engine.identity.get();
      if (identity !== undefined) {
        await client.halo.open(identity);
        await client.spaces.ready();
      } else {
        // Nothing is left of an identity that was wiped here, but that it was.
        await client.halo.devices.isLocked();
      }
      return client;
    } catch (failure) {
      await engine[Symbol.asyncDispose]();
      throw failure;
    }
  }

  get isProtected(): boolean {
    return this.#engine.platform.keystore.isProtected === true;
  }

  async protect(passphrase: string | undefined): Promise<void> {
    const { keystore } = this.#engine.platform;
    if (keystore.protect === undefined) {
      throw new ClientError('CLIENT_NO_PASSPHRASE', 'keys cannot be under a passphrase here');
    }
    await keystore.protect(passphrase);
    this.halo.passkeys.look();
  }

  async close(): Promise<void> {
    for (const space of this.spaces.list.get()) space.noteShared();
    await this.#engine[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
