/** Canonical bytes of all that is signed, stored or sent. @packageDocumentation */
export { CodecError, type CodecErrorCode } from './codec-error.ts';
export { Reader } from './reader.ts';
export { Writer } from './writer.ts';
export { decodeValue, encodeValue, readValue, writeValue, type Value } from './value.ts';
