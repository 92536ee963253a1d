/** The tree of rights as it is coded, fed block by block in any order, decides as the model does from the whole. */
import type { BlockHash, CredentialId, IdentityId, ZoneId } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { AccessTree, ZoneReaders } from '../../packages/halo/src/testing/access-parts.ts';
import { decide, type SpaceBlocks } from './access.ts';
import { STORIES } from './access-stories.ts';
import { randomSpace } from './access-worlds.ts';
import { LEVELS, ROOT_CREDENTIAL, type Access, type Block, type Path } from './access-types.ts';
import { ZONES, isFromThere, openZonesOf, zoneOf } from './access-zones.ts';

/** Ids of the model's paths, all of one length. */
function pathKey(path: Path): string {
  return path.map((id, at) => (at === 0 && id === ZONES ? ZONES_KEY : idKey(id))).join('');
}

function idKey(id: string): string {
  return Buffer.from(id.padEnd(16, '_')).toString('hex');
}

const ZONES_KEY = 'fc'.repeat(16);

const WRITE = 2;
const GROUPS = ['crew', 'one', 'two'];

function subjectKey(subject: string): string {
  return GROUPS.includes(subject) ? `group:${subject}` : subject;
}

/** Adds all blocks, causes first, in an order that the seed decides. */
class Fed {
  readonly #space: SpaceBlocks;
  readonly #byNo: ReadonlyMap<number, Block>;
  readonly #pasts = new Map<number, ReadonlySet<number>>();
  readonly #here = new Set<number>();
  readonly #tree: AccessTree;
  readonly #groups: ConstructorParameters<typeof AccessTree>[1];
  readonly #counted = new Map<number, boolean>();
  readonly #writes: Block[] = [];

  constructor(space: SpaceBlocks) {
    this.#space = space;
    this.#byNo = new Map(space.blocks.map((block) => [block.no, block]));
    const isInPast = (earlier: number, later: number): boolean => this.#past(later).has(earlier);
    const blockOf = (hash: BlockHash): number | undefined =>
      this.#here.has(Number(hash)) ? Number(hash) : undefined;
    const groupOf = (path: string): string | undefined => {
      const group = GROUPS.find((one) => path === pathKey(['group', one]));
      return group === undefined ? undefined : subjectKey(group);
    };
    this.#groups = { groupOf, isGroup: (subject) => subject.startsWith('group:') };
    this.#tree = new AccessTree({ isInPast, blockOf }, this.#groups);
  }

