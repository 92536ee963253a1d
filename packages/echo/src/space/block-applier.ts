/**
 * From sealed blocks to state: opens headers, decides whether a block's causal past is here, looks at the
 * signatures of statements, and folds. One block after another; between awaits, each is folded whole.
 */
import type { Admission, Checked, InnerHeader, ParsedBlock } from '@atoll/feed';
import {
  decodeStatements,
  verifyStatements,
  type AuthorityBlock,
  type CheckedStatement,
  type ControlSection,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import {
  fromHex,
  type BlockHash,
  type Ed25519Platform,
  type IdentityId,
  type KeyId,
} from '@atoll/kernel';
import { CodecError } from '@atoll/codec';
import type { BlockContext } from '../block-context.ts';
import type { Fold, FoldedBlock } from '../fold.ts';
import type { ControlEntry } from '../snapshot/control-page.ts';
import type { OpenedBlock, SpaceKeys } from './space-keys.ts';
import type { ParkedBlocks } from './parked-blocks.ts';
import { SealedZones } from './sealed-sections.ts';
import { SectionJudge, type JudgedSection } from './section-judge.ts';
import type { Readiness, SpaceIndex } from './space-index.ts';

/** Stands for the author of a block whose feed nobody has been admitted to. Its ops are void anyway. */
const NOBODY: IdentityId = '00'.repeat(32) as IdentityId;

/** Where folded sections go. */
export interface FoldTarget {
  /** Seals the open own transaction, so that what is applied comes after it. */
  commit(): void;
  /** Whether anything cannot be read here. */
  isSealed: () => boolean;
  /** Objects and places that rights are judged by. */
  readonly fold: Fold;
  /** Folds one data section. */
  applySection(block: BlockContext, section: Uint8Array, isVoid: boolean): unknown;
}

/** What own blocks have to name, told in the same turn in which a block is folded. */
export interface FoldedNote {
  /** A block of somebody else is folded: what is written from now on builds on it. */
  note(block: number): void;
}

/** Who else reads control sections: told of each block that has any, after access was decided. */
export interface ControlReader {
  note(block: number, sections: readonly ControlSection[]): void;
}

/** What could not be used, by reason. For tests and for the status page; never an error. */
export interface ApplierCounters {
  sectionsVoid: number;
  sectionsUnreadable: number;
  statementsMalformed: number;
  /** What lies here of closed zones and cannot be read. */
  readonly sealed: SealedZones;
}

/** How the data of a block counts. */
export interface BlockJudgement {
  /** Nothing of it counts. */
  readonly isVoid: boolean;
  /** It counts as a whole or not at all. */
  readonly isWhole: boolean;
}

type SectionEntry = InnerHeader['sections'][number];

/** A block whose header is open and whose statements have been looked at. */
interface Prepared extends OpenedBlock {
  readonly control: readonly ControlSection[];
}

/** Applies blocks of one space. */
export class BlockApplier {
  readonly counters: ApplierCounters = {
    sectionsVoid: 0,
    sectionsUnreadable: 0,
    statementsMalformed: 0,
    sealed: new SealedZones(),
  };
  readonly #parts: {
    readonly keys: SpaceKeys;
    readonly index: SpaceIndex;
    readonly authority: SpaceAuthority;
    readonly target: FoldTarget;
    readonly folded: FoldedNote;
    readonly parked: ParkedBlocks;
    readonly epochs: ControlReader;
    readonly ahead: (statements: readonly Statement[]) => Promise<void>;
    readonly ed25519: Ed25519Platform;
  };
  /** Control sections of all blocks that have any, as they were read. */
  readonly control: ControlEntry[] = [];
  /** Generations of keys that were missing when a section was to be read. */
  readonly missingKeys: Set<KeyId> = new Set();
  /** Bytes of the blocks that were folded. */
  foldedBytes = 0;
  /** Keys have come with a block that cannot be folded yet; unset by who has looked at them. */
  hasCopiesAhead = false;
  /** Headers that admission has opened, until the block is folded. */
  readonly #opened = new Map<BlockHash, InnerHeader>();
  readonly #feedBytes = new Map<string, Uint8Array>();
  readonly judge: SectionJudge;

  constructor(parts: {
    readonly keys: SpaceKeys;
    readonly index: SpaceIndex;
    readonly authority: SpaceAuthority;
    readonly target: FoldTarget;
    readonly folded: FoldedNote;
    readonly parked: ParkedBlocks;
    readonly epochs: ControlReader;
    /** What a block says, before it is folded: whatever it makes necessary is got ready. */
    readonly ahead: (statements: readonly Statement[]) => Promise<void>;
    readonly ed25519: Ed25519Platform;
  }) {
    this.#parts = parts;
    this.judge = new SectionJudge(parts.authority, () => parts.target.fold);
    parts.target.isSealed = () => this.counters.sealed.isAny;
  }

  /**
   * What is to become of verified blocks of one chain. From the first that cannot be folded on they are
   * parked: whoever cannot read judges them by chain and signature alone, and logs are to agree.
   */
  admit(blocks: readonly ParsedBlock[]): Admission {
    const headers: [BlockHash, InnerHeader][] = [];
    let before: InnerHeader | undefined;
    for (const [at, block] of blocks.entries()) {
      const header = this.#parts.keys.openHeader(block);
      const readiness = header.ok ? this.#readiness(block, header.value, before) : header;
      if (!header.ok || 'code' in readiness || 'missing' in readiness) {
        const admission = this.#toPark(blocks.slice(at), readiness);
        if ('keep' in admission) this.#remember(headers);
        return admission;
      }
      before = header.value;
      headers.push([block.hash, header.value]);
    }
    this.#remember(headers);
    return 'store';
  }

  /** Folds a block after its causal past, or parks it. Its number, or `undefined` when it is not folded. */
  async apply(parsed: ParsedBlock): Promise<number | undefined> {
    const { index, parked } = this.#parts;
    if (index.branches.blockOf(parsed.hash) !== undefined) return undefined;
    const header = this.#takeHeader(parsed);
    if (!header.ok) {
      parked.park(parsed, { for: header.code === 'FEED_INNER_SEALED' ? 'key' : 'nothing' });
      return undefined;
    }
    const inner = header.value;
    const readiness = this.#readiness(parsed, inner, undefined);
    if (readiness.at !== 'ready') {
      const missing = readiness.at === 'waits' ? readiness.missing[0] : undefined;
      parked.park(parsed, missing === undefined ? { for: 'nothing' } : { for: 'block', missing });
      if (missing !== undefined) this.#takeCopies({ parsed, inner });
      return undefined;
    }
    const hasControl = inner.sections.some((section) => section.kind === 'control');
    const control = hasControl ? await this.#readControl({ parsed, inner }) : [];
    for (const { statements } of control) {
      await this.#parts.ahead(statements.map(({ statement }) => statement));
    }
    return this.#fold({ parsed, inner, control });
  }

  /** Adds an own block that has just been sealed; its ops are in memory already. */
  applyOwn(parsed: ParsedBlock, inner: InnerHeader, control: readonly ControlSection[]): number {
    const { index, authority } = this.#parts;
    const no = index.add(parsed, inner);
    authority.add(authorityBlock(index, no, { parsed, inner, control }));
    if (control.length > 0) this.#parts.epochs.note(no, control);
    this.#keepControl(no, { parsed, inner, control });
    return no;
  }

  /** Folds the control sections of a snapshot's block. */
  restoreControl(entry: ControlEntry): void {
    const { authority, index } = this.#parts;
    const { no, prev, sections } = entry;
    const { branches } = index;
    authority.add({
      no,
      hash: branches.hashOf(no),
      feed: branches.feedOf(no),
      seq: branches.seqOf(no),
      prev,
      prevNo: branches.prevOf(no),
      lamport: branches.lamportOf(no),
      control: sections,
    });
    this.#parts.epochs.note(no, sections);
    this.control.push(entry);
  }

  /** The data of a block that was folded before, from its bytes in the log. */
  readAgain(no: number, parsed: ParsedBlock): FoldedBlock[] {
    const { keys, target } = this.#parts;
    const header = keys.openHeader(parsed);
    if (!header.ok) return [];
    const block = { parsed, inner: header.value };
    const context = { ...this.contextOf(no), nonce: block.inner.nonce };
    const judged = this.judge.judge(no, block.inner.sections);
    const isVoid = target.fold.blocks.isVoid(no);
    return judged.flatMap((section) => {
      if (!section.isOpened) return [];
      const opened = keys.openSection(block, section.at);
      if (!opened.ok) return [];
      return [{ block: contextIn(context, section), section: opened.value, isVoid }];
    });
  }

  /** How the data of a block that was folded before counts, by the rights of now. */
  judgeAgain(no: number, parsed: ParsedBlock): BlockJudgement {
    const header = this.#parts.keys.openHeader(parsed);
    if (!header.ok) return { isVoid: true, isWhole: true };
    const judged = this.judge.judge(no, header.value.sections);
    return {
      isVoid: judged.every((section) => section.isVoid),
      isWhole: judged.length < 2 && judged.every(({ rights }) => rights === undefined),
    };
  }

  /** What the fold has to know of a block that was folded before. */
  contextOf(no: number): BlockContext {
    const { authority, index } = this.#parts;
    const author = authority.authorOf(no)?.identity ?? NOBODY;
    return index.contextOf(no, author, this.feedBytes(index.branches.feedOf(no)));
  }

  /** Bytes of a feed's key, shared by all its blocks. */
  feedBytes(feed: string): Uint8Array {
    let bytes = this.#feedBytes.get(feed);
    if (bytes === undefined) {
      bytes = fromHex(feed) ?? new Uint8Array(0);
      this.#feedBytes.set(feed, bytes);
    }
    return bytes;
  }

  /** The header that admission has opened, or opened now. */
  #takeHeader(parsed: ParsedBlock): Checked<InnerHeader> {
    const known = this.#opened.get(parsed.hash);
    this.#opened.delete(parsed.hash);
    return known === undefined ? this.#parts.keys.openHeader(parsed) : { ok: true, value: known };
  }

  #readiness(block: ParsedBlock, inner: InnerHeader, before: InnerHeader | undefined): Readiness {
    const { index } = this.#parts;
    if (before !== undefined) return index.readinessAfter(before, inner);
    const readiness = index.readiness(block, inner);
    const refused = readiness.at === 'ready' ? this.#onRefused(inner) : undefined;
    return refused === undefined ? readiness : { at: 'waits', missing: [refused] };
  }

  /**
   * The dep that is sure to stand on a branch which was refused, as it parts from its feed under what was dropped:
   * statements are never let go, so a right that nobody here has heard of was given there. Its block waits for
   * that instead of being void, for an epoch would take what is void for folded.
   */
  #onRefused({ deps, sections }: InnerHeader): BlockHash | undefined {
    const { authority, index } = this.#parts;
    const letGo = deps.find(({ hash }) => index.branches.blockOf(hash) === undefined);
    if (letGo === undefined) return undefined;
    const isUnheard = sections.some(
      (section) =>
        section.kind === 'data' && authority.credentials.get(section.credential) === undefined,
    );
    return isUnheard ? letGo.hash : undefined;
  }

  /** Blocks that cannot be folded now are kept as far as there is room for such. */
  #toPark(
    blocks: readonly ParsedBlock[],
    why: Readiness | { readonly code: string },
  ): Exclude<Admission, 'store'> {
    const waits = 'missing' in why ? why.missing : undefined;
    const code = 'code' in why ? why.code : 'FEED_DEPS_UNKNOWN';
    if (this.#parts.parked.hasRoom(blocks)) return { keep: code };
    return waits === undefined ? { refuse: 'FEED_UNUSED_FULL' } : { wait: waits };
  }

  #remember(headers: readonly (readonly [BlockHash, InnerHeader])[]): void {
    for (const [hash, header] of headers) this.#opened.set(hash, header);
  }

  #fold(block: Prepared): number {
    const { authority, index, target } = this.#parts;
    target.commit();
    const { parsed, inner } = block;
    const no = index.add(parsed, inner);
    // Not after this returns: whoever is told of the change may write in the very next turn, and ops on
    // elements of a block that theirs does not name are void.
    this.#parts.folded.note(no);
    authority.add(authorityBlock(index, no, block));
    if (block.control.length > 0) this.#parts.epochs.note(no, block.control);
    this.#keepControl(no, block);
    const judged = this.judge.judge(no, inner.sections);
    const isVoid = judged.every((section) => section.isVoid);
    for (const section of judged) {
      if (section.isVoid) this.counters.sectionsVoid++;
      if (!section.isOpened) continue;
      const opened = this.#parts.keys.openSection(block, section.at);
      if (opened.ok) {
        target.applySection(contextIn(this.contextOf(no), section), opened.value, isVoid);
      } else {
        this.counters.sectionsUnreadable++;
        const { keyId, length } = inner.sections[section.at] as SectionEntry;
        this.missingKeys.add(keyId);
        if (section.zone !== undefined)
          this.counters.sealed.add(section.zone, { sections: 1, bytes: length });
      }
    }
    return no;
  }

  #keepControl(no: number, { control, inner, parsed }: Prepared): void {
    this.foldedBytes += parsed.bytes.length;
    const hasControl = inner.sections.some(({ kind }) => kind === 'control');
    if (hasControl) this.control.push({ no, prev: parsed.frame.prev, sections: control });
  }

  /**
   * Keys that a block brings which builds on what does not open without them: who was out while they were made is
   * let in again so. A copy proves itself against what its generation commits to, whatever becomes of its block.
   */
  #takeCopies(block: OpenedBlock): void {
    const { authority, keys } = this.#parts;
    const author = authority.authorOfFeed(block.parsed.frame.feed)?.identity;
    for (const [at, section] of block.inner.sections.entries()) {
      const opened = section.kind === 'control' ? keys.openSection(block, at) : undefined;
      if (opened?.ok !== true) continue;
      for (const statement of decodedOrNone(opened.value)) {
        if (statement.kind !== 'key-copy') continue;
        authority.keys.addCopy(statement, author);
        this.hasCopiesAhead = true;
      }
    }
  }

  async #readControl(block: OpenedBlock): Promise<readonly ControlSection[]> {
    const sections: ControlSection[] = [];
    for (const [at, section] of block.inner.sections.entries()) {
      if (section.kind !== 'control') continue;
      const opened = this.#parts.keys.openSection(block, at);
      if (!opened.ok) {
        this.counters.sectionsUnreadable++;
        continue;
      }
      const statements = await this.#readStatements(opened.value);
      sections.push({ credential: section.credential, statements });
    }
    return sections;
  }

  async #readStatements(bytes: Uint8Array): Promise<readonly CheckedStatement[]> {
    try {
      return await verifyStatements(this.#parts.ed25519, decodeStatements(bytes));
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.counters.statementsMalformed++;
      return [];
    }
  }
}

/** The block around the ops of one of its sections. */
function contextIn(block: BlockContext, section: JudgedSection): BlockContext {
  const { ordinal, rights, zone } = section;
  if (ordinal === 0 && rights === undefined && zone === undefined) return block;
  return {
    ...block,
    ...(ordinal === 0 ? {} : { section: ordinal }),
    ...(rights === undefined ? {} : { rights }),
    ...(zone === undefined ? {} : { zone }),
  };
}

function decodedOrNone(bytes: Uint8Array): readonly Statement[] {
  try {
    return decodeStatements(bytes);
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}

function authorityBlock(index: SpaceIndex, no: number, block: Prepared): AuthorityBlock {
  const { parsed, inner, control } = block;
  const { feed, seq, prev } = parsed.frame;
  return {
    no,
    hash: parsed.hash,
    feed,
    seq,
    prev,
    prevNo: index.branches.prevOf(no),
    lamport: inner.lamport,
    control,
  };
}
