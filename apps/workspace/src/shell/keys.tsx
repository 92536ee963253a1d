/** The keyboard help. */
import type { ReactElement } from 'react';
import { FRAME, KEYS_WHERE } from '../copy/workspace.ts';
import { Dialog } from '../ui/dialog.tsx';
import { IS_MAC, keysText, SHORTCUTS } from './shortcuts.ts';

const WHERES = ['everywhere', 'lists', 'notes'] as const;

/** All keys and what they do. */
export function Keys({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={FRAME.keys} onClose={onClose} wide>
      {WHERES.map((where) => (
        <section key={where} aria-label={KEYS_WHERE[where]}>
          <h3 className="meta">{KEYS_WHERE[where]}</h3>
          <dl className="keys">
            {SHORTCUTS.filter((shortcut) => shortcut.where === where).map((shortcut) => (
              <div key={shortcut.says} style={{ display: 'contents' }}>
                <dt>{shortcut.says}</dt>
                <dd>
                  <kbd>{keysText(shortcut.keys, IS_MAC)}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
