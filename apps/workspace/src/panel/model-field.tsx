/** A field of a custom data model: a spreadsheet as a grid, a document as its words, anything else as what it says of itself. */
import type { AnyObject, Space } from '@atoll/client';
import type { ModelField } from '@atoll/schema';
import type { Sheet } from '@atoll/model-sheet';
import { useDatabase } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { MODELS } from '../copy/models.ts';
import { fieldWords } from '../data/type-words.ts';
import { Button } from '../ui/button.tsx';
import { DOCUMENT_MODEL, modelWords, SHEET_MODEL, useModelCode } from './model-code.ts';

/** Rows and columns that are shown; more is a program of its own. */
const ROWS_MAX = 60;
const COLUMNS_MAX = 16;
/** Characters of a document that are shown beside a view. */
const WORDS_CHARACTERS_MAX = 20_000;

interface ModelProps {
  readonly space: Space;
  readonly object: AnyObject;
  readonly field: string;
  readonly canWrite: boolean;
}

/** The value of the field. */
export function ModelValue(props: ModelProps): ReactElement {
  const { space, object, field } = props;
  const model = object[field] as ModelField<unknown>;
  const hasCode = useModelCode(model);
  const status = useDatabase(space, () => model.status, [model, hasCode]);
  if (status === 'ready' && model.model === SHEET_MODEL) return <SheetGrid {...props} />;
  if (status === 'ready' && model.model === DOCUMENT_MODEL) {
    return <DocumentWords space={space} model={model} label={fieldWords(field)} />;
  }
  return <Plain space={space} model={model} />;
}

/** Lines of a document that another program has written. */
function DocumentWords(props: PlainProps & { readonly label: string }): ReactElement {
  const { label, space, model } = props;
  const words = useDatabase(space, () => modelWords(model, WORDS_CHARACTERS_MAX), [model]);
  const lines = words === '' ? [] : words.split('\n');
  return (
    <div className="document-words" data-testid="document-words">
      <div className="lines" tabIndex={0} role="region" aria-label={label}>
        {lines.map((line, at) => (
          <p key={at} dir="auto">
            {line}
          </p>
        ))}
      </div>
      <p className="meta">{lines.length === 0 ? MODELS.noWords : MODELS.elsewhere}</p>
    </div>
  );
}

interface PlainProps {
  readonly space: Space;
  readonly model: ModelField<unknown>;
}

function Plain(props: PlainProps): ReactElement {
  const { space, model } = props;
  const said = useDatabase(space, () => (model.status === 'ready' ? model.toJSON() : undefined), [
    model,
  ]);
  const ops = useDatabase(space, () => model.ops, [model]);
  if (said === undefined) {
    const words = model.status === 'failed' ? MODELS.failed : MODELS.unknown(model.model, ops);
    return <span className="ink-2">{words}</span>;
  }
  return <span className="pre">{typeof said === 'string' ? said : JSON.stringify(said)}</span>;
}

function SheetGrid(props: ModelProps): ReactElement {
  const { space, object, field, canWrite } = props;
  const sheet = (object[field] as ModelField<Sheet>).open();
  const values = useDatabase(space, () => sheet.values(), [sheet]);
  const rows = values.slice(0, ROWS_MAX);
  const count = values[0]?.length ?? sheet.columns;
  const columns = Array.from({ length: Math.min(count, COLUMNS_MAX) }, (_, at) => columnName(at));
  const isCut = values.length > ROWS_MAX || count > COLUMNS_MAX;
  const write = (row: number, column: number, typed: string): void => {
    space.undo.run(() => sheet.set(row, column, inputOf(typed)), { label: MODELS.wrote });
  };
  return (
    <div className="sheet-field" data-testid="sheet">
      <div className="sheet-scroll" tabIndex={0} role="region" aria-label={fieldWords(field)}>
        <table>
          <thead>
            <tr>
              <td />
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, row) => (
              <tr key={row}>
                <th scope="row">{row + 1}</th>
                {columns.map((name, column) => (
                  <td key={name} className={typeof cells[column] === 'number' ? 'number' : ''}>
                    {canWrite ? (
                      <Cell
                        label={`${name}${String(row + 1)}`}
                        shown={shownText(cells[column])}
                        input={() => shownText(sheet.input(row, column))}
                        onWrite={(typed) => write(row, column, typed)}
                      />
                    ) : (
                      shownText(cells[column])
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isCut ? <p className="meta">{MODELS.size(values.length, count)}</p> : null}
      {canWrite ? (
        <div className="line">
          <Button kind="quiet" icon="plus" onClick={() => sheet.insert('row', sheet.rows)}>
            {MODELS.addRow}
          </Button>
          <Button kind="quiet" icon="plus" onClick={() => sheet.insert('column', sheet.columns)}>
            {MODELS.addColumn}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** Shows a value, and while one is in it what it is made of. */
function Cell(props: {
  readonly label: string;
  readonly shown: string;
  readonly input: () => string;
  readonly onWrite: (typed: string) => void;
}): ReactElement {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const end = (): void => {
    if (typed !== undefined && typed !== props.input()) props.onWrite(typed);
    setTyped(undefined);
  };
  return (
    <input
      aria-label={props.label}
      value={typed ?? props.shown}
      onFocus={() => setTyped(props.input())}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={end}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          setTyped(props.input());
        }
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
    />
  );
}

/** "A", "Z", "AA" as spreadsheets call their columns. */
export function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : columnName(Math.floor(at / 26) - 1) + letter;
}

/** What was typed as a cell holds it: numbers as numbers, nothing as nothing. */
export function inputOf(typed: string): null | number | string {
  const trimmed = typed.trim();
  if (trimmed === '') return null;
  const number = Number(trimmed);
  return Number.isFinite(number) && /\d/u.test(trimmed) ? number : trimmed;
}

function shownText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : String(value);
}
