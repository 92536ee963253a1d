/** People who write a space in the model: honest ones build on all that they have seen, others on what they like. */
import { createHash } from 'node:crypto';
import {
  type Block,
  type Epoch,
  type Path,
  type Revocation,
  type Statement,
} from './access-types.ts';

/** How a block comes to be. */
export interface Write {
  /** Which of the author's feeds; the first where absent. */
  readonly feed?: string;
  /** The block of the feed to go on from: a fork where that is not its end. */
  readonly from?: number | 'nothing';
  /** What the author knows of others; all that he has seen where absent. */
  readonly knows?: readonly number[];
  readonly statements?: readonly Statement[];
  readonly write?: { readonly path: Path; readonly by: string };
}

/** A space that is being written. */
export class Scene {
  readonly founder: string;
  readonly blocks: Block[] = [];
  readonly epochs: Epoch[] = [];
  readonly #seen = new Map<string, Set<number>>();
  readonly #ends = new Map<string, number>();
  #ids = 0;

  /** The first block is the founder's. */
  constructor(founder = 'ann') {
    this.founder = founder;
    this.block(founder);
  }

  /** A new name for a statement. */
  id(): string {
    return `c${String(this.#ids++)}`;
  }

  /** Writes a block. */
  block(author: string, options: Write = {}): Block {
    const feed = `${author}/${options.feed ?? 'a'}`;
    const end = options.from ?? this.#ends.get(feed);
    const prev = end === 'nothing' ? undefined : end;
    const seen = this.seenBy(author);
    const known = options.knows ?? [...seen];
    const no = this.blocks.length;
    const seq = prev === undefined ? 0 : (this.blocks[prev]?.seq ?? 0) + 1;
    const statements = options.statements ?? [];
    const deps = known.filter((one) => one !== prev).sort((a, b) => a - b);
    const text = JSON.stringify([feed, seq, prev, deps, statements, options.write, no]);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const block: Block = {
      no,
      author,
      feed,
      seq,
      ...(prev === undefined ? {} : { prev }),
      deps,
      hash,
      statements,
      ...(options.write === undefined ? {} : { write: options.write }),
    };
    this.blocks.push(block);
    this.#ends.set(feed, no);
    seen.add(no);
    return block;
  }

  /** Grants, by the right `by`; gives the credential's name. */
  grant(
    author: string,
    grant: Omit<Extract<Statement, { kind: 'grant' }>, 'kind' | 'id'>,
    options: Write = {},
  ): string {
    const id = this.id();
    this.block(author, { ...options, statements: [{ kind: 'grant', id, ...grant }] });
    return id;
  }

  /** Revokes, with a cut at all that the author has seen unless another is given. */
  revoke(
    author: string,
    revocation: Omit<Revocation, 'kind' | 'id' | 'cut' | 'path'> & Partial<Revocation>,
    options: Write = {},
  ): string {
    const id = this.id();
    const cut = revocation.cut ?? [];
    this.block(author, {
      ...options,
      statements: [{ path: [], ...revocation, cut, kind: 'revocation', id }],
    });
    return id;
  }

  /** Writes at a path under a right. Gives the block's number. */
  write(author: string, by: string, path: Path = ['x'], options: Write = {}): number {
    return this.block(author, { ...options, write: { path, by } }).no;
  }

  /** What somebody has. */
  seenBy(author: string): Set<number> {
    let seen = this.#seen.get(author);
    if (seen === undefined) this.#seen.set(author, (seen = new Set()));
    return seen;
  }

  /** Somebody gets all that another one has. */
  tell(from: string, ...to: readonly string[]): void {
    for (const one of to) for (const no of this.seenBy(from)) this.seenBy(one).add(no);
  }

  /** Everybody gets everything. */
  meet(...people: readonly string[]): void {
    const all = people.flatMap((one) => [...this.seenBy(one)]);
    for (const one of people) for (const no of all) this.seenBy(one).add(no);
  }
}
