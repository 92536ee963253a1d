/** In a browser: WebCrypto. */
import { webEd25519, webKeys } from '@atoll/platform-web';
import { vectorSuites } from './suites.ts';

vectorSuites({
  ed25519: webEd25519,
  keys: webKeys,
  async openGcm({ associated, key, nonce, sealed }) {
    const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: associated };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, sealed));
    } catch {
      return undefined;
    }
  },
});
