import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** For `npm run build`, which writes `console/dist`; the API serves it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The map and the charts are chunks of their own, loaded when a screen needs them.
    chunkSizeWarningLimit: 1_300,
  },
  worker: { format: 'es' },
});
