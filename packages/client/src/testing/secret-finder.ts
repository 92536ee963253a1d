/** Looks for secrets in text, in every form in which a program might put them there. */
import { Buffer } from 'node:buffer';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Characters of a form that have to be found: what stands around a secret changes the first and last ones. */
const SHORTEST = 12;

/** A secret, and what it is called where it is found. */
export interface NamedSecret {
  readonly name: string;
  readonly secret: Uint8Array | string;
}

/** Names of the secrets that a text has in it, in whatever form. */
export function secretsIn(text: string, secrets: readonly NamedSecret[]): readonly string[] {
  const upper = text.toUpperCase();
  return secrets
    .filter(({ secret }) =>
      typeof secret === 'string'
        ? upper.includes(secret.toUpperCase())
        : exactForms(secret).some((form) => text.includes(form)) ||
          loudForms(secret).some((form) => upper.includes(form)),
    )
    .map(({ name }) => name);
}

/** Forms in which case tells. */
function exactForms(bytes: Uint8Array): readonly string[] {
  const forms = [
    Buffer.from(bytes).toString('latin1'),
    [...bytes].join(','),
    [...bytes].join(', '),
  ];
  // Behind none, one or two other bytes; what these share characters with is cut off.
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const inner = padded
      .toString('base64')
      .replace(/=+$/, '')
      .slice(before === 0 ? 0 : before + 1);
    const form = inner.slice(0, -2);
    forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms.filter(({ length }) => length >= SHORTEST);
}

function loudForms(bytes: Uint8Array): readonly string[] {
  const hex = Buffer.from(bytes).toString('hex').toUpperCase();
  const spaced = [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
  return [hex, spaced.join(' '), spaced.join(':'), base32(bytes, BASE32), base32(bytes, CROCKFORD)];
}

/** Without its last character, which may hold bits of what follows. */
function base32(bytes: Uint8Array, alphabet: string): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const whole = bits.slice(0, bits.length - (bits.length % 5));
  const places = whole.match(/.{5}/g) ?? [];
  return places.map((five) => alphabet.charAt(Number.parseInt(five, 2))).join('');
}
