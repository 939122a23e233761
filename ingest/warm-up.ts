import type { JournalReader } from '../journal/journal.ts';
import { resendMs } from './normalise.ts';
import type { Pipeline } from './pipeline.ts';

/** At the highest rates ten minutes are more than memory should hold; a resend comes within seconds of a reconnect. */
const entriesMost = 500_000;
const entriesPerRead = 5_000;
const bytesPerRead = 4 * 1024 * 1024;

/**
 * Shows the pipeline what went through shortly before a restart, so that a message without a time that is sent again is known.
 * @param position journal position up to which everything went through
 */
export async function warmUp(
  reader: JournalReader,
  pipeline: Pick<Pipeline, 'remember'>,
  position: number,
): Promise<void> {
  const last = await receivedAt(reader, position - 1);
  if (last === undefined) return;
  let after = Math.max(await before(reader, last - resendMs, position), position - entriesMost);
  while (after < position) {
    const { entries, upTo } = await reader.read(after, {
      entries: entriesPerRead,
      bytes: bytesPerRead,
    });
    pipeline.remember(entries.filter(({ seq, resend }) => seq <= position && resend));
    if (upTo === after) return;
    after = upTo;
  }
}

async function receivedAt(reader: JournalReader, after: number): Promise<number | undefined> {
  const { entries } = await reader.read(after, { entries: 1, bytes: bytesPerRead });
  return entries[0]?.receivedAt;
}

/** The position after which receipt is at or beyond `at`; receipt rises with the position, but for a clock that was set back. */
async function before(reader: JournalReader, at: number, position: number): Promise<number> {
  let [low, high] = [0, position];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const received = await receivedAt(reader, middle);
    if (received === undefined || received >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
