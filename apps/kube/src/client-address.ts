/** Whom a connection counts against. Never logged, never stored. */
import { isIPv6 } from 'node:net';
import type { IncomingMessage } from 'node:http';

const MAPPED_PREFIX = '::ffff:';
/** Groups of an IPv6 address that one customer has for himself: a /64. */
const NETWORK_GROUPS = 4;

/**
 * The address that limits count against: an IPv4 address, or the first 64 bits of an IPv6 one. Behind a
 * proxy that the operator trusts, the last address of `X-Forwarded-For`, which that proxy wrote.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers['x-forwarded-for'];
  const header = Array.isArray(forwarded) ? forwarded.at(-1) : forwarded;
  const last = header?.split(',').at(-1)?.trim();
  if (trustProxy && last !== undefined && last !== '') return networkOf(last);
  return networkOf(request.socket.remoteAddress ?? 'unknown');
}

/** An address without the part that one customer can vary. */
export function networkOf(address: string): string {
  if (address.startsWith(MAPPED_PREFIX)) return address.slice(MAPPED_PREFIX.length);
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...right];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
