/** The second peer, in the bench's own process: joins by invitation and notes when objects arrive. */
import { AtollClient, liveUntil, type Client, type Space } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import type { Child } from './child.ts';
import { countingPlatform, noTraffic, type Tally } from './counting.ts';

const WAIT_MS = 120_000;

/** How a fetch went: milliseconds from agreeing to join. */
export interface Fetched {
  readonly firstMs: number;
  readonly allMs: number;
  /** CPU of this process meanwhile. */
  readonly cpuMs: number;
  readonly socketBytes: number;
  readonly directBytes: number;
}

/** A client whose traffic is counted. */
export class Joiner implements AsyncDisposable {
  readonly client: Client;
  readonly tally: Tally;

  private constructor(client: Client, tally: Tally) {
    this.client = client;
    this.tally = tally;
  }

  static async open(options: {
    readonly dir: string;
    readonly kube: string;
    readonly direct: boolean;
    readonly online?: boolean;
  }): Promise<Joiner> {
    const { dir, direct, kube, online = true } = options;
    const tally: Tally = { socket: noTraffic(), direct: noTraffic() };
    const platform = countingPlatform(await openNodePlatform({ dir }), tally, { direct });
    const client = await AtollClient.open(platform, { kubes: [kube], online });
    if (client.halo.identity.get() === undefined) {
      await client.halo.createIdentity({ displayName: 'Bob' });
    }
    return new Joiner(client, tally);
  }

  /** Starts counting anew. */
  reset(): void {
    this.tally.socket = noTraffic();
    this.tally.direct = noTraffic();
  }

  /** Answers an invitation of the host up to the last word; resolves when joining only needs a yes. */
  async meet(host: Child, space: string): Promise<{ readonly join: () => Promise<Space> }> {
    const { digits, url } = await host.ask({ do: 'invite', space });
    const guest = this.client.spaces.join(String(url));
    const signal = AbortSignal.timeout(WAIT_MS);
    await liveUntil(guest.state, ({ at }) => at === 'digits', signal);
    guest.submit(String(digits));
    await liveUntil(guest.state, ({ at }) => at === 'confirm', signal);
    const join = async (): Promise<Space> => {
      guest.accept();
      await guest.done;
      return this.space(space);
    };
    return { join };
  }

  space(id: string): Space {
    const space = this.client.spaces.get(id);
    if (space === undefined) throw new RangeError('the space is not here');
    return space;
  }

  /** From `begin` until so many objects are here. */
  async fetch(begin: () => Space | Promise<Space>, objects: number): Promise<Fetched> {
    this.reset();
    const cpu = process.cpuUsage();
    const began = performance.now();
    const space = await begin();
    let firstMs = 0;
    const seen = new Set<string>();
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new RangeError('not everything came')), WAIT_MS);
      const look = (ids: readonly string[]): void => {
        for (const id of ids) seen.add(id);
        if (firstMs === 0 && seen.size > 1) firstMs = performance.now() - began;
        if (seen.size < objects) return;
        clearTimeout(limit);
        stop();
        resolve();
      };
      const stop = space.db.onChange(look);
      const ids = space.db.query('Package').run();
      look(ids.map(({ id }) => id));
    });
    const allMs = performance.now() - began;
    const { system, user } = process.cpuUsage(cpu);
    const socketBytes = this.tally.socket.bytesIn;
    const directBytes = this.tally.direct.bytesIn;
    return { firstMs, allMs, cpuMs: (user + system) / 1_000, socketBytes, directBytes };
  }

  /** Waits until a peer is reached in a certain way. */
  async reach(space: Space, connection: 'relay' | 'direct'): Promise<void> {
    const signal = AbortSignal.timeout(WAIT_MS);
    await liveUntil(space.status, (now) => now.connection === connection, signal);
  }

  /** Goes offline and online again; resolves when everybody is known to have the same. Milliseconds. */
  async reconnect(): Promise<number> {
    const { network } = this.client;
    const signal = AbortSignal.timeout(WAIT_MS);
    await liveUntil(network.status, ({ settled, peers }) => settled && peers > 0, signal);
    network.setOnline(false);
    await liveUntil(network.status, ({ peers }) => peers === 0, signal);
    this.reset();
    const began = performance.now();
    network.setOnline(true);
    await liveUntil(network.status, ({ settled, peers }) => settled && peers > 0, signal);
    return performance.now() - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
