/** What this identity has handed to doors: kept in its private space, brought to the lobby, and what became of it. */
import type { Database, Space } from '@atoll/echo';
import type { CheckedContribution, Contributions, Door } from '@atoll/halo';
import { equalBytes, idFromBytes, type IdentityId } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import { ClientError } from '../client-error.ts';
import type { ContributedFields, OwnContribution } from '../contributions-api.ts';
import type { Engine } from '../engine.ts';
import { idOf } from '../own-identity.ts';
import { OwnContributionRecord } from './contribution-records.ts';
import type { Proof } from './contributed-items.ts';
import { Lobby } from './lobby.ts';

/** What was taken out of the lobby a moment ago is on its way here. */
const ON_ITS_WAY_MS = 10 * 60_000;

type Own = InstanceOf<typeof OwnContributionRecord>;

/** What it works with. */
export interface OwnParts {
  readonly engine: Engine;
  readonly halo: Contributions;
  /** Objects of the private space, once it is open. */
  readonly database: () => Database | undefined;
}

/** See above. */
export class OwnContributions {
  readonly #parts: OwnParts;
  readonly #read = new Map<string, CheckedContribution | undefined>();

  constructor(parts: OwnParts) {
    this.#parts = parts;
  }

  /** As whom this identity writes. */
  get me(): IdentityId {
    return idOf(this.#parts.engine.requireIdentity());
  }

  /** Signs something for the door of a space and keeps it. Durable when resolved; its name. @throws ClientError. */
  async post(
    space: Space,
    door: Door,
    what: { readonly type: string; readonly fields: ContributedFields },
  ): Promise<string> {
    const { database, engine, halo } = this.#parts;
    const own = database();
    const me = engine.requireIdentity();
    if (own === undefined) throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
    const { clock, rng } = engine.platform;
    const { deviceSigner } = engine;
    const writtenAtMs = Math.floor(clock.nowMs());
    const signed = await halo.signContribution(
      { deviceSigner, log: me.log },
      {
        ...{ space: space.id, door: door.nonce, nonce: rng.bytes(16), writtenAtMs },
        ...{ identity: idOf(me), device: idFromBytes('device', deviceSigner.publicKey) },
        ...{ name: me.displayName, ...what },
      },
    );
    const { bytes, id } = signed;
    const token = rng.bytes(halo.LOBBY_TOKEN_BYTES);
    const record = halo.sealContribution(rng, door, { bytes, space: space.id, token });
    own.add(OwnContributionRecord, {
      ...{ space: space.id, contribution: id, signed: bytes, record, token },
      ...{ door: door.nonce, writtenAtMs },
    });
    await engine.opened(me.haloSpace)?.flush();
    return id;
  }

  /** Looks at what is kept that was not looked at yet. */
  async check(space: string): Promise<void> {
    const { engine, halo } = this.#parts;
    for (const { contribution, signed } of this.#of(space)) {
      if (this.#read.has(contribution)) continue;
      const read = await halo.checkContribution(engine.platform.ed25519, signed);
      this.#read.set(contribution, read);
    }
  }

  /** What was sent to a space, the newest first. `hidden`: objects that are not shown. */
  list(
    space: string,
    proofs: readonly Proof[],
    hidden: (object: string) => boolean,
  ): readonly OwnContribution[] {
    const objects = new Map(
      proofs
        .filter(({ isSecond }) => !isSecond)
        .map((one) => [one.contribution.id as string, one.object]),
    );
    return this.#of(space)
      .flatMap((own): OwnContribution[] => {
        const read = this.#read.get(own.contribution);
        if (read === undefined) return [];
        const { fields, id, type, writtenAtMs } = read;
        const object = objects.get(id);
        const at = object === undefined ? this.#lies(own) : hidden(object) ? 'hidden' : 'shown';
        const state: OwnContribution = { id, type, fields, writtenAtMs, state: at };
        return [object === undefined ? state : { ...state, object }];
      })
      .sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  }

  /** True while something is to be brought, or waits. */
  isExpecting(space: string, proofs: readonly Proof[]): boolean {
    const taken = new Set<string>(proofs.map(({ contribution }) => contribution.id));
    return this.#of(space).some(
      (own) => !taken.has(own.contribution) && this.#lies(own) !== 'gone',
    );
  }

  /** Brings what is not at the server yet, and looks whether the rest is still there. @throws ClientError. */
  async bring(space: Space, door: Door | undefined, proofs: readonly Proof[]): Promise<void> {
    const { engine, halo } = this.#parts;
    const taken = new Set<string>(proofs.map(({ contribution }) => contribution.id));
    const open = this.#of(space.id).filter((own) => !taken.has(own.contribution));
    for (const own of open) {
      if (this.#lies(own) === 'gone') continue;
      if (door?.isOpen !== true || !equalBytes(door.nonce, own.door)) {
        own.goneAtMs ??= 0;
        continue;
      }
      await this.#bringOne(own, new Lobby(engine, halo, door));
    }
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
  }

  async #bringOne(own: Own, lobby: Lobby): Promise<void> {
    const nowMs = Math.floor(this.#parts.engine.platform.clock.nowMs());
    if (own.sentAtMs === undefined) {
      if (await lobby.put(own.contribution, own.token, own.record)) own.sentAtMs = nowMs;
    } else if (await lobby.has(own.contribution, own.record)) own.goneAtMs = undefined;
    else own.goneAtMs ??= nowMs;
  }

  #lies(own: Own): 'sending' | 'waiting' | 'gone' {
    const nowMs = this.#parts.engine.platform.clock.nowMs();
    if (own.goneAtMs !== undefined && nowMs - own.goneAtMs > ON_ITS_WAY_MS) return 'gone';
    return own.sentAtMs === undefined ? 'sending' : 'waiting';
  }

  #of(space: string): readonly Own[] {
    return this.#parts.database()?.query(OwnContributionRecord).where({ space }).run() ?? [];
  }
}
