import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { unzipped, zipped } from './zip.ts';

test.prop([
  fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[\p{L} ]{1,8}\/?\p{L}{1,4}\.atoll$/u), fc.uint8Array()),
    { maxLength: 6, selector: ([name]) => name },
  ),
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

test('the same files make the same bytes, whatever the time', async () => {
  const files = [{ name: 'a.atoll', content: new Blob(['words']) }];
  const [once, again] = [await zipped(files), await zipped(files)];
  expect(await once.bytes()).toEqual(await again.bytes());
});

test.prop([fc.uint8Array({ maxLength: 200 })])(
  'what is no container is refused with a code',
  async (bytes) => {
    const refused = unzipped(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    await expect(refused).rejects.toMatchObject({ code: 'WORKSPACE_ZIP_MALFORMED' });
  },
);

test('a container that was cut off or changed is refused', async () => {
  const whole = await zipped([{ name: 'a.txt', content: new Blob(['words']) }]);
  const bytes = await whole.bytes();
  const at = new TextDecoder('latin1').decode(bytes).indexOf('words');
  bytes[at] = 0x57;
  for (const broken of [whole.slice(4), whole.slice(0, -4), new Blob([bytes])]) {
    await expect(unzipped(broken)).rejects.toMatchObject({ code: 'WORKSPACE_ZIP_MALFORMED' });
  }
});
