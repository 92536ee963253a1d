/** Counters and gauges in the text format of Prometheus. Labels are fixed words, never addresses or ids. */

type Labels = Readonly<Record<string, string>>;

/** Series of one metric beyond which new labels are counted as `other`: labels must not be input. */
const SERIES_MAX = 64;

interface Metric {
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly series: Map<string, number>;
  readonly read?: () => number;
}

/** All metrics of one server. */
export class Metrics {
  readonly #byName: Map<string, Metric> = new Map();

  /** Declares a counter; gives the function that counts. */
  counter(name: string, help: string): (labels?: Labels, by?: number) => void {
    const series = new Map<string, number>();
    this.#byName.set(name, { help, kind: 'counter', series });
    return (labels = {}, by = 1) => {
      const wanted = labelText(labels);
      const known = series.has(wanted) || series.size < SERIES_MAX;
      const key = known ? wanted : labelText({ other: 'true' });
      series.set(key, (series.get(key) ?? 0) + by);
    };
  }

  /** Declares a gauge that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    this.#byName.set(name, { help, kind: 'gauge', series: new Map(), read });
  }

  /** Value of a series now, 0 when it was never counted. For tests and the health page. */
  value(name: string, labels: Labels = {}): number {
    const metric = this.#byName.get(name);
    return metric?.read?.() ?? metric?.series.get(labelText(labels)) ?? 0;
  }

  /** The whole page. */
  text(): string {
    const lines: string[] = [];
    for (const [name, { help, kind, series, read }] of this.#byName) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
      if (read !== undefined) lines.push(`${name} ${read()}`);
      for (const [labels, value] of series) lines.push(`${name}${labels} ${value}`);
      if (read === undefined && series.size === 0) lines.push(`${name} 0`);
    }
    return `${lines.join('\n')}\n`;
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[^\w.-]/gu, '_')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
