/** The other tabs of this origin and profile, through BroadcastChannel. */
import type { Bus } from '@atoll/kernel';

/** Stands before every name, so that other programs of the origin are not disturbed. */
const PREFIX = 'atoll/';

/** The bus of this origin. */
export const webBus: Bus = {
  join(name, receive) {
    const channel = new BroadcastChannel(PREFIX + name);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof Uint8Array) receive(new Uint8Array(data));
    };
    let isOpen = true;
    return {
      post: (message) => {
        if (isOpen) channel.postMessage(message.slice());
      },
      [Symbol.dispose]: () => {
        isOpen = false;
        channel.close();
      },
    };
  },
};
