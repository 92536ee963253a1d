/** Replicas of one object with a field of a custom data model, on the real fold, without keys or chains. */
import {
  Database,
  type BlockContext,
  type FoldedBlock,
  type Model,
  type ModelFields,
} from '@atoll/echo';
import { hash } from '@atoll/crypto';
import { utf8, type IdentityId } from '@atoll/kernel';
import { defineType, s, type Field, type ModelField, type TypeDefinition } from '@atoll/schema';

/** A block as it travels. */
export interface ModelBlock {
  readonly context: Omit<BlockContext, 'no' | 'branch'>;
  readonly section: Uint8Array;
  readonly past: ReadonlySet<ModelBlock>;
}

type Ref = Parameters<ModelFields['load']>[0];
type Data = Parameters<ModelFields['load']>[1];

/** One replica. */
export class ModelReplica<View> {
  readonly db: Database;
  readonly log: ModelBlock[] = [];
  readonly own: ModelBlock[] = [];
  readonly #model: Model<unknown, unknown, View>;
  readonly #type: TypeDefinition<{
    readonly field: Field<ModelField<unknown>, undefined, 'fixed'>;
  }>;
  readonly #feed: Uint8Array;
  readonly #noByBlock = new Map<ModelBlock, number>();
  readonly #tasks: (() => void)[] = [];
  readonly #isVoid: (block: ModelBlock) => boolean;
  #past: ReadonlySet<ModelBlock> = new Set();

  constructor(
    model: Model<unknown, unknown, View>,
    name: string,
    isVoid: (block: ModelBlock) => boolean = () => false,
  ) {
    this.#model = model;
    this.#isVoid = isVoid;
    this.#feed = hash('test-feed', utf8(name));
    this.#type = defineType('test.Modelled', { field: s.model(model.id, model.version) });
    this.db = new Database({
      causality: {
        isInPast: (a, b) => this.log[b]?.past.has(this.log[a] as ModelBlock) === true,
      },
      scheduler: { soon: (task) => this.#tasks.push(task) },
      sink: { open: () => this.#open(), seal: (block, section) => this.#seal(block, section) },
      tableSeed: 5,
    });
    this.db.register(this.#type);
    this.db.models.register(model);
  }

  /** A replica that has the code of a model. */
  static of<State, Op, View>(model: Model<State, Op, View>, name: string): ModelReplica<View> {
    return new ModelReplica(model as unknown as Model<unknown, unknown, View>, name);
  }

  /** Creates the one object. */
  create(): void {
    this.db.add(this.#type, {});
    this.tick();
  }

  /** Ends the tick. */
  tick(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
    this.db.commit();
  }

  /** Takes what can be taken of these blocks, in the order that is given. */
  take(blocks: readonly ModelBlock[]): void {
    this.tick();
    let waiting = blocks.filter((block) => !this.#noByBlock.has(block));
    for (let before = -1; waiting.length !== before && waiting.length > 0;) {
      before = waiting.length;
      waiting = waiting.filter((block) => !this.#receive(block));
      this.tick();
    }
  }

  /** The field's ops, in the order in which this replica has them. */
  ops(): readonly { readonly bytes: Uint8Array }[] {
    return this.db.models.opsOf(this.#ref())?.ops ?? [];
  }

  /** Writes an op as bytes that need not be one. */
  writeBytes(bytes: Uint8Array): void {
    this.db.mutations.model(this.#ref(), { bytes, needs: [], memory: undefined });
  }

  view(): View {
    const [object] = this.db.query(this.#type).run();
    return (object as unknown as { readonly field: ModelField<View> }).field.open();
  }

  /** What the field shows, in canonical bytes. */
  snapshot(): Uint8Array {
    this.tick();
    return this.#model.snapshot(this.#loaded().state);
  }

  /** What the field shows, as plain data. */
  plain(): unknown {
    this.tick();
    return this.#model.toJSON?.(this.#loaded().state);
  }

  /** Folds again after some blocks became void or valid. */
  refold(changed: readonly ModelBlock[], isVoid: (block: ModelBlock) => boolean): void {
    this.tick();
    const folded = (block: ModelBlock): FoldedBlock => ({
      block: this.#context(block),
      section: block.section,
      isVoid: isVoid(block),
    });
    const here = changed.filter((block) => this.#noByBlock.has(block)).map(folded);
    const needed = this.db.blocksToRefold(here).map((no) => folded(this.log[no] as ModelBlock));
    this.db.refold(here, needed);
    this.tick();
  }

  root(): string {
    this.tick();
    return this.db.stateRoot(new Uint8Array(32).fill(7)).join();
  }

  #loaded(): ReturnType<ModelFields['load']> {
    const ref = this.#ref();
    return this.db.models.load(ref, ref.leaf.data as Data);
  }

  #ref(): Ref {
    const type = this.db.register(this.#type);
    return { row: 0, type, leaf: type.compiled.leaves[0] as Ref['leaf'] };
  }

  #receive(block: ModelBlock): boolean {
    for (const before of block.past) if (!this.#noByBlock.has(before)) return false;
    this.#enter(block);
    this.db.applySection(this.#context(block), block.section, this.#isVoid(block));
    return true;
  }

  #context(block: ModelBlock): BlockContext {
    const no = this.#noByBlock.get(block) as number;
    // Feeds do not fork here, so any numbering of branches by feed will do.
    return { ...block.context, no, branch: block.context.feed[0] as number };
  }

  #enter(block: ModelBlock): void {
    this.#noByBlock.set(block, this.log.push(block) - 1);
  }

  #open(): BlockContext {
    const seq = this.own.length;
    this.#past = new Set(this.log);
    const lamport = 1 + this.log.reduce((max, { context }) => Math.max(max, context.lamport), 0);
    return {
      no: this.log.length,
      branch: this.#feed[0] as number,
      feed: this.#feed,
      seq,
      lamport,
      nonce: hash('test-nonce', this.#feed, utf8(String(seq))).subarray(0, 16),
      timeMs: lamport,
      author: 'author' as IdentityId,
    };
  }

  #seal(context: BlockContext, section: Uint8Array): Uint8Array {
    const { no: _no, branch: _branch, ...rest } = context;
    const name = hash('test-block', this.#feed, utf8(String(context.seq)), section);
    const block = { context: { ...rest, hash: name }, section, past: this.#past };
    this.own.push(block);
    this.#enter(block);
    return name;
  }
}
