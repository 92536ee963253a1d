/** The client, handed down to components. */
import type { Client } from '@atoll/client';
import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import { ReactBindingError } from './react-error.ts';

const ClientContext = createContext<Client | undefined>(undefined);

/** Gives a client to all components inside. Neither opens nor closes it. */
export function AtollProvider(props: {
  readonly client: Client;
  readonly children?: ReactNode;
}): ReactElement {
  return createElement(ClientContext.Provider, { value: props.client }, props.children);
}

/** The client of the nearest provider. @throws ReactBindingError `REACT_NO_PROVIDER`. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) {
    throw new ReactBindingError('REACT_NO_PROVIDER', 'put an AtollProvider around this component');
  }
  return client;
}
