/** How the service is run: what only counts when a process begins. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');

/**
 * Arguments of Node. Every thread has a young generation of its own: with small ones the process takes 50 MB less.
 * Helpers that collect garbage beside a thread take more of two busy processors than they save it, and acknowledgements wait for them:
 * without them the 99th percentile is a third, and memory under load a quarter more.
 * The preloaded cache keeps what was compiled, so that no thread has to load the stripper of types, 17 MB each.
 */
export const serviceArguments: readonly string[] = [
  '--max-semi-space-size=8',
  '--single-threaded-gc',
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
