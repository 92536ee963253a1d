/** How much of a built file each source of it is, by the file's source map. */

/** A built file and where its characters come from. */
export interface Mapped {
  readonly code: string;
  readonly sources: readonly string[];
  /** Segments in base 64, see the source map format (ECMA-426). */
  readonly mappings: string;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Bits of a digit that are value; the one above says that more follows. */
const VALUE_BITS = 5;

/** Characters of each source; those of nobody are under the empty name. */
export function charactersBySource(file: Mapped): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let source = 0;
  const lines = file.code.split('\n');
  file.mappings.split(';').forEach((segments, at) => {
    let column = 0;
    let from = 0;
    let owner = '';
    const give = (to: number): void => {
      if (to > from) found.set(owner, (found.get(owner) ?? 0) + to - from);
      from = to;
    };
    for (const segment of segments === '' ? [] : segments.split(',')) {
      const [columns = 0, sources] = numbersOf(segment);
      column += columns;
      give(column);
      source += sources ?? 0;
      owner = sources === undefined ? '' : (file.sources[source] ?? '');
    }
    give(lines[at]?.length ?? 0);
  });
  return found;
}

function numbersOf(segment: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & ((1 << VALUE_BITS) - 1)) << shift;
    shift += VALUE_BITS;
    if ((digit & (1 << VALUE_BITS)) !== 0) continue;
    // The lowest bit is the sign.
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/** The part that a source belongs to: a package, or a folder of one. */
export function partOf(source: string): string {
  const path = /(?:packages|node_modules)\/(.*)$/u.exec(source)?.[1] ?? 'bundler';
  const parts = path.replace('/src/', '/').split('/');
  return parts.slice(0, parts.length > 2 ? 2 : 1).join('/');
}
