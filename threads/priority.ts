import type { ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import type { Context } from '../model/context.ts';

/**
 * Steps behind the rest of the process: on processors that never rest it has a tenth of what another thread has. With more of them
 * acknowledgements are a little faster, and judging stands still while anything else on the machine is busy.
 */
const stepsBehind = 10;
const lastStep = 19;

/**
 * Lets the other threads go first where the processors are busy: storing and judging can wait, acknowledgements cannot.
 * Linux knows a thread by a number of its own; elsewhere all threads stay equal.
 */
export function standBack({ log }: Pick<Context, 'log'>): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(lastStep, getPriority() + stepsBehind));
  } catch (error) {
    log('debug', 'ingest runs with the same priority as the doors', { error: String(error) });
  }
}

/** Lets the service go first, whose acknowledgements cannot wait for what a process beside it does. */
export function putBehind({ pid }: ChildProcess): void {
  // It could not be started, and 0 would be the service itself.
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, which the caller hears.
  }
}
