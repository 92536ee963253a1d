/** A rule that is broken on purpose, and the run that must notice. */

/** One broken rule. */
export interface Mutant {
  readonly name: string;
  /** What the rule is for: what would go wrong without it. */
  readonly why: string;
  /** File relative to the repository, and the text in it that occurs exactly once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The cheapest run that fails with it: arguments after `npx`, or after `npm run sim --`. */
  readonly killedBy: string;
}

/** Rules of one file that one run notices: by name, what each is for, the text that is replaced, and by what. */
export function rulesOf(
  file: string,
  killedBy: string,
  rules: {
    readonly [name: string]: readonly [why: string, find: string, replace: string];
  },
): Mutant[] {
  return Object.entries(rules).map(([name, [why, find, replace]]) => {
    return { name, why, file, find, replace, killedBy };
  });
}

/** A run of the cheapest tests beside the code. */
export const unit = (file: string): string => `vitest run --project unit --bail 1 ${file}`;
/** A run of tests of whole replicas. */
export const lab = (file: string): string => `vitest run --project sim --bail 1 ${file}`;
/** Random worlds. */
export const sim = (options: string): string => `sim ${options}`;
