import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PipelineView } from '../../api/contract.ts';
import { openJournal } from '../../journal/file-journal.ts';
import { quiet } from '../../model/context.ts';
import { connectDevice } from './device.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** The service on a journal that is damaged, and on one with a million messages. */

const start = Date.UTC(2026, 10, 1);
const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 1 }) });
const dir = join(guanjia.folder, 'data', 'journal');

async function publish(from: number, to: number): Promise<void> {
  const client = await connectDevice(guanjia, 'm0');
  for (let n = from; n <= to; n++) {
    const body = JSON.stringify({ at: start + n * 1000, values: { power_kw: n } });
    await client.publishAsync('v1/meters/m0/readings', body, { qos: 1 });
  }
  await client.endAsync();
}

test('damage found at the start is counted, logged and shown, and the service goes on', async () => {
  await publish(1, 40);
  await guanjia.settled();
  const whole = await guanjia.get<PipelineView>('/api/v1/pipeline');
  expect(whole.journal.damage).toEqual({
    atStart: { positions: 0, bytes: 0 },
    reading: { positions: 0, bytes: 0 },
    tornBytes: 0,
  });
  await guanjia.kill();
  const [name = ''] = readdirSync(dir).filter((file) => file.endsWith('.seg'));
  const bytes = readFileSync(join(dir, name));
  const at = bytes.indexOf('"power_kw":20}');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 8, at);
  writeFileSync(join(dir, name), Buffer.concat([bytes, Buffer.from('cut short')]));
  await guanjia.start();
  const { journal } = await guanjia.get<PipelineView>('/api/v1/pipeline');
  expect(journal).toMatchObject({ head: 40, state: 'ok' });
  expect(journal.damage.atStart.positions).toBe(1);
  expect(journal.damage.atStart.bytes).toBeGreaterThan(40);
  expect(journal.damage.tornBytes).toBe(9);
  const metrics = await (await guanjia.fetch('/metrics')).text();
  expect(metrics).toMatch(/^guanjia_journal_corrupt_total\{found="at-start"\} 1$/m);
  expect(metrics).toMatch(/^guanjia_journal_torn_bytes_total 9$/m);
  expect(guanjia.output()).toMatch(/damage passed over.*"segment":1,"offset":\d+,.*"from":20/);
  await publish(41, 50);
  await guanjia.settled();
  const query = `metric=power_kw&from=${start}&to=${start + 1e6}&limit=1000`;
  const { items } = await guanjia.get<{ items: { value: number }[] }>(
    `/api/v1/meters/m0/readings?${query}`,
  );
  expect(items.map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
});

test('with a million messages behind the doors open before they are stored', async () => {
  await guanjia.kill();
  const journal = await openJournal(dir, { maxBytes: 1 << 30, keepDays: 7 }, quiet);
  const payload = (n: number) =>
    Buffer.from(
      JSON.stringify({ at: start + 1e6 + n * 1000, values: { power_kw: 1 } }).padEnd(200),
    );
  for (let done = 0; done < 1_000_000; done += 20_000)
    await Promise.all(
      Array.from({ length: 20_000 }, (_, n) =>
        journal.append({
          door: 'mqtt',
          protocol: 'mqtt-json',
          device: 'm0',
          receivedAt: Date.now(),
          bytes: payload(done + n),
        }),
      ),
    );
  await journal.close();
  await guanjia.start();
  const { sinks } = await guanjia.get<PipelineView>('/api/v1/pipeline');
  // Seconds would measure the machine: what counts is that no door waits for who reads the journal.
  for (const sink of sinks) expect(sink.position, sink.name).toBeLessThan(900_000);
  await publish(51, 51);
}, 180_000);
