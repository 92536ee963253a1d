/** What keeps a KUBE from starting. What clients do is counted and answered, never thrown. */
import { AtollError } from '@atoll/kernel';

/** Reasons not to start. */
export type KubeErrorCode =
  | 'KUBE_ARGUMENTS' // The command line is not understood.
  | 'KUBE_CONFIG' // The configuration file is not one.
  | 'KUBE_DATA_IN_USE' // Another KUBE runs in this data directory.
  | 'KUBE_PORT'; // The address or port cannot be listened on.

/** Error of the server. */
export class KubeError extends AtollError<KubeErrorCode> {
  override readonly name = 'KubeError';
}
