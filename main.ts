/**
 * The data path. Three threads run this file, each its own part, so that nothing behind the journal can delay an acknowledgement:
 *
 *   threads/doors.ts     receive → journal                                  a device is acknowledged when its bytes are on disk
 *   threads/ingest.ts    journal → decode, normalise, validate, quarantine → stores, rules → alerts → channels
 *   threads/service.ts   registry and API → console, Grafana; starts the other two
 *
 * Each part wires its rooms from top to bottom; nothing else in the house knows more than one room.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import type { ThreadData } from './threads/service.ts';

const parts = {
  service: () => import('./threads/service.ts').then(({ runService }) => runService()),
  doors: (data: ThreadData) => import('./threads/doors.ts').then(({ runDoors }) => runDoors(data)),
  ingest: (data: ThreadData) =>
    import('./threads/ingest.ts').then(({ runIngest }) => runIngest(data)),
};

if (isMainThread) await parts.service();
else await parts[(workerData as ThreadData).part](workerData as ThreadData);
