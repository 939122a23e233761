import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packet, parser } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import type { Guanjia } from '../flow/guanjia.ts';
import { createHistogram } from './histogram.ts';
import { connectPacket, energyOf, markResent, slotsOf, writeMessage } from './mqtt-packets.ts';
import { writeSections } from './report.ts';
import { storedOf } from './soak-check.ts';
import { flatness } from './soak-memory.ts';
import { createNumberSet } from './soak-senders.ts';

/** What measures must measure right. */

const start = Date.UTC(2026, 0, 1);

function parse(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  const reading = parser();
  reading.on('packet', (packet) => packets.push(packet));
  reading.parse(bytes);
  return packets;
}

describe('packets altered in place', () => {
  test('CONNECT is what a broker expects', () => {
    expect(parse(connectPacket('m7', 'secret'))).toMatchObject([
      { cmd: 'connect', clientId: 'm7', username: 'm7', clean: true, keepalive: 1800 },
    ]);
  });

  test.each([0, 9, 10, 99, 100, 12_345, 1_999_999])('message %i says when and how much', (n) => {
    const slots = slotsOf('v1/meters/m0/readings', 3, start);
    for (const slot of [0, 1, 2]) writeMessage(slots, slot, n + slot);
    const packets = parse(slots.bytes);
    expect(packets.length).toBe(3);
    for (const [slot, packet] of packets.entries()) {
      if (packet.cmd !== 'publish') throw new Error(packet.cmd);
      expect(packet).toMatchObject({ qos: 1, dup: false, messageId: slot + 1 });
      const { at, values } = JSON.parse(packet.payload.toString());
      expect(at).toBe(start + (n + slot) * 1000);
      expect(values.energy_import_kwh).toBeCloseTo(energyOf(n + slot), 6);
      expect(packet.payload.length).toBeGreaterThan(150);
    }
  });

  test('a resent one carries DUP until its place is used anew', () => {
    const slots = slotsOf('v1/meters/m0/readings', 1, start);
    writeMessage(slots, 0, 5);
    markResent(slots, 0);
    expect(parse(slots.bytes)).toMatchObject([{ dup: true, qos: 1, messageId: 1 }]);
    writeMessage(slots, 0, 6);
    expect(parse(slots.bytes)).toMatchObject([{ dup: false }]);
  });
});

test('quantiles are right to 3 %', () => {
  const times = createHistogram();
  expect(times.quantile(0.5)).toBeNaN();
  for (let ms = 1; ms <= 1_000; ms++) times.record(ms);
  for (const share of [0.01, 0.5, 0.99, 1]) {
    expect(times.quantile(share) / (share * 1_000)).toBeGreaterThan(0.97);
    expect(times.quantile(share) / (share * 1_000)).toBeLessThan(1.03);
  }
});

test('a set of numbers grows and counts each once', () => {
  const set = createNumberSet();
  for (const n of [0, 31, 32, 70_000, 70_000, 5_000_000]) set.add(n);
  expect(set.size()).toBe(5);
  expect([0, 31, 32, 70_000, 5_000_000].every(set.has)).toBe(true);
  expect([1, 33, 4_999_999, 9_000_000].some(set.has)).toBe(false);
});

describe('memory', () => {
  /** Killed every 100 s of 1,000 s: each life begins anew and grows by a MB a second. */
  const samples = (leakMbPerS: number) =>
    Array.from({ length: 200 }, (_, n) => {
      const elapsedS = n * 5;
      const ageS = elapsedS % 100;
      return { elapsedS, ageS, rssMb: 200 + ageS + leakMbPerS * elapsedS };
    });
  test('is flat where lives are alike', () =>
    expect(flatness(samples(0), 1_000, 30, 5).ratio).toBe(1));
  test('is not where each life begins higher', () =>
    expect(flatness(samples(0.1), 1_000, 30, 5).ratio).toBeGreaterThan(1.1));
});

describe('what the store has', () => {
  /** A store with these numbers, whatever was sent. */
  const holding = (numbers: readonly number[]) =>
    ({
      get: async () => ({ items: numbers.map((n) => ({ at: new Date(start + n * 1000) })) }),
    }) as unknown as Guanjia;
  const meter = () => {
    const acknowledged = createNumberSet();
    for (const n of [0, 1, 2, 3]) acknowledged.add(n);
    return { id: 'm0', acknowledged, sent: () => 5 };
  };
  test.each([
    ['all of it', [0, 1, 2, 3, 4], { rows: 5, lost: 0, twice: 0, foreign: 0 }],
    ['what was not acknowledged may be missing', [0, 1, 2, 3], { lost: 0 }],
    ['what was acknowledged may not', [0, 1, 3, 4], { lost: 1 }],
    ['one twice', [0, 1, 2, 2, 3], { rows: 5, lost: 0, twice: 1 }],
    ['one that was never sent', [0, 1, 2, 3, 7.5], { foreign: 1, twice: 0 }],
  ])('%s', async (_, numbers, expected) => {
    expect(await storedOf(holding(numbers), meter(), start)).toMatchObject(expected);
  });
});

test('a section replaces its own and leaves the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-bench-'));
  const file = join(folder, 'benchmarks.md');
  await writeFile(file, '# Old\n\n## Codecs\n\nold\n\n## Measured in tests\n\nby hand\n');
  writeSections(file, [{ title: 'Codecs', text: 'new' }]);
  writeSections(file, [{ title: 'The MQTT door', text: 'first' }]);
  const page = await readFile(file, 'utf8');
  expect(page.match(/^## .*$/gm)).toEqual([
    '## The MQTT door',
    '## Codecs',
    '## Measured in tests',
  ]);
  expect(page).toContain('## Codecs\n\nnew\n');
  expect(page).toContain('by hand');
  expect(page).not.toContain('old');
  await rm(folder, { recursive: true });
});
