/**
 * Pictures on this device: which files are shown as one, how large they are, and a small one of each, so
 * that nobody has to fetch the large one to see what it is.
 */

/** Types that browsers show as pictures. Nothing else is ever opened in the page: it is downloaded. */
const SHOWN_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/svg+xml',
]);
/** Longest side of a small picture: sharp in a list and fair in a text. */
const SMALL_SIDE = 512;
/** A small picture is to come at once with what names it. */
const SMALL_BYTES_MAX = 60 * 1024;
/** A picture that is no larger is its own small one. */
const OWN_BYTES_MAX = 48 * 1024;
/** What is tried until it is small enough: side and quality. */
const TRIES: readonly (readonly [side: number, quality: number])[] = [
  [SMALL_SIDE, 0.8],
  [SMALL_SIDE, 0.6],
  [384, 0.6],
  [256, 0.6],
  [160, 0.5],
];

/** A picture that was looked at. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Absent where the picture itself is small. */
  readonly small?: { readonly content: Blob; readonly width: number; readonly height: number };
}

/** True for what is shown as a picture. */
export function isPicture(type: string): boolean {
  return SHOWN_TYPES.has(type.toLowerCase());
}

/** The type under which bytes of a file may be shown; what is no picture is only bytes. */
export function shownType(type: string): string {
  return isPicture(type) ? type.toLowerCase() : 'application/octet-stream';
}

/** Looks at a file; `undefined` if it is no picture that this browser can read. */
export async function lookAtPicture(file: Blob): Promise<Picture | undefined> {
  if (!isPicture(file.type)) return undefined;
  const image = await decoded(file);
  if (image === undefined) return undefined;
  try {
    const { width, height } = sizeOf(image);
    if (width === 0 || height === 0) return undefined;
    if (file.size <= OWN_BYTES_MAX && file.type !== 'image/svg+xml') return { width, height };
    const small = await smallOf(image, width, height);
    return { width, height, ...(small === undefined ? {} : { small }) };
  } finally {
    if (image instanceof ImageBitmap) image.close();
  }
}

type Image = ImageBitmap | HTMLImageElement;

async function decoded(file: Blob): Promise<Image | undefined> {
  try {
    return await createImageBitmap(file);
  } catch {
    return imageElement(file); // Drawings are read by elements alone.
  }
}

async function imageElement(file: Blob): Promise<HTMLImageElement | undefined> {
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function sizeOf(image: Image): { readonly width: number; readonly height: number } {
  return image instanceof ImageBitmap
    ? { width: image.width, height: image.height }
    : { width: image.naturalWidth, height: image.naturalHeight };
}

async function smallOf(image: Image, width: number, height: number): Promise<Picture['small']> {
  for (const [side, quality] of TRIES) {
    const scale = Math.min(1, side / Math.max(width, height));
    const to = {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    };
    const canvas = new OffscreenCanvas(to.width, to.height);
    const context = canvas.getContext('2d');
    if (context === null) return undefined;
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, to.width, to.height);
    const content = await canvas.convertToBlob({ type: 'image/webp', quality });
    if (content.size <= SMALL_BYTES_MAX) return { content, ...to };
  }
  return undefined;
}
