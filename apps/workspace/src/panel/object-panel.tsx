/** An object beside the view: its title, fields, what links here, who sees it. */
import type { AnyObject, Space } from '@atoll/client';
import type { TypeData } from '@atoll/schema';
import { useDatabase, useObject } from '@atoll/react';
import { useEffect, useRef, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { CLOSE, UNDO } from '../copy/general.ts';
import { FRAME, PANEL, TASKS } from '../copy/workspace.ts';
import { titleField, typeNoun } from '../data/type-words.ts';
import { ObjectFiles } from '../files/object-files.tsx';
import { WhoCan } from '../people/who-can.tsx';
import { useMayAddTo, useMayChange } from '../private/private-words.ts';
import { HiddenLine, HideButton } from '../suggest/hide-object.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useToast } from '../ui/toast.tsx';
import { Answers } from './answers.tsx';
import { LinksIn } from './links-in.tsx';
import { ObjectHistory } from './object-history.tsx';
import { Property } from './property.tsx';
import { TaskProperties } from './task-properties.tsx';
import { TitleArea } from './title-area.tsx';

/** The panel of an object. */
export function ObjectPanel(props: {
  readonly space: Space;
  readonly id: string;
  /** The space is seen as it was: what happened since is not told here. */
  readonly isPast?: boolean;
}): ReactElement {
  const { space, id, isPast = false } = props;
  const object = useObject(space, id);
  const { open } = useNavigation();
  const panel = useRef<HTMLElement>(null);
  const close = (): void => {
    open(undefined);
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(`[data-task="${id}"],[role=gridcell][tabindex="0"]`)
        ?.focus(),
    );
  };
  useEffect(() => {
    space.presence.set({ object: id });
    return () => space.presence.set({});
  }, [space, id]);
  return (
    <aside
      className="panel"
      aria-label={FRAME.panel}
      data-testid="panel"
      ref={panel}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      {object === undefined ? (
        <Gone onClose={close} />
      ) : (
        <Content key={id} space={space} object={object} isPast={isPast} onClose={close} />
      )}
    </aside>
  );
}

function Content(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly isPast: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const { space, object, isPast, onClose } = props;
  const toast = useToast();
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const type = types.get(object.$type);
  const canWrite = useMayChange(space, object.id);
  const canAdd = useMayAddTo(space, object.id);
  const title = type === undefined ? undefined : titleField(type);
  const titleData = title === undefined ? undefined : type?.fields[title];
  const remove = (): void => {
    space.db.delete(object);
    onClose();
    const noun = typeNoun(object.$type).toLowerCase();
    toast({
      text: TASKS.deleted(1, noun, noun),
      action: { label: UNDO, run: () => space.db.restore(object) },
    });
  };
  return (
    <>
      <div className="bar">
        <span className="chip">
          <Icon name={object.$type === 'Task' ? 'task' : 'box'} />
          {typeNoun(object.$type)}
        </span>
        <span className="grow" />
        <IconButton
          icon="link"
          label={PANEL.copyLink}
          onClick={() => {
            void navigator.clipboard.writeText(location.href);
            toast({ text: PANEL.copied });
          }}
        />
        {isPast ? null : <HideButton space={space} object={object.id} />}
        {canWrite ? <IconButton icon="trash" label={PANEL.delete} onClick={remove} /> : null}
        <IconButton icon="close" label={CLOSE} onClick={onClose} />
      </div>
      <div className="scroll">
        <section>
          <HiddenLine space={space} object={object.id} />
          {title === undefined || titleData === undefined ? null : (
            <>
              <TitleArea object={object} field={title} canWrite={canWrite} />
              <Answers space={space} object={object} field={title} data={titleData} />
            </>
          )}
          {object.$type === 'Task' ? (
            <TaskProperties space={space} object={object} canWrite={canWrite} />
          ) : (
            <Fields {...{ space, object, type, types, canWrite }} without={title} />
          )}
        </section>
        {object.$type === 'File' ? null : (
          <ObjectFiles space={space} object={object} canWrite={canAdd} />
        )}
        <LinksIn space={space} object={object} types={types} />
        <WhoCan space={space} object={object.id} />
        {isPast ? null : (
          <ObjectHistory space={space} object={object} types={types} canWrite={canWrite} />
        )}
      </div>
    </>
  );
}

function Fields(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly type: TypeData | undefined;
  readonly types: ReadonlyMap<string, TypeData>;
  readonly canWrite: boolean;
  readonly without: string | undefined;
}): ReactElement {
  const fields = Object.entries(props.type?.fields ?? {}).filter(
    ([field]) => field !== props.without,
  );
  return (
    <dl className="properties">
      {fields.map(([field, data]) => (
        <Property
          key={field}
          space={props.space}
          object={props.object}
          field={field}
          data={data}
          types={props.types}
          canWrite={props.canWrite}
        />
      ))}
    </dl>
  );
}

function Gone({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <>
      <div className="bar">
        <span className="grow" />
        <IconButton icon="close" label={CLOSE} onClick={onClose} />
      </div>
      <div className="blank">
        <div>
          <h2>{PANEL.gone}</h2>
          <p>{PANEL.goneMeans}</p>
        </div>
      </div>
    </>
  );
}
