/** Makes a picture of somebody small: a square from its middle, as good as fits. */

/** Points along the edge: sharp at the largest size at which people are drawn, on screens of high density. */
const EDGE = 128;
/** What may be shown of anybody: see `Picture` of the client. */
const BYTES_MAX = 8 * 1024;
/** Tried until it is small enough. */
const TRIES: readonly (readonly [edge: number, quality: number])[] = [
  [EDGE, 0.85],
  [EDGE, 0.7],
  [EDGE, 0.5],
  [96, 0.6],
  [64, 0.6],
];

/** The small picture; `undefined` for what is none, `too-big` for one that stays too large. */
export async function smallPicture(
  file: Blob,
): Promise<Uint8Array<ArrayBuffer> | 'too-big' | undefined> {
  const image = await createImageBitmap(file).catch(() => undefined);
  if (image === undefined) return undefined;
  try {
    for (const [edge, quality] of TRIES) {
      const content = await drawn(image, edge, quality);
      if (content !== undefined && content.size <= BYTES_MAX) {
        return new Uint8Array(await content.arrayBuffer());
      }
    }
    return 'too-big';
  } finally {
    image.close();
  }
}

async function drawn(image: ImageBitmap, edge: number, quality: number): Promise<Blob | undefined> {
  const canvas = new OffscreenCanvas(edge, edge);
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  const side = Math.min(image.width, image.height);
  // What is transparent would be black.
  context.fillStyle = 'white';
  context.fillRect(0, 0, edge, edge);
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2];
  context.drawImage(image, left, top, side, side, 0, 0, edge, edge);
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}
