/** How much is on this device, whether the browser keeps it, and files of everything. */
import type { ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { BACKUP } from '../copy/keep.ts';
import { SETTINGS } from '../copy/workspace.ts';
import { sizeText } from '../data/value-words.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useFileRoom } from './use-file-room.ts';
import { useKept } from './use-kept.ts';

/** What the browser says about storage. */
export function DataSection(): ReactElement {
  const [kept, ask] = useKept();
  const files = useFileRoom();
  const { lay } = useNavigation();
  return (
    <div className="rows">
      <div>
        <Icon name={kept.isKept === true ? 'check' : 'info'} />
        <div className="grow">
          <div>{kept.isKept === true ? SETTINGS.kept : SETTINGS.notKept}</div>
          {kept.usedBytes === undefined ? null : (
            <div className="meta">{SETTINGS.used(sizeText(kept.usedBytes))}</div>
          )}
          {files === undefined || files.bytes === 0 ? null : (
            <div className="meta">{SETTINGS.files(sizeText(files.bytes))}</div>
          )}
          {files === undefined || files.freedBytes === 0 ? null : (
            <div className="meta">{SETTINGS.freed(sizeText(files.freedBytes))}</div>
          )}
        </div>
        {kept.isKept === true ? null : <Button onClick={() => void ask()}>{SETTINGS.keep}</Button>}
      </div>
      <FileRow icon="download" says={BACKUP.row} hint={BACKUP.rowHint}>
        <Button onClick={() => lay('backup')}>{BACKUP.button}</Button>
      </FileRow>
      <FileRow icon="file" says={BACKUP.rowOpen} hint={BACKUP.rowOpenHint}>
        <Button onClick={() => lay('open-file')}>{BACKUP.openButton}</Button>
      </FileRow>
    </div>
  );
}

function FileRow(props: {
  readonly icon: IconName;
  readonly says: string;
  readonly hint: string;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <div>
      <Icon name={props.icon} />
      <div className="grow">
        <div>{props.says}</div>
        <div className="meta">{props.hint}</div>
      </div>
      {props.children}
    </div>
  );
}
