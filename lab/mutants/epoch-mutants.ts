/** Rules of snapshots and epochs, each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';

/** All of this file. */
export const EPOCH_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/epoch/space-epochs.ts`, lab('packages/client/src/epoch-wish.sim.test.ts'), {
    'wish-is-said-once': [
      'A wish for an epoch is kept until there is one, whoever was to begin the vote.',
      'this.#wish?.noted();',
      '',
    ],
  }),
  ...rulesOf(`${echo}/snapshot/restore.ts`, unit(`${echo}/snapshot/faults.test.ts`), {
    'snapshot-frontier': [
      'A snapshot that knows more than the log is of another log.',
      'if (block?.position === logEnd.position && block.hash === logEnd.hash) return;',
      'if (block?.position !== -1) return;',
    ],
  }),
  ...rulesOf(`${echo}/snapshot/page-store.ts`, unit(`${echo}/snapshot/page-store.test.ts`), {
    'page-is-bound-to-its-name': [
      'A page in the place of another does not open.',
      "return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name));",
      "return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name.slice(0, 0)));",
    ],
  }),
  ...rulesOf(`${echo}/snapshot/snapshot-sink.ts`, unit(`${echo}/snapshot/altered-chunks.test.ts`), {
    'transferred-chunk-hash': [
      'What is fetched of a snapshot is compared with the root that the epoch names.',
      'function requireThat(condition: boolean, rule: string): void {',
      'function requireThat(condition: boolean, rule: string): void {\n  if (rule.length > 0) return;',
    ],
  }),
  ...rulesOf(
    `${echo}/epoch/epoch-instance.ts`,
    unit(`${echo}/epoch/epoch-book.prop.test.ts ${echo}/epoch/epoch-book.test.ts`),
    {
      'epoch-majority': [
        'An epoch is sealed by more than half of the listed voters.',
        'return Math.floor(voters / 2) + 1;',
        'return Math.ceil(voters / 2);',
      ],
      'epoch-promise-binds': [
        'Who has promised a ballot acknowledges in none below it.',
        '|| floor > ballot || acknowledged >= ballot) return false;',
        ') return false;',
      ],
    },
  ),
  ...rulesOf(`${echo}/epoch/epoch-instance.ts`, unit(`${echo}/epoch/epoch-book.test.ts`), {
    'epoch-keeps-what-may-be-sealed': [
      'A later ballot proposes what an earlier one may have sealed.',
      "if (open.at === 'wait' || (open.at === 'only' && open.epoch !== epoch)) return false;",
      "if (open.at === 'wait') return false;",
    ],
  }),
  ...rulesOf(
    `${echo}/snapshot/snapshot-writer.ts`,
    unit(`${echo}/snapshot/while-writing.test.ts`),
    {
      'snapshot-copies-before-change': [
        'What changes while a snapshot is written is copied before.',
        'this.#capture?.stateWillChange(row);',
        '',
      ],
    },
  ),
  ...rulesOf(
    `${echo}/snapshot/snapshot-writer.ts`,
    unit(`${echo}/snapshot/snapshot.prop.test.ts`),
    {
      'snapshot-writes-what-changed': [
        'A row that has changed is written with the next snapshot.',
        'this.#capture?.stateWillChange(row);\n    this.#states.add(row);',
        'this.#capture?.stateWillChange(row);',
      ],
    },
  ),
  ...rulesOf(
    `${echo}/snapshot/snapshot-writer.ts`,
    unit(`${echo}/snapshot/while-writing.test.ts`),
    {
      'snapshot-keeps-what-is-parked': [
        'Blocks that wait when a snapshot is written are not forgotten by it.',
        'else if (at > 0 && at <= position) pending.push(block);',
        '',
      ],
    },
  ),
  ...rulesOf(`${echo}/epoch/drop-history.ts`, unit(`${echo}/epoch/drop-history.test.ts`), {
    'epoch-is-kept-before-dropping': [
      'History is dropped only once the snapshot that stands for it is kept.',
      'if (frontier === undefined || !(await isKept(parts, terms))) return 0;',
      'if (frontier === undefined) return 0;',
    ],
    'epoch-drops-what-is-under-it': [
      'Blocks above the frontier are dropped by no epoch.',
      'if (stays.has(no) || !frontier.has(no)) continue;',
      'if (stays.has(no)) continue;',
    ],
  }),
  ...rulesOf(
    `${echo}/epoch/pruned-state.ts`,
    unit(`${echo}/epoch/drop-history.test.ts ${echo}/epoch/late-writer.test.ts`),
    {
      'epoch-keeps-ends': [
        'The end of each chain stays in order: what follows continues it.',
        'named.add(branches.branchEnd(branch));',
        '',
      ],
    },
  ),
  ...rulesOf(`${echo}/epoch/frontier.ts`, unit(`${echo}/epoch/frontier.test.ts`), {
    'epoch-order-is-shared': [
      'Every member folds what lies under an epoch in one order, in whatever order it arrived.',
      'return beyond.sort((a, b) => this.#index.compare(a, b));',
      'return beyond;',
    ],
    'epoch-appends': [
      'An epoch folds what is new to it, and nothing that an earlier one has folded.',
      'if (this.has(no) && !earlier.some((frontier) => frontier.has(no))) beyond.push(no);',
      'if (this.has(no)) beyond.push(no);',
    ],
  }),
  ...rulesOf(`${echo}/epoch/space-epochs.ts`, unit(`${echo}/epoch/space-epochs.test.ts`), {
    'epoch-voter-verifies': [
      'A voter acknowledges only what it has computed itself.',
      'return found === undefined ? undefined : epochIdOf(found) === epochIdOf(terms);',
      'return found === undefined ? undefined : found.space === terms.space;',
    ],
  }),
  ...rulesOf(`${echo}/space/space-index.ts`, unit(`${echo}/epoch/late-writer.test.ts`), {
    'epoch-late-writer': [
      'A dep that was let go stands for the last kept block of its chain.',
      'return this.branches.lastUpTo(branch, dep.seq);',
      'return this.branches.lastUpTo(branch, 0 * dep.seq);',
    ],
  }),
  ...rulesOf(`${echo}/epoch/sure-record.ts`, lab('lab/faults/pruned.test.ts'), {
    'epoch-record-is-checked': [
      'A record that is damaged does not name another epoch.',
      'if (body.length > 0 && equalBytes(',
      'if (body.length > 0 || equalBytes(',
    ],
  }),
];
