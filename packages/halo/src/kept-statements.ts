/**
 * Statements as a device keeps them for itself: with each, whether its signatures were right when it came, and the
 * name of what it gives or begins, so that neither is worked out again. Both are believed, so these bytes are only
 * for what is sealed by and for this device: from anybody else, statements are read by `statement-codec.ts`.
 */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { idBytes } from '@atoll/kernel';
import { credentialIdOf } from './codec-grants.ts';
import { readStatement, writeStatement } from './statement-codec.ts';
import { identityIdOf } from './statement-ids.ts';
import type { CheckedStatement } from './statement-signing.ts';
import { STATEMENTS_MAX, type Statement } from './statements.ts';

/** What is said of a statement, as bits. */
const IS = { signed: 1, named: 2 } as const;
const NAME_BYTES = 32;

/** Writes a section's statements. @throws HaloError `HALO_STATEMENT_LIMIT`. */
export function writeKeptStatements(writer: Writer, said: readonly CheckedStatement[]): void {
  writer.varint(said.length);
  for (const { signed, statement } of said) {
    const name = nameOf(statement);
    writer.u8((signed ? IS.signed : 0) | (name === undefined ? 0 : IS.named));
    if (name !== undefined) writer.raw(name);
    writeStatement(writer, statement);
  }
}

/** Reads them; the bytes must not be changed from then on. @throws CodecError. */
export function readKeptStatements(reader: Reader): CheckedStatement[] {
  const said = new Array<CheckedStatement>(reader.varint(STATEMENTS_MAX));
  for (let at = 0; at < said.length; at++) {
    const is = reader.u8();
    if (is > IS.signed + IS.named) throw new CodecError('CODEC_MALFORMED', 'a mark is unknown');
    const name = (is & IS.named) === 0 ? undefined : reader.hex(NAME_BYTES);
    said[at] = { statement: readStatement(reader, name), signed: (is & IS.signed) !== 0 };
  }
  return said;
}

function nameOf(statement: Statement): Uint8Array | undefined {
  switch (statement.kind) {
    case 'grant':
      return idBytes(credentialIdOf(statement));
    case 'identity-genesis':
      return idBytes(identityIdOf(statement));
    default:
      return undefined;
  }
}
