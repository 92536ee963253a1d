/** A plot of lines as SVG, without a library: enough to see how something grows. */

/** What is drawn. */
export interface LinePlot {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[] };
  readonly yLabel: string;
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const WIDTH = 860;
const HEIGHT = 460;
const LEFT = 80;
const RIGHT = 210;
const TOP = 48;
const BOTTOM = 48;
const COLOURS = ['#c2410c', '#f59e0b', '#1d4ed8', '#0d9488', '#57534e', '#7e22ce'];
/** Steps of the vertical axis. */
const TICKS = 5;

/** The plot as a document. Each line is named at its end. */
export function linePlot({ lines, title, x, yLabel }: LinePlot): string {
  const top = niceTop(Math.max(...lines.flatMap(({ values }) => values)));
  const [first = 0] = x.values;
  const last = x.values.at(-1) ?? 1;
  const atX = (value: number): number =>
    LEFT + ((value - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [text(LEFT, 24, title, 'font-weight="600"')];
  for (let tick = 0; tick <= TICKS; tick++) {
    const value = (top / TICKS) * tick;
    const y = atY(value).toFixed(1);
    parts.push(
      `<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#d6d3d1"/>`,
      text(LEFT - 8, Number(y) + 4, value.toLocaleString('en'), 'text-anchor="end"'),
    );
  }
  parts.push(text(LEFT - 8, TOP - 8, yLabel, 'text-anchor="end"'));
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x.label, 'text-anchor="middle"'));
  for (const value of [first, Math.round((first + last) / 2), last]) {
    parts.push(text(atX(value), HEIGHT - 30, String(value), 'text-anchor="middle"'));
  }
  const names = spread(lines.map(({ values }) => atY(values.at(-1) ?? 0)));
  for (const [at, { name, values }] of lines.entries()) {
    const colour = COLOURS[at % COLOURS.length] ?? '#000000';
    const points = values.map(
      (value, place) => `${atX(x.values[place] ?? 0).toFixed(1)},${atY(value).toFixed(1)}`,
    );
    parts.push(
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      text(WIDTH - RIGHT + 8, (names[at] ?? 0) + 4, name, `fill="${colour}"`),
    );
  }
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    'font-family="system-ui, sans-serif" font-size="13">';
  const paper = `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`;
  return `${[open, paper, ...parts, '</svg>'].join('\n')}\n`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${safe}</text>`;
}

/** The least round number that is not below. */
function niceTop(greatest: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, greatest)));
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((top) => top >= greatest) ?? greatest;
}

/** Places for names, such that none covers another. */
function spread(places: readonly number[]): number[] {
  const order = places.map((_, at) => at).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const spaced = [...places];
  for (const [rank, at] of order.entries()) {
    const before = order[rank - 1];
    if (before === undefined) continue;
    spaced[at] = Math.max(spaced[at] ?? 0, (spaced[before] ?? 0) + 16);
  }
  return spaced;
}
