/** Code of the shipped data models, loaded where somebody looks at a field of one, and the words of such a field. */
import type { Client } from '@atoll/client';
import type { ModelField } from '@atoll/schema';
import { useClient } from '@atoll/react';
import { useEffect, useState } from 'react';

/** Model of fields that are spreadsheets. */
export const SHEET_MODEL = 'org.atoll.sheet';
/** Model of fields that are Yjs documents. */
export const DOCUMENT_MODEL = 'org.yjs.document';

/** Cells of a spreadsheet that its words name. */
const CELLS_MAX = 12;

/** Characters of a document that are compared. */
const CHARACTERS_MAX = 20_000;

/** What a field shows, as plain words. */
type Words = (shown: unknown, charactersMax: number) => string;

/** Makes a model known to a client, and gives what turns its fields into words. */
const LOADERS: Readonly<Record<string, (client: Client) => Promise<Words>>> = {
  [SHEET_MODEL]: async (client) => {
    const { sheetModel } = await import('@atoll/model-sheet');
    client.models.register(sheetModel);
    return sheetWords;
  },
  [DOCUMENT_MODEL]: async (client) => {
    const { documentText, yjsModel } = await import('@atoll/model-yjs');
    client.models.register(yjsModel);
    return documentText;
  },
};

const loading = new WeakMap<Client, Map<string, Promise<void>>>();
const wordsByModel = new Map<string, Words>();

function load(client: Client, model: string): Promise<void> | undefined {
  const loader = LOADERS[model];
  if (loader === undefined) return undefined;
  const known = loading.get(client) ?? new Map<string, Promise<void>>();
  loading.set(client, known);
  const made =
    known.get(model) ??
    loader(client).then((words) => {
      wordsByModel.set(model, words);
    });
  known.set(model, made);
  return made;
}

/** True once the code of a field is here; loads it. A model that is not a shipped one has none. */
export function useModelCode({ model }: ModelField<unknown>): boolean {
  const client = useClient();
  const [has, setHas] = useState(wordsByModel.has(model));
  useEffect(() => {
    let isShown = true;
    load(client, model)?.then(
      () => {
        if (isShown) setHas(true);
      },
      // Without its code it is shown as what is known of it.
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [client, model]);
  return has;
}

/** The words of a field; empty where it has none, or its code is not here. */
export function modelWords(field: ModelField<unknown>, charactersMax: number): string {
  const words = wordsByModel.get(field.model);
  if (words === undefined || field.status !== 'ready') return '';
  return words(field.toJSON(), charactersMax);
}

/** The words of what a field says of itself; empty where its code is not here. */
export function modelDataWords(model: string, shown: unknown): string {
  return wordsByModel.get(model)?.(shown, CHARACTERS_MAX) ?? '';
}

/** The first cells that hold something. */
export function sheetWords(shown: unknown, charactersMax: number): string {
  const cells: string[] = [];
  const collect = (value: unknown): void => {
    if (cells.length >= CELLS_MAX) return;
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'number' || (typeof value === 'string' && value !== ''))
      cells.push(String(value));
  };
  collect(shown);
  return cells.join(', ').slice(0, charactersMax).toWellFormed();
}
