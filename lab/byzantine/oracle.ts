/**
 * What is right, worked out apart from the code that decides it: who wrote which block is found by looking through
 * statements one after the other, and rights are the model's (`lab/models/access.ts`), which looks at all at once.
 */
import {
  credentialIdOf,
  identityEntryOf,
  identityIdOf,
  rootCredential,
  spaceIdOf,
  zoneCredentialOf,
  zoneIdOf,
  type Grant,
  type GrantSubject,
  type Statement as Said,
  type Zone,
} from '@atoll/halo';
import { genesisPrev } from '@atoll/feed';
import {
  ROOT_ZONE,
  toHex,
  type BlockHash,
  type CredentialId,
  type IdentityId,
  type SpaceId,
} from '@atoll/kernel';
import {
  GROUPS_PATH,
  ZONES_PATH,
  revocationName,
  type Dag,
  type TestBlock,
} from '../../packages/halo/src/testing/byzantine-parts.ts';
import type { SpaceBlocks } from '../models/access.ts';
import { ROOT_CREDENTIAL, type Block, type Path, type Statement } from '../models/access-types.ts';
import { ZONES, isInZones } from '../models/access-zones.ts';
import type { SealedEpoch } from './replica.ts';

/** A device that may act for somebody, from a block on. */
interface Entry {
  readonly identity: string;
  readonly name: string;
  readonly depth: number;
  readonly device: string;
  readonly block: number;
  readonly recoveryKey: string;
}

interface Author {
  readonly identity: string;
  readonly device: string;
  readonly genesis: TestBlock;
}

const GROUPS_KEY = toHex(GROUPS_PATH);
const ZONES_KEY = toHex(ZONES_PATH);

/** Blocks, each after its past. */
export type BlockGraph = Pick<Dag, 'blocks' | 'block'>;

/** Reads a graph of blocks. */
export class Oracle {
  readonly #dag: BlockGraph;
  readonly #space: SpaceId;
  readonly #entries: Entry[] = [];
  readonly #authors: (Author | undefined)[] = [];
  readonly #byHash: ReadonlyMap<BlockHash, number>;
  readonly #blocks: Block[] = [];
  readonly #founded: number[] = [];

  constructor(dag: BlockGraph, space: SpaceId) {
    this.#dag = dag;
    this.#space = space;
    this.#byHash = new Map(dag.blocks.map(({ hash, index }) => [hash, index]));
    for (const block of dag.blocks) this.#blocks.push(this.#read(block));
  }

