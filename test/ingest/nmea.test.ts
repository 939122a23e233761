import { expect, test } from 'vitest';
import { createPipeline } from '../../ingest/pipeline.ts';
import { warmUp } from '../../ingest/warm-up.ts';
import type { JournalReader } from '../../journal/journal.ts';
import type { Entry } from '../../model/envelope.ts';
import { nmea } from '../../protocols/nmea/index.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import { gga, lines, received, rmc } from '../protocols/nmea-lines.ts';

const directory = {
  device: (id: string) => ({ type: 'vehicle', vehicle: { id } }) as Device,
} as Directory;

const createLine = () =>
  createPipeline({
    protocols: new Map([['nmea', nmea]]),
    directory: () => directory,
    newest: new Map(),
  });

/** Instants of two sentences, each a message of its own. */
const entries: readonly Entry[] = Array.from({ length: 12 }, (_, index) => {
  const time = `0800${String(Math.floor(index / 2)).padStart(2, '0')}.00`;
  return {
    seq: index + 1,
    door: 'nmea',
    protocol: 'nmea',
    device: 'v1',
    receivedAt: received + index * 100,
    bytes: Buffer.from(lines(index % 2 === 0 ? rmc(time) : gga(time))),
  };
});

const none = async () => [];
const seqs = (accepted: readonly { seq: number }[]) => accepted.map(({ seq }) => seq);

test('sentences of an instant are joined over messages and over runs of entries', async () => {
  const line = createLine();
  const accepted = [];
  for (const entry of entries) accepted.push(...(await line.pass([entry], none)).accepted);
  // Of the first instant it is not known yet that more of it would come.
  expect(seqs(accepted)).toEqual([1, 4, 6, 8, 10, 12]);
  expect(accepted.at(-1)).toMatchObject({ satellites: 11, speedKmh: 22 * 1.852 });
  expect(seqs((await createLine().pass(entries, none)).accepted)).toEqual(seqs(accepted));
});

test('a restart between two sentences of an instant changes nothing', async () => {
  for (let position = 5; position < entries.length; position++) {
    const reader = {
      read: async (after: number, { entries: most }: { entries: number }) => {
        const some = entries.filter(({ seq }) => seq > after).slice(0, most);
        return { entries: some, upTo: some.at(-1)?.seq ?? after };
      },
    } as unknown as JournalReader;
    const line = createLine();
    await warmUp(reader, line, position);
    const { accepted } = await line.pass(entries.slice(position), none);
    expect(seqs(accepted)).toEqual([6, 8, 10, 12].filter((seq) => seq > position));
    for (const fix of accepted) expect(fix).toMatchObject({ satellites: 11 });
  }
});

test('what is read again from quarantine stands alone', async () => {
  const line = createLine();
  await line.pass(entries.slice(0, 5), none);
  const again = { ...(entries[1] as Entry), seq: 100, requeued: true as const };
  expect((await line.pass([again], none)).accepted).toMatchObject([{ seq: 100, satellites: 11 }]);
  expect(seqs((await line.pass(entries.slice(5, 6), none)).accepted)).toEqual([6]);
});
