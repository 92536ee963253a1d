/** Refusals of the mesh. What a peer does wrong is never thrown: it is a {@link SessionEnd} or a counter. */
import { AtollError } from '@atoll/kernel';

/** Every way the mesh can refuse its own caller. */
export type MeshErrorCode =
  | 'MESH_MALFORMED' // Bytes are not the one encoding of a message of this protocol. The other side may be newer: update.
  | 'MESH_TOO_LARGE' // A message of our own is above its limit. Send less at once.
  | 'MESH_CLOSED' // The mesh, session or connection was closed before. Connect anew.
  | 'MESH_UNREACHABLE' // No server or peer answered in time. Check the address and the network.
  | 'MESH_REFUSED' // The other side said no. Ask its operator or the other person.
  | 'MESH_LIMIT'; // One thing more than is allowed at once. End another one first.

/** Error of the mesh package. */
export class MeshError extends AtollError<MeshErrorCode> {
  override readonly name = 'MeshError';
}
