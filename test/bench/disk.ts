import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHistogram, type Histogram } from './histogram.ts';

const messageBytes = 250;

/**
 * What the disk alone takes: messages that come evenly, each written and synced with all that came while the one before was synced, and nothing else.
 * No door that acknowledges what is on disk can be faster.
 */
export async function syncTimes(folder: string, rate: number, seconds: number): Promise<Histogram> {
  const file = join(folder, 'disk');
  const handle = await open(file, 'w');
  const times = createHistogram();
  try {
    const begin = performance.now();
    const dueAt = (n: number) => begin + (n / rate) * 1000;
    let written = 0;
    while (dueAt(written) < begin + seconds * 1000) {
      const now = performance.now();
      const come = Math.floor(((now - begin) / 1000) * rate);
      if (come <= written) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      await handle.write(Buffer.alloc((come - written) * messageBytes, 1));
      await handle.datasync();
      const done = performance.now();
      for (; written < come; written++) times.record(done - dueAt(written));
    }
    return times;
  } finally {
    await handle.close();
    await rm(file);
  }
}
