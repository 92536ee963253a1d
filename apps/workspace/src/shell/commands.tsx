/** Commands by name: views say what they can do, keys and the palette run it. */
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useRef,
  type ReactElement,
  type ReactNode,
} from 'react';

/** Everything that a key or the palette can start. */
export type CommandName =
  | 'find'
  | 'undo'
  | 'redo'
  | 'history'
  | 'new'
  | 'new-note'
  | 'new-private'
  | 'tasks'
  | 'notes'
  | 'members'
  | 'devices'
  | 'settings'
  | 'connection'
  | 'invite'
  | 'versions'
  | 'next-region'
  | 'previous-region'
  | 'name-version'
  | 'branch'
  | 'save-space'
  | 'leave-space'
  | 'open-file'
  | 'backup'
  | 'panel'
  | 'next-view'
  | 'filter'
  | 'comment'
  | 'keys';

interface Commands {
  readonly add: (name: CommandName, run: () => void) => () => void;
  readonly run: (name: CommandName) => boolean;
  readonly can: (name: CommandName) => boolean;
}

const CommandContext = createContext<Commands>({
  add: () => () => undefined,
  run: () => false,
  can: () => false,
});

/** Holds the commands of everything inside. The last view that offers one is asked. */
export function CommandProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const commands = useMemo<Commands>(() => {
    const offers = new Map<CommandName, (() => void)[]>();
    return {
      add: (name, run) => {
        offers.set(name, [...(offers.get(name) ?? []), run]);
        return () => {
          offers.set(
            name,
            (offers.get(name) ?? []).filter((other) => other !== run),
          );
        };
      },
      run: (name) => {
        const run = offers.get(name)?.at(-1);
        run?.();
        return run !== undefined;
      },
      can: (name) => (offers.get(name)?.length ?? 0) > 0,
    };
  }, []);
  return <CommandContext.Provider value={commands}>{children}</CommandContext.Provider>;
}

/** Offers a command as long as the component is there; `undefined` offers nothing. */
export function useCommand(name: CommandName, run: (() => void) | undefined): void {
  const { add } = useContext(CommandContext);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const offered = run !== undefined;
  useEffect(
    () => (offered ? add(name, () => latest.current?.()) : undefined),
    [add, name, offered],
  );
}

/** Runs commands by name; false when nobody offers it. */
export function useCommands(): Pick<Commands, 'run' | 'can'> {
  return useContext(CommandContext);
}
