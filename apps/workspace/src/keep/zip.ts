/**
 * Several files in one: ZIP without compression (PKWARE APPNOTE 6.3), written part by part and read back.
 * Names are UTF-8. Larger than 4 GiB is refused: that needs another form of the format.
 */

/** Why a container cannot be written or read. */
export type ZipErrorCode =
  | 'WORKSPACE_ZIP_LARGE' // It would be larger than 4 GiB. Save the spaces one by one.
  | 'WORKSPACE_ZIP_MALFORMED'; // It is no container of files, or was changed. Choose another file.

/** See {@link ZipErrorCode}. */
class ZipError extends Error {
  override readonly name = 'ZipError';
  readonly code: ZipErrorCode;

  constructor(code: ZipErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** A file in a container. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Blob;
}

const SIZE_MAX = 0xffff_ffff;
const ENTRIES_MAX = 0xffff;
const LOCAL_HEADER = 0x0403_4b50;
const CENTRAL_HEADER = 0x0201_4b50;
const END = 0x0605_4b50;
/** Version 2.0, and the flag that says names are UTF-8. */
const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** 1980-01-01, the earliest day there is: no clock is in what is written. */
const DAY = 0x21;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** Bytes that are looked at in one go. */
const PART_BYTES = 1 << 20;

/** One file with all entries. @throws ZipError `WORKSPACE_ZIP_LARGE`. */
export async function zipped(entries: readonly ZipEntry[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const central: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { content, name } of entries) {
    const label = new TextEncoder().encode(name);
    const size = content.size;
    const checksum = await crc32(content);
    const about = { checksum, size, label };
    central.push(centralHeader(about, at));
    parts.push(localHeader(about), content);
    at += LOCAL_BYTES + label.length + size;
    if (at > SIZE_MAX || central.length > ENTRIES_MAX) {
      throw new ZipError('WORKSPACE_ZIP_LARGE', 'a container holds 4 GiB');
    }
  }
  const directory = new Blob(central);
  const end = new DataView(new ArrayBuffer(END_BYTES));
  end.setUint32(0, END, true);
  end.setUint16(8, central.length, true);
  end.setUint16(10, central.length, true);
  end.setUint32(12, directory.size, true);
  end.setUint32(16, at, true);
  return new Blob([...parts, directory, end.buffer], { type: 'application/zip' });
}

/** The entries of a container that {@link zipped} made. @throws ZipError `WORKSPACE_ZIP_MALFORMED`. */
export async function unzipped(container: Blob): Promise<readonly ZipEntry[]> {
  const end = await viewOf(container, container.size - END_BYTES, END_BYTES);
  if (end.getUint32(0, true) !== END) throw malformed();
  const count = end.getUint16(10, true);
  const size = end.getUint32(12, true);
  const directory = await viewOf(container, end.getUint32(16, true), size);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count;) {
    const found = await entryAt(container, directory, at);
    entries.push(found.entry);
    at += found.bytes;
  }
  return entries;
}

async function entryAt(
  container: Blob,
  directory: DataView<ArrayBuffer>,
  at: number,
): Promise<{ readonly entry: ZipEntry; readonly bytes: number }> {
  const isThere = at + CENTRAL_BYTES <= directory.byteLength;
  if (!isThere || directory.getUint32(at, true) !== CENTRAL_HEADER) throw malformed();
  const size = directory.getUint32(at + 20, true);
  const isStored = directory.getUint16(at + 10, true) === 0;
  if (!isStored || directory.getUint32(at + 24, true) !== size) throw malformed();
  const nameBytes = directory.getUint16(at + 28, true);
  const bytes =
    CENTRAL_BYTES +
    nameBytes +
    directory.getUint16(at + 30, true) +
    directory.getUint16(at + 32, true);
  if (at + bytes > directory.byteLength) throw malformed();
  const label = new Uint8Array(directory.buffer, at + CENTRAL_BYTES, nameBytes);
  const from = directory.getUint32(at + 42, true);
  const local = await viewOf(container, from, LOCAL_BYTES);
  const start = from + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (local.getUint32(0, true) !== LOCAL_HEADER || start + size > container.size) throw malformed();
  const content = container.slice(start, start + size);
  return { entry: { name: new TextDecoder().decode(label), content }, bytes };
}

async function viewOf(
  container: Blob,
  from: number,
  bytes: number,
): Promise<DataView<ArrayBuffer>> {
  if (from < 0 || from + bytes > container.size) throw malformed();
  return new DataView(await container.slice(from, from + bytes).arrayBuffer());
}

function malformed(): ZipError {
  return new ZipError('WORKSPACE_ZIP_MALFORMED', 'this is no container of files');
}

interface About {
  readonly checksum: number;
  readonly size: number;
  readonly label: Uint8Array;
}

function localHeader({ checksum, size, label }: About): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LOCAL_BYTES + label.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, LOCAL_HEADER, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, UTF8_NAMES, true);
  view.setUint16(12, DAY, true);
  view.setUint32(14, checksum, true);
  view.setUint32(18, size, true);
  view.setUint32(22, size, true);
  view.setUint16(26, label.length, true);
  bytes.set(label, LOCAL_BYTES);
  return bytes;
}

function centralHeader({ checksum, size, label }: About, at: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CENTRAL_BYTES + label.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL_HEADER, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, VERSION, true);
  view.setUint16(8, UTF8_NAMES, true);
  view.setUint16(14, DAY, true);
  view.setUint32(16, checksum, true);
  view.setUint32(20, size, true);
  view.setUint32(24, size, true);
  view.setUint16(28, label.length, true);
  view.setUint32(42, at, true);
  bytes.set(label, CENTRAL_BYTES);
  return bytes;
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  }
  return value;
});

/** CRC-32 as ZIP wants it. It finds accidents; what is in an archive is protected by itself. */
export async function crc32(content: Blob): Promise<number> {
  let value = 0xffff_ffff;
  for (let from = 0; from < content.size; from += PART_BYTES) {
    const bytes = new Uint8Array(await content.slice(from, from + PART_BYTES).arrayBuffer());
    for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffff_ffff) >>> 0;
}
