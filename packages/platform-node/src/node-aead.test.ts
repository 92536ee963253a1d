import { concatBytes, fromHex, utf8 } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { nodeAead } from './node-aead.ts';

// RFC 8439, section 2.8.2.
const place = {
  key: Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at),
  nonce: hex('070000004041424344454647'),
  associated: hex('50515253c0c1c2c3c4c5c6c7'),
};
const plaintext = utf8(
  'Ladies and Gentlemen of the class of ’99: If I could offer you only one tip for the future, ' +
    'sunscreen would be it.',
);
const rfcText = utf8(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
    'sunscreen would be it.',
);
const sealed = concatBytes(
  hex('d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6'),
  hex('3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36'),
  hex('92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc'),
  hex('3ff4def08e4b7a9de576d26586cec64b6116'),
  hex('1ae10b594f09e26a7e902ecbd0600691'),
);

test('the cipher is the one of RFC 8439', () => {
  expect(nodeAead.seal(place, rfcText)).toEqual(sealed);
  expect(nodeAead.open(place, sealed)).toEqual(rfcText);
});

test('what was sealed opens in its place only, and with every byte as it was', () => {
  const own = nodeAead.seal(place, plaintext);
  expect(nodeAead.open(place, own)).toEqual(plaintext);
  expect(nodeAead.open({ ...place, associated: utf8('elsewhere') }, own)).toBeUndefined();
  for (let at = 0; at < own.length; at++) {
    const wrong = own.slice();
    wrong[at] = (wrong[at] as number) ^ 1;
    expect(nodeAead.open(place, wrong)).toBeUndefined();
  }
  expect(nodeAead.open(place, own.subarray(0, 3))).toBeUndefined();
  expect(nodeAead.open(place, nodeAead.seal(place, new Uint8Array(0)))).toEqual(new Uint8Array(0));
});

function hex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array(0);
}
