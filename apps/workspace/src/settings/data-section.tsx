/** How much is on this device, and whether the browser keeps it. */
import type { ReactElement } from 'react';
import { SETTINGS } from '../copy/workspace.ts';
import { sizeText } from '../table/cell.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useKept } from './use-kept.ts';

/** What the browser says about storage. */
export function DataSection(): ReactElement {
  const [kept, ask] = useKept();
  return (
    <div className="rows">
      <div>
        <Icon name={kept.isKept === true ? 'check' : 'info'} />
        <div className="grow">
          <div>{kept.isKept === true ? SETTINGS.kept : SETTINGS.notKept}</div>
          {kept.usedBytes === undefined ? null : (
            <div className="meta">{SETTINGS.used(sizeText(kept.usedBytes))}</div>
          )}
        </div>
        {kept.isKept === true ? null : <Button onClick={() => void ask()}>{SETTINGS.keep}</Button>}
      </div>
    </div>
  );
}
