/** Invitation codes, digits and the names derived from secrets. */
import { hash } from '@atoll/crypto';
import { concatBytes, toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { invitationRoom, mailboxSeed, roomTag, sessionPsk, utcDay } from './derive.ts';
import { newDigits, parseDigits } from './digits.ts';
import {
  KUBE_HINT_CHARACTERS_MAX,
  formatInvitationCode,
  invitationUrl,
  parseInvitationCode,
  type InvitationCode,
} from './invitation-code.ts';

const rng = new SimRng(3);
const code: InvitationCode = {
  kind: 'space',
  secret: rng.bytes(16),
  fingerprint: rng.bytes(16),
  expiresAtMs: 1_767_312_000_000,
  kube: 'kube.example',
};

const refusal = (text: string): string => {
  try {
    parseInvitationCode(text);
    return 'none';
  } catch (failure) {
    return (failure as { code: string }).code;
  }
};

describe('an invitation code', () => {
  test('is read from its text and from an address, with space around it', () => {
    const text = formatInvitationCode(code);
    expect(parseInvitationCode(` ${text}\n`)).toEqual(code);
    expect(parseInvitationCode(invitationUrl('https://kube.example/', code))).toEqual(code);
  });

  test('stays below 100 characters, also in an address of its own server', () => {
    const longest = { ...code, kube: 'k'.repeat(KUBE_HINT_CHARACTERS_MAX) };
    expect(formatInvitationCode(longest).length).toBeLessThan(100);
    const url = invitationUrl('https://kube.example.org/', { ...code, kube: '' });
    expect(url.length).toBeLessThan(100);
  });

  test('that was cut off says so, at every length', () => {
    const text = formatInvitationCode(code);
    for (let length = 8; length < text.length; length++) {
      expect(refusal(text.slice(0, length)), `${length}`).toBe('HALO_CODE_CUT_OFF');
    }
  });

  test('is not any other text', () => {
    for (const text of ['', 'hello', 'https://kube.example/', 'AAAA', '481 903', '🐢'.repeat(30)]) {
      expect(refusal(text), text).toBe('HALO_NOT_A_CODE');
    }
  });

  test('of a later version says so', () => {
    const bytes = fromBase64Url(formatInvitationCode(code)) ?? new Uint8Array();
    bytes[0] = 2;
    expect(refusal(toBase64Url(bytes))).toBe('HALO_NOT_A_CODE');
    expect(refusal(later())).toBe('HALO_CODE_NEWER');
  });

  test('has one text only', () => {
    const text = formatInvitationCode({ ...code, kube: 'kube.example.org' });
    const last = text.at(-1) ?? '';
    const loose = text.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    expect(refusal(loose)).not.toBe('none');
  });

  test('cannot hint at a server with impossible letters', () => {
    expect(() => formatInvitationCode({ ...code, kube: 'a b' })).toThrow(
      expect.objectContaining({ code: 'HALO_NOT_A_CODE' }),
    );
  });
});

/** A code of version 2 as a later program would make it: other content, the same check. */
function later(): string {
  const body = Uint8Array.of(2, 9, 9, 9, 9, 9, 9, 9);
  const check = hash('invitation-code', body).slice(0, 2);
  return toBase64Url(concatBytes(body, check));
}

describe('digits', () => {
  test('are six, and all ten occur in every place', () => {
    const seen = Array.from({ length: 6 }, () => new Set<string>());
    for (let at = 0; at < 500; at++) {
      const digits = newDigits(rng);
      expect(digits).toMatch(/^[0-9]{6}$/);
      [...digits].forEach((digit, place) => seen[place]?.add(digit));
    }
    for (const places of seen) expect(places.size).toBe(10);
  });

  test('are drawn again where a remainder would favour some', () => {
    const draws = [
      [0xff, 0xff, 0xff, 0xff],
      [0xff, 0xf1, 0x3d, 0x80],
      [0, 0, 0, 7],
    ];
    const bytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(draws.shift() ?? []);
    expect(newDigits({ bytes })).toBe('000007');
    expect(draws).toHaveLength(0);
  });

  test('are read with spaces and hyphens, and refused otherwise', () => {
    expect(parseDigits(' 481 903 ')).toBe('481903');
    expect(parseDigits('481-903')).toBe('481903');
    for (const text of ['48190', '4819033', '48190a', '٤٨١٩٠٣', '']) {
      expect(() => parseDigits(text), text).toThrow(
        expect.objectContaining({ code: 'HALO_DIGITS_MALFORMED' }),
      );
    }
  });
});

describe('derived names and keys', () => {
  const key = rng.bytes(32);
  test('differ by purpose, server and day', () => {
    const all = [
      sessionPsk(key),
      mailboxSeed(key, 'kube.example'),
      mailboxSeed(key, 'other.example'),
      roomTag(key, 'kube.example', 20_000),
      roomTag(key, 'kube.example', 20_001),
      roomTag(key, 'other.example', 20_000),
      invitationRoom(key, 'kube.example'),
    ].map(toHex);
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain(toHex(key));
  });

  test('take server names without case', () => {
    expect(roomTag(key, 'KUBE.example', 1)).toEqual(roomTag(key, 'kube.example', 1));
  });

  test('refuse days that are none', () => {
    for (const day of [-1, 0.5, Number.NaN]) {
      expect(() => roomTag(key, 'k', day)).toThrow(
        expect.objectContaining({ code: 'HALO_DERIVATION' }),
      );
    }
    expect(utcDay(86_400_000 * 3 - 1)).toBe(2);
  });
});

test('base64url has one text for every byte string', () => {
  for (let length = 0; length < 20; length++) {
    const bytes = rng.bytes(length);
    const text = toBase64Url(bytes);
    expect(fromBase64Url(text)).toEqual(bytes);
    expect(fromBase64Url(`${text}=`)).toBeUndefined();
  }
  expect(fromBase64Url('AB')).toBeUndefined();
  expect(fromBase64Url('A')).toBeUndefined();
});
