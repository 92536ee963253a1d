/** Builds the workspace application: static files that any server can give out, and a service worker. */
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const config: UserConfig = defineConfig({
  plugins: [
    react(),
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
    target: 'es2024',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
});

export default config;
