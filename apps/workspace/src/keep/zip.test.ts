import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { crc32, unzipped, zipped } from './zip.ts';

test('the check value of CRC-32 is the published one', async () => {
  expect(await crc32(new Blob(['123456789']))).toBe(0xcbf4_3926);
});

test.prop([
  fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.uint8Array()), {
    maxLength: 6,
  }),
])('what is put into a container comes out of it', async (files) => {
  const entries = files.map(([name, bytes]) => ({
    name,
    content: new Blob([bytes as Uint8Array<ArrayBuffer>]),
  }));
  const back = await unzipped(await zipped(entries));
  expect(back.map(({ name }) => name)).toEqual(entries.map(({ name }) => name));
  for (const [at, { content }] of back.entries()) {
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(files[at]?.[1]);
  }
});

test.prop([fc.uint8Array({ maxLength: 200 })])(
  'what is no container is refused with a code',
  async (bytes) => {
    const refused = unzipped(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    await expect(refused).rejects.toMatchObject({ code: 'WORKSPACE_ZIP_MALFORMED' });
  },
);

test('a container that was cut off is refused', async () => {
  const whole = await zipped([{ name: 'a.txt', content: new Blob(['words']) }]);
  const cut = whole.slice(4);
  await expect(unzipped(cut)).rejects.toMatchObject({ code: 'WORKSPACE_ZIP_MALFORMED' });
});
