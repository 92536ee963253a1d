/** Builds the workspace application: static files that any server can give out, and a service worker. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import {
  build,
  defineConfig,
  type Plugin,
  type Rolldown,
  type UserConfig,
  type UserConfigFnPromise,
} from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { inFiles, modulesWith } from '../../tools/at-once.ts';

const BUILD = { target: 'es2024', modulePreload: { polyfill: false } } as const;

/**
 * What every start loads, in a file for each moment: the page, the client that it opens, the first screen, the
 * arithmetic of keys, what speaks with others; what a first visitor is asked, or what keeps the way back of who is
 * known. A bundler by itself cuts some sixty, which compress worse and
 * are asked for one by one. Built once more for that, to learn what they are.
 */
async function startInFewFiles(): Promise<Rolldown.OutputOptions> {
  const { output } = (await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: { ...BUILD, write: false, minify: false },
  })) as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = (part: string): ReadonlySet<string> => modulesWith(chunks, part);
  return inFiles({
    index: modules('index'),
    client: modules('browser'),
    screen: new Set([...modules('workspace'), ...modules('tasks')]),
    curves: modules('curves'),
    connections: modules('connections'),
    welcome: modules('welcome'),
    recovery: new Set(
      ['recovery-parts', 'capsule-keeper', 'recovering', 'seal-to', 'recovery-words'].flatMap(
        (part) => [...modules(part)],
      ),
    ),
  });
}

/** The page asks for the client and the first screen at once, behind itself, and not when its code has run. */
const asksAtOnce: Plugin = {
  name: 'asks-at-once',
  transformIndexHtml: (_html, { bundle = {} }) =>
    Object.values(bundle)
      .filter(({ type, name }) => type === 'chunk' && (name === 'client' || name === 'screen'))
      .map(({ fileName }) => ({
        tag: 'link',
        attrs: {
          rel: 'modulepreload',
          fetchpriority: 'low',
          crossorigin: true,
          href: `/${fileName}`,
        },
        injectTo: 'head',
      })),
};

const config: UserConfigFnPromise = defineConfig(async ({ command }): Promise<UserConfig> => ({
  plugins: [
    react(),
    asksAtOnce,
    VitePWA({
      registerType: 'prompt',
      injectRegister: 'script-defer',
      includeAssets: ['icon.svg', 'icon-192.png'],
      manifest: {
        name: 'Atoll',
        short_name: 'Atoll',
        description: 'Tasks, notes and anything else, shared from device to device.',
        id: '/',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#f2f5f4',
        theme_color: '#0b6b74',
        icons: [
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,svg,png,webmanifest}'],
        // Everything is one page; what the server answers itself is not the page.
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/(?:healthz|metrics|readyz|v1)/u],
        cleanupOutdatedCaches: true,
      },
    }),
  ],
  build: {
    ...BUILD,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: command === 'build' ? await startInFewFiles() : {} },
  },
}));

export default config;
