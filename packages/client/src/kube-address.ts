/** Addresses of servers: as users write them, as invitations hint at them, as sockets need them. */
import { ClientError } from './client-error.ts';

/** Longest hint that fits into an invitation code. */
const HINT_CHARACTERS_MAX = 32;
const SOCKET_PATH = '/atoll/v1';

/** Base address of a server: `https://kube.example` or, for tests and home networks, `http://…`. */
export function parseKubeUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `https://${text}`);
  } catch (cause) {
    throw new ClientError('CLIENT_NO_SERVER', `"${text}" is no address of a server`, { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ClientError('CLIENT_NO_SERVER', 'the address of a server begins with https://');
  }
  return url.origin;
}

/** Address of a server's WebSocket. */
export function socketUrl(kubeUrl: string): string {
  return `${kubeUrl.replace(/^http/, 'ws')}${SOCKET_PATH}`;
}

/** What an invitation code says of the server; empty when it does not fit. */
export function kubeHint(kubeUrl: string): string {
  const hint = kubeUrl.startsWith('https://') ? kubeUrl.slice('https://'.length) : kubeUrl;
  return hint.length <= HINT_CHARACTERS_MAX ? hint : '';
}

/** Server of a hint; `undefined` for an empty one. @throws ClientError `CLIENT_NO_SERVER`. */
export function kubeOfHint(hint: string): string | undefined {
  return hint === '' ? undefined : parseKubeUrl(hint);
}

/** Server in the address of an invitation; `undefined` for a bare code. */
export function kubeOfUrl(text: string): string | undefined {
  const [address = '', fragment] = text.trim().split('#');
  return fragment === undefined || !address.includes('://') ? undefined : parseKubeUrl(address);
}
