/** Rules of epochs on their way between members, each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const exchanged = unit(`${echo}/epoch/epoch-exchange.test.ts`);

/** All of this file. */
export const WIRE_MUTANTS: readonly Mutant[] = [
  ...rulesOf('packages/mesh/src/peer-session.ts', unit('packages/mesh/src/mesh-paths.test.ts'), {
    'session-space-given-up-is-lost': [
      'A space that the other side has given up is found again when it is offered again.',
      "return refusal === 'MESH_SPACE_LEFT';",
      'return false;',
    ],
  }),
  ...rulesOf('packages/mesh/src/mesh-status.ts', unit('packages/mesh/src/state-sync.test.ts'), {
    'waiting-is-not-settled': [
      'Runs that wait for blocks say that somebody has more, whatever the roots say.',
      'pendingBytes === 0 && waiting === 0;',
      'pendingBytes === 0;',
    ],
  }),
  ...rulesOf('packages/mesh/src/state-sync.ts', unit('packages/mesh/src/state-sync.test.ts'), {
    'questions-are-few': [
      'Who asks more than is answered holds no memory of ours.',
      'if (this.#asked.length > ASKS_MAX)',
      'if (this.#asked.length > 10 * ASKS_MAX)',
    ],
    'answers-have-a-pace': [
      'Who asks for ever gets so many answers a second, and keeps nobody busy.',
      'while (!signal.aborted && !this.#tokens.take(this.#clock.monotonicMs())) {',
      'while (signal.aborted && !this.#tokens.take(this.#clock.monotonicMs())) {',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-wire.ts`, exchanged, {
    'answer-is-bound-to-its-question': [
      'An answer to one question is none to another.',
      "return concatBytes(utf8('state-answer'), idBytes(this.#space), question);",
      "return concatBytes(utf8('state-answer'), idBytes(this.#space), question.subarray(0, 1));",
    ],
  }),
  ...rulesOf(`${echo}/epoch/whole-chunk.ts`, exchanged, {
    'chunk-ends': [
      'A chunk that never ends is not asked for until it does.',
      'if (!fits || (part.bytes.length === 0 && part.total > 0)) {',
      'if (!fits) {',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-exchange.ts`, exchanged, {
    'epoch-was-sealed': [
      'What a member gives counts only when the votes that sealed it are here.',
      "return follows && stands(trial.epoch) ? 'sealed' : 'open';",
      "return follows ? 'sealed' : 'open';",
    ],
    'trial-is-not-given-on': [
      'What is not proved here is not given to others as if it were.',
      'if ((await trialOf(place)) !== undefined || this.#closed.signal.aborted) return undefined;',
      'if (this.#closed.signal.aborted) return undefined;',
    ],
  }),
  ...rulesOf(`${echo}/epoch/take-over.ts`, exchanged, {
    'trial-remembers-before': [
      'What was kept before an epoch that nobody has sealed is there again after it.',
      '[pointerName(space), trial.before === NO_EPOCH ? undefined : pointerTo(trial.before)],',
      '[pointerName(space), pointerTo(trial.epoch)],',
    ],
  }),
  ...rulesOf(
    `${echo}/snapshot/received-order.ts`,
    unit(`${echo}/snapshot/received-order.test.ts`),
    {
      'let-go-is-bounded': [
        'Two blocks that claim to be far apart take no memory for all that is between.',
        "if (ends.letGo > LET_GO_MAX) return 'blocks that were let go are within limits';",
        '',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/history-keeper.ts',
    lab('packages/client/src/history-keeper.sim.test.ts'),
    {
      'history-has-another-holder': [
        'No clock alone drops history: somebody else has it.',
        'if (!(await this.#hasOtherHolder())) return',
        'if (false as boolean) return',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/space-catch-up.ts',
    lab('packages/client/src/catch-up.sim.test.ts'),
    {
      'liar-is-left-alone': [
        'Who has given something false is not asked again at once.',
        'this.#liarsUntilMs.set(line.peer, clock.monotonicMs() + LIAR_MS);\n      return true;',
        'return false;',
      ],
      'transfer-goes-on': [
        'A transfer that was cut goes on where it was.',
        'if (first === undefined) await clock.sleep(PATIENCE_MS, signal);',
        "if (first === undefined) throw new ClientError('CLIENT_UNREACHABLE', 'gone');",
      ],
    },
  ),
];
