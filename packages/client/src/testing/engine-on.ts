/** The engines of clients that tests open: what a changed program, or whoever carries its blocks, gets at. */
import type { Platform } from '@atoll/kernel';
import { Engine } from '../engine.ts';
import type { OwnIdentity } from '../own-identity.ts';

export { DeviceRecord, SecretRecord, SpaceRecord } from '../halo-records.ts';
export type { Engine, OwnIdentity };

const engines = new WeakMap<Platform, Engine>();
const honest = Engine.open.bind(Engine);

Object.assign(Engine, {
  open: async (...[platform, options]: Parameters<typeof Engine.open>): Promise<Engine> => {
    const engine = await honest(platform, options);
    engines.set(platform, engine);
    return engine;
  },
});

/** The engine of the client that was opened on this platform. @throws RangeError. */
export function engineOn(platform: Platform): Engine {
  const engine = engines.get(platform);
  if (engine === undefined) throw new RangeError('no client was opened on this platform');
  return engine;
}
