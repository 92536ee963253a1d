// The program of docs/blobs.md.
import { createClient, defineType, s } from 'atoll';

const Photo = defineType('Photo', { title: s.string(), file: s.blob().optional() });

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });

const picture = new Uint8Array(300_000).map((_, at) => (at * at) >> 3);
const ref = await trip.blobs.put(picture, {
  type: 'image/png',
  name: 'sea.png',
  alt: 'The sea in the morning',
  onProgress: ({ have, of }) => console.log(`${have} of ${of} bytes`),
});
const photo = trip.db.add(Photo, { title: 'Sea', file: ref });
console.log(photo.file?.name, photo.file?.size);

if (photo.file !== undefined) {
  const bytes = await trip.blobs.bytes(photo.file);
  console.log(bytes.length);
  let parts = 0;
  for await (const part of trip.blobs.get(photo.file)) parts += part.length;
  console.log(parts);
  const { at, have, of, upload } = trip.blobs.state(photo.file).get();
  console.log(at, have, of, upload);
}

await trip.blobs.pin(ref);
const { looseBytes, removed } = await trip.blobs.collect({ dryRun: true });
console.log(looseBytes, removed);
