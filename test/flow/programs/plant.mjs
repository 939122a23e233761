/**
 * Loaded before the service by `--import`, into each of its threads: breaks the thread named by PLANT_PART in the way of PLANT_KIND once the file
 * PLANT_AT is there. PLANT_FILES is how many files the process may have open.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

const { PLANT_PART, PLANT_KIND, PLANT_AT = '', PLANT_FILES } = process.env;
const part = isMainThread ? 'service' : workerData?.part;

const plants = {
  throw: () => {
    throw new Error('planted');
  },
  reject: () => void Promise.reject(new Error('planted')),
  exit: () => process.exit(0),
};

if (isMainThread && PLANT_FILES) {
  const limit = `--nofile=${PLANT_FILES}:${PLANT_FILES}`;
  spawnSync('prlimit', ['--pid', String(process.pid), limit]);
}

if (part === PLANT_PART) {
  const timer = setInterval(() => {
    if (!existsSync(PLANT_AT)) return;
    clearInterval(timer);
    plants[PLANT_KIND]();
  }, 50).unref();
}
