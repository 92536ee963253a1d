/** How a KUBE is configured: the command line, then `kube.json` in the data directory, then defaults. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeError } from './kube-error.ts';
import { DEFAULT_LIMITS, limitsFrom, type KubeLimits } from './limits.ts';

/** Everything that a start needs to know. */
export interface KubeConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Sealed blocks, the server's key, `kube.json`. */
  readonly dataDir: string;
  /** The built application. */
  readonly siteDir: string;
  /** What room tags are bound to; made from the server's key where none is given. */
  readonly name?: string;
  /** One JSON value a line on stdout, nothing else there. */
  readonly json: boolean;
  /** A proxy in front writes `X-Forwarded-For`. */
  readonly trustProxy: boolean;
  /** `/metrics` for everybody. */
  readonly publicMetrics: boolean;
  readonly limits: KubeLimits;
}

/** What `kube.json` may say. */
type FileConfig = Partial<
  Pick<KubeConfig, 'host' | 'port' | 'name' | 'trustProxy' | 'publicMetrics'> & {
    readonly site: string;
    readonly limits: Readonly<Record<string, unknown>>;
  }
>;

const PORT_MAX = 65_535;
const DEFAULT_PORT = 8787;
const DEFAULT_DATA = '.atoll/kube';
/** Beside the program where it is installed, in its own folder where it runs from source. */
const SITES = ['site', '../../workspace/dist'].map((path) => resolve(import.meta.dirname, path));
const DEFAULT_SITE: string = SITES.find((path) => existsSync(path)) ?? resolve('site');

/** Shown for `kube help` and beside every refusal of the command line. */
export const USAGE: string = `kube start [options]

  --port N           port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  --host HOST        address to listen on (default 127.0.0.1; 0.0.0.0 for all)
  --data DIR         where sealed blocks are kept (default ${DEFAULT_DATA})
  --site DIR         the built application to serve
  --name NAME        name of this server, to which rooms are bound
  --trust-proxy      take client addresses from X-Forwarded-For
  --public-metrics   show /metrics to everybody
  --json             one JSON value a line on stdout

Limits can be changed in DIR/kube.json: {"limits": {"connectionsMax": 100}}.
`;

/** Reads the command line after `start`, and the file. @throws KubeError. */
export async function readConfig(args: readonly string[]): Promise<KubeConfig> {
  const values = parse(args);
  const dataDir = resolve(values.data ?? DEFAULT_DATA);
  const file = await readFileConfig(join(dataDir, 'kube.json'));
  const limits = file.limits === undefined ? DEFAULT_LIMITS : limitsFrom(file.limits);
  if (limits === undefined) throw new KubeError('KUBE_CONFIG', 'kube.json has unknown limits');
  const port = values.port === undefined ? file.port : Number(values.port);
  const given: FileConfig = {
    ...file,
    ...present('host', values.host),
    ...present('name', values.name),
    ...present('site', values.site),
    ...present('trustProxy', values['trust-proxy']),
    ...present('publicMetrics', values['public-metrics']),
  };
  const { site, ...rest } = given;
  return {
    host: '127.0.0.1',
    trustProxy: false,
    publicMetrics: false,
    ...rest,
    port: checkedPort(port ?? DEFAULT_PORT),
    dataDir,
    siteDir: resolve(site ?? DEFAULT_SITE),
    json: values.json === true,
    limits,
  };
}

/** A field that is there only when it has a value. */
function present<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: T });
}

function checkedPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return port;
  throw new KubeError('KUBE_ARGUMENTS', '--port takes a number from 0 to 65535');
}

function parse(args: readonly string[]): {
  port?: string;
  host?: string;
  data?: string;
  site?: string;
  name?: string;
  json?: boolean;
  'trust-proxy'?: boolean;
  'public-metrics'?: boolean;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        site: { type: 'string' },
        name: { type: 'string' },
        json: { type: 'boolean' },
        'trust-proxy': { type: 'boolean' },
        'public-metrics': { type: 'boolean' },
      },
    }).values;
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : 'the arguments are not understood';
    throw new KubeError('KUBE_ARGUMENTS', why, { cause: failure });
  }
}

async function readFileConfig(path: string): Promise<FileConfig> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch {
    return {}; // Most have none.
  }
  try {
    const value: unknown = JSON.parse(content);
    if (isFileConfig(value)) return value;
  } catch (failure) {
    throw new KubeError('KUBE_CONFIG', `${path} is not JSON`, { cause: failure });
  }
  throw new KubeError('KUBE_CONFIG', `${path} holds something unknown`);
}

const FILE_TYPES: Readonly<Record<string, string>> = {
  host: 'string',
  port: 'number',
  name: 'string',
  site: 'string',
  trustProxy: 'boolean',
  publicMetrics: 'boolean',
  limits: 'object',
};

function isFileConfig(value: unknown): value is FileConfig {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, each]) => each !== null && typeof each === FILE_TYPES[name],
  );
}
