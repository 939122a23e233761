/** How the service is run: what only counts when a process begins. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');

/**
 * Arguments of Node. Young generations are set for each thread (`threads/start-thread.ts`): an argument would outdo that.
 * The heap grows while the rest is being marked, 70 MB under load: without (`--no-separate-gc-phases`) the 99th percentile seemed worse.
 * Helpers that collect garbage beside a thread take more of two busy processors than they save it, and acknowledgements wait for them:
 * without them the 99th percentile is a third.
 * `threads/leftovers.ts` collects by itself what a start has left.
 * The preloaded cache keeps what was compiled, so that no thread has to load the stripper of types, 17 MB each.
 */
export const serviceArguments: readonly string[] = [
  '--single-threaded-gc',
  '--max-old-space-size=768',
  '--expose-gc',
  '--import',
  pathToFileURL(join(root, 'scripts', 'compiled.mjs')).href,
  join(root, 'main.ts'),
];

/** Bytes. From this on, what is asked for is mapped by itself and given back at once, and so is what is free at an arena's end. */
const givenBackFrom = String(128 * 1024);

/**
 * With glibc's defaults each of some thirty threads keeps freed memory for itself, together more than 200 MB; and once large buffers have been
 * freed it keeps up to 64 MB more of free memory in every arena.
 * Files, password hashes and queries share libuv's threads: with the usual four, slow queries could keep the journal waiting.
 */
export const serviceEnvironment = {
  MALLOC_ARENA_MAX: process.env['MALLOC_ARENA_MAX'] ?? '2',
  MALLOC_TRIM_THRESHOLD_: process.env['MALLOC_TRIM_THRESHOLD_'] ?? givenBackFrom,
  MALLOC_MMAP_THRESHOLD_: process.env['MALLOC_MMAP_THRESHOLD_'] ?? givenBackFrom,
  UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '16',
} as const;
