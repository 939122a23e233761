import { openDuckDbStore } from './duckdb.ts';
import { openInfluxSink } from './influx.ts';
import { createMemoryStore } from './memory.ts';

/** Every store there is. */
export const stores = {
  duckdb: openDuckDbStore,
  influx: openInfluxSink,
  memory: createMemoryStore,
} as const;
