/**
 * Control sections that were opened and whose signatures were looked at: few, and folded again one by one
 * when a space is opened. Who may do what is thus never stored, only what was said. In two forms: as others get them,
 * who believe nothing of it, and as this device keeps them for itself, with the names of what is said.
 */
import { Reader, Writer } from '@atoll/codec';
import {
  encodeStatements,
  readKeptStatements,
  readStatements,
  writeKeptStatements,
  type CheckedStatement,
  type ControlSection,
} from '@atoll/halo';
import { idBytes, type BlockHash, type CredentialId } from '@atoll/kernel';

const HASH_BYTES = 32;

/** Control sections of one block. */
export interface ControlEntry {
  /** Number of the block. */
  readonly no: number;
  /** What its frame names as the block before. */
  readonly prev: BlockHash;
  readonly sections: readonly ControlSection[];
}

type WriteSaid = (writer: Writer, said: readonly CheckedStatement[]) => void;
type ReadSaid = (reader: Reader) => CheckedStatement[];

/** Writes entries in the order of their blocks, for others. */
export function encodeControlPage(entries: readonly ControlEntry[]): Uint8Array<ArrayBuffer> {
  return encodeEntries(entries, writeSaid);
}

/** Reads a page, which must not be changed from then on: statements are read of it as they are asked for. @throws CodecError. */
export function decodeControlPage(bytes: Uint8Array): ControlEntry[] {
  return decodeEntries(bytes, readSaid);
}

/** Writes entries as this device keeps them: for pages that it seals for itself alone. */
export function encodeKeptControlPage(entries: readonly ControlEntry[]): Uint8Array<ArrayBuffer> {
  return encodeEntries(entries, writeKeptStatements);
}

/** As {@link decodeControlPage}, of what {@link encodeKeptControlPage} wrote. @throws CodecError. */
export function decodeKeptControlPage(bytes: Uint8Array): ControlEntry[] {
  return decodeEntries(bytes, readKeptStatements);
}

function encodeEntries(
  entries: readonly ControlEntry[],
  write: WriteSaid,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (const { no, prev, sections } of entries) {
    writer.varint(no).raw(idBytes(prev)).varint(sections.length);
    for (const { credential, statements } of sections) {
      writer.raw(idBytes(credential));
      write(writer, statements);
    }
  }
  return writer.finish();
}

function decodeEntries(bytes: Uint8Array, read: ReadSaid): ControlEntry[] {
  const reader = new Reader(bytes);
  const entries: ControlEntry[] = [];
  while (reader.left > 0) {
    const no = reader.varint();
    const prev = reader.hex(HASH_BYTES) as BlockHash;
    const sections = new Array<ControlSection>(reader.varint(Math.floor(reader.left / HASH_BYTES)));
    for (let at = 0; at < sections.length; at++) {
      const credential = reader.id() as CredentialId;
      sections[at] = { credential, statements: read(reader) };
    }
    entries.push({ no, prev, sections });
  }
  return entries;
}

function writeSaid(writer: Writer, said: readonly CheckedStatement[]): void {
  writer.bytes(encodeStatements(said.map(({ statement }) => statement)));
  for (const { signed } of said) writer.u8(signed ? 1 : 0);
}

function readSaid(reader: Reader): CheckedStatement[] {
  const said = readStatements(reader.part());
  return said.map((statement) => ({ statement, signed: reader.u8() === 1 }));
}