  run(rng: SimRng): Access {
    const waiting = new Set(this.#space.blocks.map(({ no }) => no));
    const epochs = [...this.#space.epochs];
    while (waiting.size > 0) {
      const ready = [...waiting].filter((no) =>
        [...this.#past(no)].every((one) => !waiting.has(one)),
      );
      const no = ready[rng.int(ready.length)] as number;
      waiting.delete(no);
      this.#add(this.#byNo.get(no) as Block);
      const [next] = epochs;
      if (next !== undefined && this.#here.has(next.anchor) && rng.chance(0.3)) {
        this.#tree.noteEpoch(next.number, next.anchor);
        epochs.shift();
      }
    }
    for (const { anchor, number } of epochs) this.#tree.noteEpoch(number, anchor);
    this.#takeChanged();
    const writes = [...this.#counted].flatMap(([no, counts]) => (counts ? [no] : []));
    const stated = this.#space.blocks.flatMap(({ statements }) => statements);
    const statements = stated.flatMap((one) =>
      'id' in one && this.#tree.counts(one.id) ? [one.id] : [],
    );
    return {
      statements: [ROOT_CREDENTIAL, ...statements].sort(),
      writes: writes.sort((a, b) => a - b),
      readers: this.#readers(),
    };
  }

  #readers(): Access['readers'] {
    const { blocks } = this.#space;
    const people = [...new Set(blocks.map(({ author }) => author))].sort() as IdentityId[];
    const isMember = (who: IdentityId): boolean =>
      this.#tree.heldNow(who).some(({ path }) => !path.startsWith(ZONES_KEY));
    const readers = new ZoneReaders(this.#tree, this.#groups, {
      members: () => people.filter(isMember),
    });
    const stated = blocks.flatMap(({ statements }) => statements);
    const zones = stated.flatMap((one) => (one.kind === 'grant' ? (zoneOf(one.path) ?? []) : []));
    const open = openZonesOf(blocks);
    const found = [...new Set(zones)].sort().map((zone) => {
      const isOpen = open.has(zone);
      return [zone, isOpen ? people.filter(isMember) : readers.of(idKey(zone) as ZoneId)] as const;
    });
    // Of what was never said in the right form nothing is known, and nobody reads it.
    return Object.fromEntries(found.map(([zone, of]) => [zone, of ?? []]));
  }

  #add(block: Block): void {
    const tree = this.#tree;
    this.#here.add(block.no);
    tree.noteBlock(String(block.no) as BlockHash);
    // Whoever knows nothing yet knows of what the space begins with.
    if (block.prev === undefined && block.deps.length === 0) {
      tree.addRoot(ROOT_CREDENTIAL as CredentialId, this.#space.founder as IdentityId, block.no);
    }
    for (const [index, statement] of block.statements.entries()) {
      const place = this.#place(block, index);
      const by = statement.by as readonly CredentialId[];
      switch (statement.kind) {
        case 'grant': {
          const { handover: isHandover = false, id, level, path, premise, to, until } = statement;
          // Of a zone that somebody begins for somebody else nothing is taken; nor is one at another place.
          const { zone: isZone } = statement;
          if (isZone === true && (to !== block.author || path.length !== 2 || level !== 'own'))
            break;
          tree.addGrant({
            place,
            credential: id as CredentialId,
            subject: subjectKey(to),
            path: pathKey(path),
            level: LEVELS.indexOf(level) + 1,
            by,
            until,
            isHandover,
            isZone,
            premise: premise && {
              subject: subjectKey(premise.subject),
              path: pathKey(premise.path),
              level: LEVELS.indexOf(premise.level) + 1,
            },
          });
          break;
        }
        case 'revocation':
          tree.addRevocation({
            place,
            name: statement.id,
            subject: subjectKey(statement.subject),
            path: pathKey(statement.path),
            by,
            under: statement.under as CredentialId | undefined,
            cut: statement.cut.map((no) => String(no) as BlockHash),
            isPurge: statement.purge === true,
            keepsZones: statement.keepsZones === true,
          });
          break;
        default:
          tree.addRemark({ kind: statement.kind, place, of: statement.of, by });
      }
    }
    if (block.write !== undefined) this.#write(block, block.write);
    this.#takeChanged();
  }

  #write(block: Block, { by, path }: { readonly by: string; readonly path: Path }): void {
    const held = this.#tree.get(by as CredentialId);
    // Which paths a write may touch is for who folds it to look at.
    if (held !== undefined && !pathKey(path).startsWith(held.path)) return;
    const isThere = held === undefined || held.path.length >= 2 * ZONES_KEY.length;
    const right = held?.path.startsWith(ZONES_KEY) === true && isThere ? [ZONES, ''] : [];
    if (held !== undefined && !isFromThere(right, path, false)) return;
    this.#writes.push(block);
    this.#counted.set(block.no, this.#mayWrite(block));
  }

  /** Only those whom the tree names are judged again. */
  #takeChanged(): void {
    const touched = this.#tree.takeTouched();
    for (const block of this.#writes) {
      if (touched !== 'everybody' && !touched.has(block.author as IdentityId)) continue;
      this.#counted.set(block.no, this.#mayWrite(block));
    }
  }

  #mayWrite({ author, no, write }: Block): boolean {
    const credential = write?.by as CredentialId;
    const identity = author as IdentityId;
    return this.#tree.judge({ credential, identity, level: WRITE, block: no }).counts;
  }

  #place(
    { author, hash, no, seq }: Block,
    index: number,
  ): Parameters<AccessTree['addGrant']>[0]['place'] {
    return {
      block: no,
      author: author as IdentityId,
      step: {
        deviceDepth: 0,
        deviceEntry: author as never,
        feedLamport: 0,
        feedGenesis: '' as BlockHash,
        seq,
        block: hash as BlockHash,
        index,
      },
    };
  }

  #past(no: number): ReadonlySet<number> {
    const known = this.#pasts.get(no);
    if (known !== undefined) return known;
    const block = this.#byNo.get(no) as Block;
    const past = new Set<number>();
    for (const one of block.prev === undefined ? block.deps : [block.prev, ...block.deps]) {
      past.add(one);
      for (const earlier of this.#past(one)) past.add(earlier);
    }
    this.#pasts.set(no, past);
    return past;
  }
}

describe('in whatever order it comes, the tree decides as the model', () => {
  test.each([
    ['short worlds', 300, 40, 1],
    ['long worlds', 20, 200, 1],
    ['short worlds of many rights', 400, 60, 0.2],
    ['long worlds of many rights', 20, 200, 0.2],
  ] as const)('%s', (_, worlds, steps, lies) => {
    for (let seed = 1; seed <= worlds; seed++) {
      const space = randomSpace(seed, steps, lies);
      const expected = decide(space);
      const rng = new SimRng(seed);
      for (let turn = 0; turn < 2; turn++) {
        expect(new Fed(space).run(rng), `seed ${String(seed)}`).toEqual(expected);
      }
    }
  });

  test.each(Object.entries(STORIES))('%s', (_, story) => {
    for (let seed = 1; seed <= 10; seed++) {
      expect(story((space) => new Fed(space).run(new SimRng(seed)))).toBe(true);
    }
  });
});
