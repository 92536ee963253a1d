/** Addresses of servers. */
import { expect, test } from 'vitest';
import { kubeHint, kubeOfHint, kubeOfUrl, parseKubeUrl, socketUrl } from './kube-address.ts';

test('an address without a scheme means https', () => {
  expect(parseKubeUrl('kube.example/app')).toBe('https://kube.example');
  expect(socketUrl('https://kube.example')).toBe('wss://kube.example/atoll/v1');
});

test('what is no address is refused with a code', () => {
  for (const text of ['', 'ftp://kube.example', 'http://']) {
    expect(() => parseKubeUrl(text)).toThrow(expect.objectContaining({ code: 'CLIENT_NO_SERVER' }));
  }
});

test('a hint leads back to its server, and one that does not fit is left out', () => {
  for (const kube of ['https://kube.example', 'http://127.0.0.1:8080']) {
    expect(kubeOfHint(kubeHint(kube))).toBe(kube);
  }
  expect(kubeHint(`https://${'long.'.repeat(10)}example`)).toBe('');
  expect(kubeOfHint('')).toBeUndefined();
});

test('an invitation’s address names its server, a bare code does not', () => {
  expect(kubeOfUrl('https://kube.example/#/join/AbC')).toBe('https://kube.example');
  expect(kubeOfUrl('AbC')).toBeUndefined();
});
