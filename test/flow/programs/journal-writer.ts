/** Appends numbered messages to the journal of a directory until it is killed, and prints every number that was acknowledged. */
import { openJournal } from '../../../journal/file-journal.ts';
import { quiet } from '../../../model/context.ts';

const [, , dir = '', from = '1'] = process.argv;
const journal = await openJournal(
  dir,
  { maxBytes: 1 << 30, keepDays: 7, segmentBytes: 20_000 },
  quiet,
);
async function sendForEver(): Promise<void> {
  for (;;) {
    const mine = next++;
    const bytes = Buffer.from(`message ${mine}`);
    const receivedAt = Date.now();
    await journal.append({ door: 'mqtt', protocol: 'mqtt-json', device: 'm1', receivedAt, bytes });
    process.stdout.write(`${mine}\n`);
  }
}

let next = Number(from);
await Promise.all(Array.from({ length: 20 }, sendForEver));
