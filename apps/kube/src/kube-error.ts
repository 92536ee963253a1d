/** What keeps a KUBE from starting. What clients do is counted and answered, never thrown. */
import { AtollError } from '@atoll/kernel';

/** Reasons not to start. */
export type KubeErrorCode =
  | 'KUBE_ARGUMENTS' // The command line is not understood. The usage is shown beside it.
  | 'KUBE_CONFIG' // The configuration file is not one. Correct `kube.json` in the data directory.
  | 'KUBE_DATA_IN_USE' // Another KUBE runs in this data directory. End it, or choose another with --data.
  | 'KUBE_PORT'; // The address or port cannot be listened on. Choose another with --port or --host.

/** Error of the server. */
export class KubeError extends AtollError<KubeErrorCode> {
  override readonly name = 'KubeError';
}
