import { type JournalOptions, openJournal } from '../../journal/file-journal.ts';
import { headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { type Context, quiet } from '../../model/context.ts';
import type { Entry, Envelope } from '../../model/envelope.ts';
import type { MemoryDisk } from './memory-disk.ts';

export const options: JournalOptions = { maxBytes: 1 << 24, keepDays: 7 };

export const envelope = (text: string, more: Partial<Envelope> = {}): Envelope => ({
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: 1_700_000_000_000,
  bytes: Buffer.from(text),
  ...more,
});

export const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `message ${from + index}`);

export const textOf = (entry: Entry): string => Buffer.from(entry.bytes).toString();

export const openOn = (
  disk: MemoryDisk,
  more: Partial<JournalOptions> = {},
  context: Context = quiet,
) => openJournal('/j', { ...options, ...more }, context, disk);

type Opened = Awaited<ReturnType<typeof openOn>>;

export const readerOf = (
  disk: MemoryDisk,
  journal: Pick<Opened, 'head'>,
  context: Context = quiet,
) => openReader('/j', headOf(journal.head), context, disk);

/** Everything in the journal, read in small steps. */
export async function readAll(
  disk: MemoryDisk,
  journal: Pick<Opened, 'head'>,
  context: Context = quiet,
  entries = 7,
): Promise<Entry[]> {
  const reader = readerOf(disk, journal, context);
  const all: Entry[] = [];
  for (let after = 0; ; ) {
    const run = await reader.read(after, { entries, bytes: 1 << 20 });
    all.push(...run.entries);
    if (run.upTo === after) return all;
    after = run.upTo;
  }
}

/** A context that adds up what is counted. */
export function counting(
  now = () => 1_700_000_000_000,
): Context & { total(name: string): number; readonly logged: string[] } {
  const totals = new Map<string, number>();
  const logged: string[] = [];
  return {
    log: (level, message) => logged.push(`${level} ${message}`),
    count: (name, _labels, by = 1) => totals.set(name, (totals.get(name) ?? 0) + by),
    now,
    total: (name) => totals.get(name) ?? 0,
    logged,
  };
}
