/** The shape of what is coming. Nothing for 150 ms, then rows, words only after two seconds. */
import { useEffect, useState, type ReactElement } from 'react';

/** Before this, showing anything would only flicker. */
const SHAPE_AFTER_MS = 150;
/** After this, people want to know what is going on. */
const WORDS_AFTER_MS = 2_000;

const WIDTHS = ['62%', '48%', '71%', '39%', '57%', '66%', '44%', '53%'];

/** Rows like the real ones. */
export function Skeleton({ says }: { readonly says: string }): ReactElement | null {
  const [stage, setStage] = useState<'nothing' | 'shape' | 'words'>('nothing');
  useEffect(() => {
    const shape = setTimeout(() => setStage('shape'), SHAPE_AFTER_MS);
    const words = setTimeout(() => setStage('words'), WORDS_AFTER_MS);
    return () => {
      clearTimeout(shape);
      clearTimeout(words);
    };
  }, []);
  if (stage === 'nothing') return null;
  return (
    <div className="skeletons" aria-busy="true">
      {WIDTHS.map((width) => (
        <div className="skeleton-row" key={width}>
          <span className="skeleton" style={{ width: '16px', height: '16px' }} />
          <span className="skeleton" style={{ width }} />
        </div>
      ))}
      <p className="meta" role="status">
        {stage === 'words' ? says : ''}
      </p>
    </div>
  );
}
