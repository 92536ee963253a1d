/** Origins of web services (RFC 6454), in the one form in which they are signed. */
import { HaloError } from '../halo-error.ts';

/** Characters of an origin: scheme, the longest name of a host, a port. */
export const ORIGIN_CHARACTERS_MAX = 270;

/** A label of a host's name, or of an address in numbers. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST: RegExp = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'u');
/** Hosts to which nobody else can listen: services under development. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const PORT_MAX = 65_535;

/**
 * An origin as browsers write it: `https://example.org`, with a port only where it is not the usual one.
 * Without encryption only on this machine. @throws HaloError `HALO_ORIGIN`.
 */
export function checkedOrigin(text: string): string {
  const found = /^(https?):\/\/([^/?#:[\]@]+|\[::1\])(?::([1-9]\d{0,4}))?$/.exec(text);
  const [, scheme = '', host = '', port] = found ?? [];
  const isScheme = scheme === 'https' || (scheme === 'http' && LOOPBACK.has(host));
  const isHost = HOST.test(host) || host === '[::1]';
  if (!isScheme || !isHost || !isPort(scheme, port) || text.length > ORIGIN_CHARACTERS_MAX) {
    const shown = JSON.stringify(text.slice(0, ORIGIN_CHARACTERS_MAX));
    throw new HaloError('HALO_ORIGIN', `${shown} is not the origin of a web service`);
  }
  return text;
}

/** The usual port of a scheme is never written. */
function isPort(scheme: string, port: string | undefined): boolean {
  if (port === undefined) return true;
  return Number(port) <= PORT_MAX && port !== (scheme === 'https' ? '443' : '80');
}

/** Whether a text is an origin in that form. */
export function isOrigin(text: string): boolean {
  try {
    return checkedOrigin(text) === text;
  } catch (failure) {
    if (failure instanceof HaloError) return false;
    throw failure;
  }
}
