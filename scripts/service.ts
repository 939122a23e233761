/** How the service is run: what only counts when a process begins. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');

/**
 * Arguments of Node. The main thread only answers the API: a small young generation is enough for it (the other threads have their own), and saves 50 MB.
 * The preloaded cache keeps what was compiled, so that no thread has to load the stripper of types, 17 MB each.
 */
export const serviceArguments: readonly string[] = [
  '--max-semi-space-size=4',
  '--max-old-space-size=768',
  '--import',
  pathToFileURL(join(root, 'scripts', 'compiled.mjs')).href,
  join(root, 'main.ts'),
];

/**
 * With glibc's defaults each of some thirty threads keeps freed memory for itself, together more than 200 MB.
 * Files, password hashes and queries share libuv's threads: with the usual four, slow queries could keep the journal waiting.
 */
export const serviceEnvironment = {
  MALLOC_ARENA_MAX: process.env['MALLOC_ARENA_MAX'] ?? '2',
  UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '16',
} as const;
