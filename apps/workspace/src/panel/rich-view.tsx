/** A rich text to read, with what came and what went. Nothing in it can be changed or followed. */
import type { Block, Marks } from '@atoll/schema';
import type { ReactElement, ReactNode } from 'react';
import { OBJECT_HISTORY } from '../copy/history.ts';
import type { DiffBlock, DiffRun } from './rich-diff.ts';

/** The blocks, one below the other. */
export function RichView({ blocks }: { readonly blocks: readonly DiffBlock[] }): ReactElement {
  return (
    <div className="rich-view" data-testid="rich-view">
      {blocks.map(({ block, change, runs }, at) => (
        <p
          key={at}
          className={`block ${block.kind} ${change}`}
          data-level={block.kind === 'heading' ? block.level : undefined}
          data-depth={'depth' in block ? block.depth : undefined}
        >
          {signOf(block)}
          {runs.length === 0 && blocks.length === 1 ? (
            <span className="ink-3">{OBJECT_HISTORY.nothing}</span>
          ) : (
            runs.map((run, index) => <Run key={index} run={run} />)
          )}
        </p>
      ))}
    </div>
  );
}

/** What a style sheet cannot say to those who do not see it. */
function signOf(block: Block): ReactNode {
  switch (block.kind) {
    case 'todo':
      return block.checked ? '☑ ' : '☐ ';
    case 'bullet':
    case 'ordered':
      return '• ';
    case 'divider':
      return '———';
    default:
      return null;
  }
}

function Run({ run }: { readonly run: DiffRun }): ReactElement {
  const content = marked(run.marks, run.text);
  switch (run.change) {
    case 'added':
      return <ins>{content}</ins>;
    case 'removed':
      return <del>{content}</del>;
    case 'formatted':
      return <span className="formatted">{content}</span>;
    default:
      return <span>{content}</span>;
  }
}

function marked(marks: Marks, text: string): ReactNode {
  let content: ReactNode = text;
  if (marks['code'] !== undefined) content = <code>{content}</code>;
  if (marks['bold'] !== undefined) content = <strong>{content}</strong>;
  if (marks['italic'] !== undefined) content = <em>{content}</em>;
  if (marks['underline'] !== undefined || marks['link'] !== undefined) content = <u>{content}</u>;
  if (marks['strike'] !== undefined) content = <s>{content}</s>;
  return content;
}
