/** How much is on this device, and whether the browser keeps it. */
import { useEffect, useState, type ReactElement } from 'react';
import { SETTINGS } from '../copy/workspace.ts';
import { sizeText } from '../table/cell.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

interface Kept {
  readonly usedBytes: number | undefined;
  readonly isKept: boolean;
}

/** What the browser says about storage. */
export function DataSection(): ReactElement {
  const [kept, setKept] = useState<Kept>({ usedBytes: undefined, isKept: false });
  const look = async (): Promise<void> => {
    // Absent outside of secure contexts.
    const storage = navigator.storage as StorageManager | undefined;
    if (storage === undefined) return;
    const [estimate, isKept] = await Promise.all([storage.estimate(), storage.persisted()]);
    setKept({ usedBytes: estimate.usage, isKept });
  };
  useEffect(() => void look(), []);
  const ask = async (): Promise<void> => {
    await navigator.storage.persist();
    await look();
  };
  return (
    <div className="rows">
      <div>
        <Icon name={kept.isKept ? 'check' : 'info'} />
        <div className="grow">
          <div>{kept.isKept ? SETTINGS.kept : SETTINGS.notKept}</div>
          {kept.usedBytes === undefined ? null : (
            <div className="meta">{SETTINGS.used(sizeText(kept.usedBytes))}</div>
          )}
        </div>
        {kept.isKept ? null : <Button onClick={() => void ask()}>{SETTINGS.keep}</Button>}
      </div>
    </div>
  );
}
