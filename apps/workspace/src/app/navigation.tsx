/** The current place as React state, and the ways to another one. */
import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useSyncExternalStore,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
} from 'react';
import { formatPlace, ledFrom, parsePlace, type NoteSide, type Over, type Place } from './place.ts';

interface Navigation {
  readonly place: Place;
  /** Goes there; back returns. */
  readonly go: (place: Place) => void;
  /** Goes there in place of here. */
  readonly replace: (place: Place) => void;
  /** From the past of a space to the same place as it is now. */
  readonly leavePast: () => void;
  /** Lays something over the current place, or takes it away. */
  readonly lay: (over: Over | undefined) => void;
  /** Opens an object beside the current view, or closes it. */
  readonly open: (object: string | undefined) => void;
  /** Opens what lies beside a note, or closes it. */
  readonly beside: (side: NoteSide | undefined) => void;
}

const NavigationContext = createContext<Navigation | undefined>(undefined);

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** Follows the address of the window. */
export function NavigationProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const place = useMemo(() => parsePlace(hash), [hash]);
  const go = useCallback((to: Place) => {
    location.hash = formatPlace(to);
  }, []);
  const replace = useCallback((to: Place) => {
    history.replaceState(null, '', formatPlace(to));
    dispatchEvent(new HashChangeEvent('hashchange'));
  }, []);
  const value = useMemo<Navigation>(
    () => ({
      place,
      // What was laid over a place is done when one goes elsewhere: Back does not open it again.
      go: (to) => (place.over === undefined ? go : replace)(ledFrom(place, to)),
      replace: (to) => replace(ledFrom(place, to)),
      leavePast: () => {
        if (place.at !== 'space') return;
        const { was: _, ...bare } = place;
        go(bare);
      },
      lay: (over) => {
        const { over: _, ...bare } = place;
        if (over === undefined) replace(bare);
        else go({ ...bare, over });
      },
      open: (object) => {
        if (place.at !== 'space') return;
        const { open: _, side: _side, ...bare } = place;
        go(object === undefined ? bare : { ...bare, open: object });
      },
      beside: (side) => {
        if (place.at !== 'space') return;
        const { open: _, side: _side, ...bare } = place;
        go(side === undefined ? bare : { ...bare, side });
      },
    }),
    [place, go, replace],
  );
  return <NavigationContext.Provider value={value}>{children}</NavigationContext.Provider>;
}

/** Where one is and how to get elsewhere. */
export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  return navigation ?? NOWHERE;
}

const NOWHERE: Navigation = {
  place: { at: 'home' },
  go: () => undefined,
  replace: () => undefined,
  leavePast: () => undefined,
  lay: () => undefined,
  open: () => undefined,
  beside: () => undefined,
};

/** A link to a place. `current` marks it as the place one is at. */
export function PlaceLink({
  to,
  current,
  ...rest
}: ComponentProps<'a'> & { readonly to: Place; readonly current?: boolean }): ReactElement {
  const { place } = useNavigation();
  const href = formatPlace(ledFrom(place, to));
  return <a {...rest} href={href} aria-current={current === true ? 'page' : undefined} />;
}
