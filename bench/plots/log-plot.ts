/** A plot of lines on axes of powers of ten, as SVG, without a library: how something grows with size. */

/** What is drawn. Values are above zero. */
export interface LogPlot {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[] };
  readonly yLabel: string;
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const WIDTH = 780;
const HEIGHT = 400;
const LEFT = 104;
const RIGHT = 210;
const TOP = 52;
const BOTTOM = 52;
const COLOURS = [
  '#1d4ed8',
  '#c2410c',
  '#0d9488',
  '#f59e0b',
  '#7e22ce',
  '#57534e',
  '#be185d',
  '#4d7c0f',
];
/** Between names at the ends of lines. */
const LINE_HEIGHT = 16;

/** The plot as a document. Each line is named at its end; equal slopes are equal powers. */
export function logPlot({ lines, title, x, yLabel }: LogPlot): string {
  const all = lines.flatMap(({ values }) => values).filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
  const left = Math.log10(x.values[0] ?? 1);
  const right = Math.log10(x.values.at(-1) ?? 10);
  const atX = (value: number): number =>
    LEFT + ((Math.log10(value) - left) / (right - left || 1)) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number =>
    HEIGHT - BOTTOM - ((Math.log10(value) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [text(LEFT, 24, title, 'font-weight="600"')];
  for (let power = low; power <= high; power++) {
    const y = atY(10 ** power);
    const label = (10 ** power).toLocaleString('en', { maximumFractionDigits: 6 });
    parts.push(
      `<line x1="${LEFT}" y1="${y.toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${y.toFixed(1)}" stroke="#d6d3d1"/>`,
      text(LEFT - 8, y + 4, label, 'text-anchor="end"'),
    );
  }
  parts.push(text(LEFT - 8, TOP - 14, yLabel, 'text-anchor="end"'));
  for (const value of x.values) {
    const label = value.toLocaleString('en');
    parts.push(text(atX(value), HEIGHT - 32, label, 'text-anchor="middle"'));
  }
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x.label, 'text-anchor="middle"'));
  const places = spread(lines.map(({ values }) => atY(lastOf(values))));
  for (const [at, { name, values }] of lines.entries()) {
    const colour = COLOURS[at % COLOURS.length] ?? '#000000';
    const points = values.flatMap((value, place) =>
      value > 0 ? [`${atX(x.values[place] ?? 1).toFixed(1)},${atY(value).toFixed(1)}`] : [],
    );
    parts.push(
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map((point) => {
        const [cx = '', cy = ''] = point.split(',');
        return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
      }),
      text(WIDTH - RIGHT + 10, (places[at] ?? 0) + 4, name, `fill="${colour}"`),
    );
  }
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    'font-family="system-ui, sans-serif" font-size="13">';
  const paper = `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`;
  return `${[open, paper, ...parts, '</svg>'].join('\n')}\n`;
}

function lastOf(values: readonly number[]): number {
  return values.findLast((value) => value > 0) ?? 1;
}

function text(x: number, y: number, content: string, attributes: string): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${safe}</text>`;
}

/** Places for names, such that none covers another and none lies below the plot. */
function spread(places: readonly number[]): number[] {
  const order = places.map((_, at) => at).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const spaced = [...places];
  let least = -Infinity;
  for (const at of order) {
    least = Math.max(least, spaced[at] ?? 0);
    spaced[at] = least;
    least += LINE_HEIGHT;
  }
  let most = HEIGHT - BOTTOM;
  for (const at of order.reverse()) {
    most = Math.min(most, spaced[at] ?? 0);
    spaced[at] = most;
    most -= LINE_HEIGHT;
  }
  return spaced;
}
