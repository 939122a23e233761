import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import type { Context } from '../model/context.ts';

/** The last of 20 steps: it has what the other threads leave, and on a processor that never rests a sixtieth. */
const niceness = 19;

/**
 * Lets the other threads go first where the processors are busy: storing and judging can wait, acknowledgements cannot.
 * Linux knows a thread by a number of its own; elsewhere all threads stay equal.
 */
export function standBack({ log }: Pick<Context, 'log'>): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch (error) {
    log('debug', 'ingest runs with the same priority as the doors', { error: String(error) });
  }
}
