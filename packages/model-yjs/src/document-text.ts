/** The words of a Yjs document, for people who cannot open it where they are: lists, searches, previews. */

/** Levels that are read; `shownDocument` shows no more. */
const DEPTH_MAX = 256;

/**
 * Text of a document as `yjsModel.toJSON` shows it: a line for each element of a page and for each entry of a
 * map, without marks. At most `charactersMax` characters; whatever is no document gives an empty text.
 */
export function documentText(shown: unknown, charactersMax: number = 100_000): string {
  const lines = new Lines(charactersMax);
  for (const root of Object.values(recordOf(shown))) lines.addType(recordOf(root), 0);
  return lines.text;
}

class Lines {
  readonly #done: string[] = [];
  #line = '';
  #left: number;

  constructor(charactersMax: number) {
    this.#left = charactersMax;
  }

  get text(): string {
    this.#end();
    return this.#done.join('\n');
  }

  /** A type that has a name is an element, and stands on lines of its own. */
  addType(type: Readonly<Record<string, unknown>>, depth: number): void {
    if (depth > DEPTH_MAX || this.#left <= 0) return;
    const isElement = typeof type['node'] === 'string';
    if (isElement || depth === 0) this.#end();
    // Entries of an element are its attributes, which nobody reads.
    if (!isElement) this.#addEntries(recordOf(type['entries']), depth);
    for (const item of listOf(type['items'])) this.#addItem(item, depth);
    if (isElement || depth === 0) this.#end();
  }

  #addEntries(entries: Readonly<Record<string, unknown>>, depth: number): void {
    for (const [key, value] of Object.entries(entries)) {
      this.#end();
      this.#write(`${key}: `);
      this.#addItem(value, depth);
      this.#end();
    }
  }

  #addItem(item: unknown, depth: number): void {
    if (typeof item === 'string') this.#write(item);
    else if (typeof item === 'number' || typeof item === 'boolean') this.#write(String(item));
    else {
      const record = recordOf(item);
      if (typeof record['text'] === 'string') this.#write(record['text']);
      else this.addType(record, depth + 1);
    }
  }

  #write(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#put(first);
    for (const line of rest) {
      this.#end();
      this.#put(line);
    }
  }

  #put(text: string): void {
    const taken = text.slice(0, this.#left).toWellFormed();
    this.#left -= taken.length;
    this.#line += taken;
  }

  #end(): void {
    if (this.#line.trim() !== '') this.#done.push(this.#line);
    this.#line = '';
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
