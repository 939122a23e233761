// Loaded before everything else, in every thread: what is compiled once is kept for the next start.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const loadedMs = 10_000;

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/guanjia', import.meta.url)));
// Node writes it when it exits; a service that is killed never does.
setTimeout(flushCompileCache, loadedMs).unref();
