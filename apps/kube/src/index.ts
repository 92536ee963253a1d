/** The server as a part of other programs: tests, and a command line that starts one. @packageDocumentation */
export { readConfig, type KubeConfig } from './config.ts';
export { Kube } from './kube.ts';
export { KubeError, type KubeErrorCode } from './kube-error.ts';
export { DEFAULT_LIMITS, type KubeLimits } from './limits.ts';
export { SOCKET_PATH } from './socket-server.ts';
