/** A space, its writers and replicas over disks in memory, for tests. */
import type { Store } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng, simEd25519, simSigner } from '@atoll/testkit';
import type { LogReplicaOptions } from '../log-options.ts';
import { LogReplica } from '../log-replica.ts';
import { TestFeed, testSpace, type TestSpace } from './test-feed.ts';

/** Everything that a test of replicas needs, from one seed. */
export class Bench {
  readonly rng: SimRng;
  readonly space: TestSpace;

  constructor(seed = 1) {
    this.rng = new SimRng(seed);
    this.space = testSpace(this.rng);
  }

  feed(): TestFeed {
    return new TestFeed(this.space, simSigner(this.rng.bytes(32)), this.rng);
  }

  disk(): MemoryDisk {
    return new MemoryDisk(this.rng);
  }

  replica(
    store: Store = new MemoryStore(this.disk()),
    more: Partial<LogReplicaOptions> = {},
  ): Promise<LogReplica> {
    return LogReplica.open({
      store,
      ed25519: simEd25519,
      rng: this.rng,
      space: this.space.id,
      ...more,
    });
  }
}
