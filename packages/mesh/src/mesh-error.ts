/** Refusals of the mesh. What a peer does wrong is never thrown: it is a {@link SessionEnd} or a counter. */
import { AtollError } from '@atoll/kernel';

/** Every way the mesh can refuse its own caller. */
export type MeshErrorCode =
  | 'MESH_MALFORMED' // Bytes are not the one encoding of a message of this protocol.
  | 'MESH_TOO_LARGE' // A message of our own is above its limit.
  | 'MESH_CLOSED' // The mesh, session or connection was closed before.
  | 'MESH_UNREACHABLE' // No server or peer answered in time.
  | 'MESH_REFUSED' // The other side said no.
  | 'MESH_LIMIT'; // One thing more than is allowed at once.

/** Error of the mesh package. */
export class MeshError extends AtollError<MeshErrorCode> {
  override readonly name = 'MeshError';
}
