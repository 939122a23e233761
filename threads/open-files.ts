import { readFileSync } from 'node:fs';

/** Journal, databases, pollers, workers: what must open a file whoever else is connected. */
const reserved = 512;
const httpMost = 2_000;
const devicesMost = 40_000;

/** Files and connections the process may have open; undefined where the system does not say. */
function openFilesMost(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** How many connections the console and API may take in, and the doors of the devices together, so that clients never take the file the journal needs. */
export function connectionsWithin(openFiles: number | undefined = openFilesMost()): {
  readonly http: number;
  readonly devices: number;
} {
  if (openFiles === undefined) return { http: httpMost, devices: devicesMost };
  const free = openFiles - Math.min(reserved, Math.floor(openFiles / 2));
  const http = Math.min(httpMost, Math.floor(free / 4));
  return { http, devices: Math.min(devicesMost, free - http) };
}
