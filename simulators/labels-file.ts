import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { readLabels } from './faults.ts';
import type { Fault, Labels } from './simulator.ts';

/** The labels of a city that is started again and again: those that stand there, and where new ones go. */
export function openLabels(file: string): {
  readonly past: readonly Fault[];
  readonly labels: Labels;
} {
  const past = existsSync(file) ? readLabels(readFileSync(file, 'utf8')) : [];
  // A few lines an hour: written at once, so that none is lost however the process ends.
  const write = (line: string) => {
    appendFileSync(file, line);
    return true;
  };
  return { past, labels: { write } };
}
