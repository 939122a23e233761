import type { JournalReader } from '../journal/journal.ts';
import type { Entry } from '../model/envelope.ts';
import { perRead } from './line.ts';
import { resendMs } from './normalise.ts';
import type { Pipeline } from './pipeline.ts';

/** At the highest rates ten minutes are more than memory should hold; a resend comes within seconds of a reconnect. */
const entriesMost = 500_000;

/**
 * Shows the pipeline what went through shortly before a restart, so that a message without a time that is sent again is known, and so is
 * what a device had said in part.
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
    const { entries, upTo } = await reader.read(after, perRead);
    pipeline.remember(entries.filter((entry) => entry.seq <= position && isShown(entry)));
    if (upTo === after) return;
    after = upTo;
  }
}

/** Without a packet id nothing is sent again; sentences may go on in the message after. */
const isShown = ({ protocol, resend }: Entry): boolean =>
  resend !== undefined || protocol === 'nmea';

async function receivedAt(reader: JournalReader, after: number): Promise<number | undefined> {
  const { entries } = await reader.read(after, { ...perRead, entries: 1 });
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
