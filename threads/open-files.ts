import { readFileSync } from 'node:fs';

/** Journal, databases, pollers, workers: what must open a file whoever else is connected. */
const reserved = 512;
const httpMost = 2_000;
const mqttMost = 20_000;
const jt808Most = 20_000;

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

/** How many connections each door may take in, so that clients never take the file the journal needs. */
export function connectionsWithin(openFiles: number | undefined = openFilesMost()): {
  readonly http: number;
  readonly mqtt: number;
  readonly jt808: number;
} {
  if (openFiles === undefined) return { http: httpMost, mqtt: mqttMost, jt808: jt808Most };
  const free = openFiles - Math.min(reserved, Math.floor(openFiles / 2));
  const http = Math.min(httpMost, Math.floor(free / 4));
  const jt808 = Math.min(jt808Most, Math.floor((free - http) / 2));
  return { http, mqtt: Math.min(mqttMost, free - http - jt808), jt808 };
}