  /** Everything as the model takes it. */
  blocks(founder: IdentityId, epochs: readonly SealedEpoch[]): SpaceBlocks {
    return { founder, blocks: this.#blocks, epochs, founded: this.#founded };
  }

  /** Who wrote a block; nobody where no admitted device stands behind its feed. */
  authorOf(index: number): string | undefined {
    return this.#authors[index]?.identity;
  }

  #read(block: TestBlock): Block {
    const { index, prevIndex } = block;
    this.#authors[index] = prevIndex === undefined ? undefined : this.#authors[prevIndex];
    const stated: { readonly at: number; readonly statement: Statement }[] = [];
    let at = 0;
    for (const { statements } of block.control) {
      for (const { signed, statement } of statements) {
        const read = signed ? this.#readOne(statement, block, at) : undefined;
        if (read !== undefined) stated.push({ at, statement: read });
        at++;
      }
    }
    const author = this.#authors[index];
    const [cited] = block.data;
    return {
      no: index,
      author: author?.identity ?? '',
      feed: block.feed,
      seq: block.seq,
      ...(prevIndex === undefined ? {} : { prev: prevIndex }),
      // Its past is known as a whole: names of those before would only be looked through again.
      deps: [...block.past].filter((one) => one !== prevIndex),
      hash: block.hash,
      ...(author === undefined ? {} : { place: this.#place(author, index) }),
      // The model counts places within a block from 0; here they keep those of all statements.
      statements: stated.map(({ statement }) => statement),
      ...(cited === undefined || author === undefined
        ? {}
        : {
            write: {
              path: block.zone === ROOT_ZONE ? [] : [ZONES, block.zone],
              by: this.#name(cited),
            },
          }),
    };
  }

  #readOne(said: Said, block: TestBlock, at: number): Statement | undefined {
    switch (said.kind) {
      case 'space-genesis':
        if (spaceIdOf(said) === this.#space) this.#founded.push(block.index);
        return undefined;
      case 'identity-genesis':
      case 'device-admission':
        this.#readEntry(said, block.index);
        return undefined;
      case 'feed-admission':
        this.#readFeed(said, block);
        return undefined;
      case 'grant':
        return this.#readGrant(said, block);
      case 'zone':
      case 'open-zone':
        return this.#readZone(said, block);
      case 'revocation':
      case 'revocation-remark':
        return this.#readRevocation(said, block, at);
      default:
        return undefined;
    }
  }

  #readEntry(
    said: Extract<Said, { kind: 'identity-genesis' | 'device-admission' }>,
    block: number,
  ): void {
    if (said.kind === 'identity-genesis') {
      const identity = identityIdOf(said);
      const recoveryKey = toHex(said.recoverySigningKey);
      const { device } = said;
      this.#entries.push({ identity, name: identity, depth: 0, device, block, recoveryKey });
      return;
    }
    const { admittedBy, device, identity, previous } = said;
    const known = this.#known(identity, block);
    const before = known.find(({ name }) => name === previous);
    const key = toHex(admittedBy);
    if (before === undefined) return;
    if (before.recoveryKey !== key && !known.some((one) => one.device === key)) return;
    const { depth, recoveryKey } = before;
    const name = identityEntryOf(said);
    this.#entries.push({ identity, name, depth: depth + 1, device, block, recoveryKey });
  }

  #readFeed(said: Extract<Said, { kind: 'feed-admission' }>, block: TestBlock): void {
    const { device, feed, identity, incarnation, space } = said;
    const isHere = space === this.#space && feed === block.feed && block.seq === 0;
    if (!isHere || genesisPrev(space, feed, incarnation) !== block.prev) return;
    if (this.#authors[block.index] !== undefined) return;
    if (this.#entryOf(identity, device, block.index) === undefined) return;
    this.#authors[block.index] = { identity, device, genesis: block };
  }

  #readGrant(said: Grant, block: TestBlock): Statement | undefined {
    const author = this.#authors[block.index];
    if (author === undefined || said.space !== this.#space) return undefined;
    if (author.identity !== said.issuer || author.device !== said.device) return undefined;
    const path = pathOf(said.path);
    const isOfGroup = path.length === 2 && path[0] === 'group';
    const isKnownPath = path.length === 0 || isOfGroup || isInZones(path);
    if (!isKnownPath) return undefined;
    const { level, premise, subject, until } = said;
    return {
      kind: 'grant',
      id: credentialIdOf(said),
      to: subjectOf(subject),
      path,
      level,
      by: this.#named(said),
      ...(until === 0 ? {} : { until }),
      ...(premise === undefined
        ? {}
        : {
            premise: {
              subject: subjectOf(premise.subject),
              path: pathOf(premise.path),
              level: premise.level,
            },
          }),
    };
  }

  #readZone(said: Zone, block: TestBlock): Statement | undefined {
    const { founder, kind, space } = said;
    if (space !== this.#space || this.#authors[block.index]?.identity !== founder) return undefined;
    return {
      ...{ kind: 'grant', id: zoneCredentialOf(said), to: founder, level: 'own', zone: true },
      ...(kind === 'open-zone' ? { isOpen: true } : {}),
      ...{ path: [ZONES, zoneIdOf(said)], by: this.#named(said) },
    };
  }

  #readRevocation(
    said: Extract<Said, { kind: 'revocation' | 'revocation-remark' }>,
    block: TestBlock,
    at: number,
  ): Statement | undefined {
    if (said.space !== this.#space || this.#authors[block.index] === undefined) return undefined;
    const by = this.#named(said);
    if (said.kind === 'revocation-remark') {
      const kind = said.says === 'withdrawn' ? 'withdrawal' : 'countersignature';
      return { kind, of: revocationName(said.block, said.index), by };
    }
    return {
      kind: 'revocation',
      id: revocationName(block.hash, at),
      subject: subjectOf(said.subject),
      path: pathOf(said.path),
      by,
      // A name of nothing keeps nothing.
      cut: said.cut.flatMap(({ end }) => this.#byHash.get(end) ?? []),
      ...(said.under === undefined ? {} : { under: this.#name(said.under) }),
      purge: said.isPurge,
      keepsZones: said.keepsZones,
    };
  }

  #named({ parent, through }: Pick<Grant, 'parent' | 'through'>): readonly string[] {
    return [parent, ...through].map((id) => this.#name(id));
  }

  #name(id: CredentialId): string {
    return id === rootCredential(this.#space) ? ROOT_CREDENTIAL : id;
  }

  #place({ device, genesis, identity }: Author, block: number): string {
    const entry = this.#entryOf(identity, device, block);
    const number = (value: number): string => String(value).padStart(9, '0');
    const depth = number(entry?.depth ?? 0);
    const { hash, lamport } = genesis;
    return `${depth} ${entry?.name ?? ''} ${number(lamport)} ${hash} ${number(this.#dag.block(block).seq)}`;
  }

  /** The earliest entry of a device that a block knows of. */
  #entryOf(identity: string, device: string, block: number): Entry | undefined {
    return this.#known(identity, block)
      .filter((one) => one.device === device)
      .sort((a, b) => a.depth - b.depth || (a.name < b.name ? -1 : 1))[0];
  }

  #known(identity: string, block: number): readonly Entry[] {
    const { past } = this.#dag.block(block);
    return this.#entries.filter(
      (one) => one.identity === identity && (one.block === block || past.has(one.block)),
    );
  }
}

function subjectOf(subject: GrantSubject): string {
  if (subject.to === 'identity') return subject.identity;
  return subject.to === 'group' ? subject.group : 'anyone';
}

function pathOf(path: readonly Uint8Array[]): Path {
  const [space] = path.map(toHex);
  const named = space === GROUPS_KEY ? 'group' : space === ZONES_KEY ? ZONES : space;
  return path.map((id, at) => (at === 0 ? (named ?? '') : toHex(id)));
}
