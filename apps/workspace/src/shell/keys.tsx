/** The keyboard help. */
import type { ReactElement } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { Dialog } from '../ui/dialog.tsx';
import { IS_MAC, keysText, SHORTCUTS } from './shortcuts.ts';

/** All keys and what they do. */
export function Keys({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={FRAME.keys} onClose={onClose} wide>
      <dl className="keys">
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.keys} style={{ display: 'contents' }}>
            <dt>{shortcut.says}</dt>
            <dd>
              <kbd>{keysText(shortcut.keys, IS_MAC)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
