/** The client's connections as one thing: servers, and whether the user wants to be connected. */
import { errorCode, fromUtf8, toHex, utf8 } from '@atoll/kernel';
import type { Network, NetworkStatus } from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { parseKubeUrl, socketUrl } from './kube-address.ts';
import { DerivedCell, sameData, type Live } from './live.ts';
import { TickEnd } from './tick-end.ts';

const KEPT = 'servers';

/** {@link Network} over the engine's mesh. */
export class EngineNetwork implements Network {
  readonly #engine: Engine;
  readonly #status: DerivedCell<NetworkStatus>;
  readonly #kubes = new Set<string>();

  constructor(engine: Engine, online: boolean) {
    this.#engine = engine;
    engine.online.set(online);
    this.#status = new DerivedCell(() => this.#look(), sameData);
    const { clock } = engine.platform;
    const soon = new TickEnd({ clock, signal: engine.signal, task: () => this.#status.tell() });
    const changed = (): void => {
      this.#status.stale();
      soon.ask();
    };
    engine.mesh.onStatus(changed);
    // What was just written is held by nobody else: nothing has to come from outside to know that.
    engine.onSpaceChange(changed);
  }

  get status(): Live<NetworkStatus> {
    return this.#status;
  }

  /** Servers in the order in which they were named. */
  get kubes(): readonly string[] {
    return [...this.#kubes];
  }

  /** The server at which invitations are made. */
  get firstKube(): string | undefined {
    return this.kubes[0];
  }

  /** The same. @throws ClientError `CLIENT_NO_SERVER` when none was named. */
  requireKube(): string {
    const kube = this.firstKube;
    if (kube === undefined) {
      throw new ClientError('CLIENT_NO_SERVER', 'name a server first, so that others can be met');
    }
    return kube;
  }

  setOnline(online: boolean): void {
    if (this.#engine.online.get() === online) return;
    this.#engine.online.set(online);
    for (const kube of this.#kubes) this.#try(() => this.#apply(kube));
    if (!online) this.#engine.mesh.hangUp();
    this.#tell();
  }

  addKube(url: string): void {
    const kube = parseKubeUrl(url);
    if (this.#kubes.has(kube)) return;
    this.#apply(kube);
    this.#kubes.add(kube);
    this.#tell();
  }

  /** Adds a server that came with a space. There may be too many: the space is here all the same. */
  addKnownKube(url: string): void {
    this.#try(() => this.addKube(url));
  }

  /**
   * Adds servers at which an identity is that comes to this device, before it is kept: until its private space is
   * here, nothing else names them. Durable when resolved. @throws StoreError.
   */
  async keep(urls: readonly string[]): Promise<void> {
    const { store } = this.#engine.platform;
    await store.commit({ values: new Map([[KEPT, utf8(urls.join('\n'))]]) });
    for (const url of urls) this.addKnownKube(url);
  }

  /** Adds those that were kept. @throws StoreError. */
  async addKept(): Promise<void> {
    const kept = await this.#engine.platform.store.value(KEPT);
    if (kept === undefined) return;
    for (const url of (fromUtf8(kept) ?? '').split('\n')) this.addKnownKube(url);
  }

  #try(connect: () => void): void {
    try {
      connect();
    } catch (failure) {
      const code = errorCode(failure);
      this.#engine.platform.log.event('warn', 'client.server-not-added', { code });
    }
  }

  #apply(kube: string): void {
    if (this.#engine.online.get()) this.#engine.mesh.connectKube(socketUrl(kube));
    else this.#engine.mesh.disconnectKube(socketUrl(kube));
  }

  #tell(): void {
    this.#status.stale();
    this.#status.tell();
  }

  #look(): NetworkStatus {
    const { mesh } = this.#engine;
    // Further tabs and processes of this device are nobody else.
    const own = toHex(this.#engine.deviceAgreer.publicKey);
    const connected = new Set(mesh.reached);
    return {
      kubes: this.kubes.map((url) => ({ url, connected: connected.has(socketUrl(url)) })),
      online: this.#engine.online.get(),
      peers: [...mesh.remotes].filter((remote) => remote !== own).length,
      // A space into which nobody has looked yet may have anything.
      settled: mesh.isSettled && this.#engine.openSpaces?.isLearning !== true,
    };
  }
}
