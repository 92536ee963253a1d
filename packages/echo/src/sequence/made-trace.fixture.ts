/** Traces that nobody recorded: editing of texts in which characters are not units. */
import type { Patch, Trace, TraceStep } from './trace.fixture.ts';
import type { Dice } from './text-world.fixture.ts';

/**
 * What is typed: surrogate pairs, emoji joined by U+200D, with skin tones and selectors, flags, combining
 * marks, right-to-left letters with marks of their own, Devanagari clusters, Hangul in parts.
 */
const TYPED = [
  '👋',
  '👩‍🚀',
  '👨‍👩‍👧‍👦',
  '👍🏽',
  '❤️',
  '🇫🇷',
  'e\u0301',
  'a\u0323\u0308',
  'שלום',
  'שִׁ',
  'مرحبا',
  '\u200f',
  'नमस्ते',
  '\u1112\u1161\u11ab',
  '𝒳',
  '日本',
  'x',
  ' ',
  '\n',
];

/** A sequential trace whose end is that of a plain string under the same edits. */
export function madeTrace(dice: Dice, steps: number): Trace {
  let text = '';
  const made: TraceStep[] = [];
  for (let index = 0; index < steps; index++) {
    const patches: Patch[] = [];
    for (let more = 1 + dice.below(2); more > 0; more--) {
      const position = whole(text, dice.below(text.length + 1));
      const end = whole(text, Math.min(text.length, position + dice.below(12)));
      const count = text.length > 40 && dice.below(3) === 0 ? Math.max(0, end - position) : 0;
      const inserted =
        count > 0 && dice.below(2) === 0 ? '' : (TYPED[dice.below(TYPED.length)] ?? '');
      text = text.slice(0, position) + inserted + text.slice(position + count);
      patches.push([position, count, inserted]);
    }
    made.push({ agent: 0, parents: index === 0 ? [] : [index - 1], patches });
  }
  return { agents: 1, startContent: '', endContent: text, steps: made, hasPairs: true };
}

/** The same edits with positions that count characters. */
export function inCharacters(trace: Trace): Trace {
  let text = trace.startContent;
  const steps = trace.steps.map((step) => ({
    ...step,
    patches: step.patches.map(([position, count, inserted]): Patch => {
      const from = [...text.slice(0, position)].length;
      const deleted = [...text.slice(position, position + count)].length;
      text = text.slice(0, position) + inserted + text.slice(position + count);
      return [from, deleted, inserted];
    }),
  }));
  return { ...trace, steps };
}

/** The position outside of a pair. */
function whole(text: string, position: number): number {
  const inside = /[\ud800-\udbff]/.test(text[position - 1] ?? '');
  return inside && /[\udc00-\udfff]/.test(text[position] ?? '') ? position - 1 : position;
}
