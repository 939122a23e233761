import { parentPort, workerData } from 'node:worker_threads';
import { answer } from './source.ts';

parentPort?.postMessage(answer(workerData));
