/**
 * Control sections that were opened and whose signatures were looked at: few, and folded again one by one
 * when a space is opened. Who may do what is thus never stored, only what was said.
 */
import { Reader, Writer } from '@atoll/codec';
import { encodeStatements, readStatements, type ControlSection } from '@atoll/halo';
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

/** Writes entries in the order of their blocks. */
export function encodeControlPage(entries: readonly ControlEntry[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (const { no, prev, sections } of entries) {
    writer.varint(no).raw(idBytes(prev)).varint(sections.length);
    for (const { credential, statements } of sections) {
      writer.raw(idBytes(credential));
      writer.bytes(encodeStatements(statements.map(({ statement }) => statement)));
      for (const { signed } of statements) writer.u8(signed ? 1 : 0);
    }
  }
  return writer.finish();
}

/** Reads a page, which must not be changed from then on: statements are read of it as they are asked for. @throws CodecError. */
export function decodeControlPage(bytes: Uint8Array): ControlEntry[] {
  const reader = new Reader(bytes);
  const entries: ControlEntry[] = [];
  while (reader.left > 0) {
    const no = reader.varint();
    const prev = reader.hex(HASH_BYTES) as BlockHash;
    const sections = new Array<ControlSection>(reader.varint(Math.floor(reader.left / HASH_BYTES)));
    for (let at = 0; at < sections.length; at++) {
      const credential = reader.id() as CredentialId;
      const said = readStatements(reader.part());
      const statements = said.map((statement) => ({ statement, signed: reader.u8() === 1 }));
      sections[at] = { credential, statements };
    }
    entries.push({ no, prev, sections });
  }
  return entries;
}
