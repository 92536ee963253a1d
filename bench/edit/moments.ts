/** A platform whose ports say when they are used, on the machine's one monotonic clock. */
import type { Platform } from '@atoll/kernel';

/** Told of every use by name. */
export type Note = (name: string) => void;

/** Nanoseconds by what happened then. */
export type Moments = Record<string, number>;

/** Nanoseconds of the clock that all processes share. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/** `target` with some members replaced; methods stay bound to it, as classes with private fields ask. */
function over<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      const changed: unknown = Reflect.get(changes, name);
      if (changed !== undefined) return changed;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The same platform without WebRTC, noted at its ports. */
export function notingPlatform(platform: Platform, note: Note): Platform {
  const { ed25519, keystore, store, webSockets } = platform;
  const { rtc: _rtc, ...rest } = platform;
  return {
    ...rest,
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
    store: over(store, {
      commit: async (batch) => {
        const hasBlocks = batch.blocks !== undefined;
        if (hasBlocks) note('given to the store');
        const first = await store.commit(batch);
        if (hasBlocks) note('durable');
        return first;
      },
    }),
    keystore: over(keystore, {
      signer: async (name) => {
        const signer = await keystore.signer(name);
        return over(signer, {
          sign: async (message) => {
            note('sealed');
            return signer.sign(message);
          },
        });
      },
    }),
    ed25519: {
      verify: async (key, message, signature) => {
        note('taken apart');
        const isValid = await ed25519.verify(key, message, signature);
        note('verified');
        return isValid;
      },
    },
    webSockets: {
      connect: async (url, signal) => {
        const link = await webSockets.connect(url, signal);
        return over(link, {
          send: (message) => {
            note('sent');
            link.send(message);
          },
          onMessage: (receive) => {
            link.onMessage((message) => {
              note('arrived');
              receive(message);
            });
          },
        });
      },
    },
  };
}
