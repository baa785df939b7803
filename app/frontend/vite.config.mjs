import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// A .mjs file, loaded by `--configLoader native`: Vite would otherwise write a compiled copy of
// this file next to it, which a read-only root file system does not allow.

const target = process.env.API_PROXY_TARGET || 'http://localhost:8000';

/** Host names under which the development server may be reached, beside localhost and addresses. */
const hosts = ['tars.local', '.tars.local', 'frontend', 'gateway', 'tars-frontend'];
const moreHosts = (process.env.DEV_ALLOWED_HOSTS ?? '').split(',').filter(Boolean);

/** @param {string | undefined} value */
const isOn = (value) => value === '1' || value === 'true';

export default defineConfig({
  plugins: [react()],
  // Vite's cache of bundled dependencies, outside the (read-only) source.
  cacheDir: process.env.VITE_CACHE_DIR || join(tmpdir(), 'tars-vite'),
  server: {
    host: '0.0.0.0',
    port: 3000,
    strictPort: true,
    allowedHosts: [...hosts, ...moreHosts],
    // File events do not reach a container on every kind of machine.
    watch: { usePolling: isOn(process.env.CHOKIDAR_USEPOLLING) },
    // The Host header stays as it is: the backend compares it with the page's origin.
    proxy: {
      '/api': { target },
      '/ws': { target, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    sourcemap: false,
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // Longer than anything takes on a machine that is ten times as slow as usual.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
