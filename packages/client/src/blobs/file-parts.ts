/** What it takes to read, write and clear away files: a part of its own, see `load-file-parts.ts`. */
export { adoptBlobs } from './adopt-blobs.ts';
export { ArchivedReader, archivedParts } from './archived-blobs.ts';
export { answerWindows, askWindows } from './asked-windows.ts';
export { BlobCollection } from './blob-collection.ts';
export { readBlob } from './blob-reader.ts';
export { writeBlob } from './blob-writer.ts';
export { partsOf, sizeOf } from './content.ts';
export { EagerBlobs } from './eager-blobs.ts';
export { IdFinder } from './id-finder.ts';
export { visitNames } from './visit-names.ts';
