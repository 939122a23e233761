import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LineMeter } from '../../simulators/dtu.ts';
import { aMeter } from '../protocols/about.ts';
import { at, dtuOf, e1, e2, poll, until, w1, wait } from './dtu-kit.ts';
import { asDlt645, asModbus, asWater, dlt645Meter, rtuSlave, waterMeter } from './line-kit.ts';
import type { Values } from './poll-kit.ts';

/** Meters of several languages on the line of one DTU. */

test('meters of three languages share one connection, among registration and heartbeats', async () => {
  const dtu = await dtuOf(
    [
      dlt645Meter(e1, (item) => ({ '00010000': 317.76, '02010100': 230.1 })[item]),
      dlt645Meter(e2, () => 7502.64),
      waterMeter(w1, () => 1234.56),
      rtuSlave(7, () => 42),
    ],
    {
      registration: Buffer.from('REG:860123456789012\r\n'),
      heartbeat: { bytes: Buffer.from([0xfe, 0x68, 0x00, 0xff]), everyMs: 70 },
    },
  );
  const { poller, of, last } = poll([
    asDlt645('e1', at(dtu), e1, ['00010000', '02010100']),
    asDlt645('e2', at(dtu), e2),
    asWater('w1', at(dtu), w1),
    asModbus('s7', at(dtu), 7),
  ]);
  await until(() => ['e1', 'e2', 'w1', 's7'].every((id) => of(id).length >= 3));
  expect(last('e1')).toEqual({ energy_import_kwh: 317.76, voltage_a_v: 230.1 });
  expect(last('e2')).toEqual({ energy_import_kwh: 7502.64 });
  expect(last('w1')).toMatchObject({ volume_m3: 1234.56 });
  expect(last('s7')).toEqual({ power_kw: 42 });
  expect(dtu.connections()).toBe(1);
  const doors = ['e1', 'w1', 's7'].map((id) => [of(id)[0]?.door, of(id)[0]?.protocol]);
  expect(doors).toEqual([
    ['serial', 'dlt645'],
    ['serial', 'cjt188'],
    ['modbus', 'modbus'],
  ]);
  const [bus] = poller.status();
  expect(bus).toMatchObject({ kind: 'dtu', name: `127.0.0.1:${dtu.port}`, reachable: true });
  expect(bus?.units.map(({ protocol, address, state }) => [protocol, address, state])).toEqual([
    ['dlt645', e1, 'ok'],
    ['dlt645', e2, 'ok'],
    ['cjt188', w1, 'ok'],
    ['modbus', '7', 'ok'],
  ]);
});

test('with one meter of eight dead the other seven keep their polls on time', async () => {
  const addresses = Array.from({ length: 8 }, (_, i) => `20210707000${i}`);
  const dead = addresses[3];
  const dtu = await dtuOf(
    addresses.filter((one) => one !== dead).map((one) => dlt645Meter(one, () => 1)),
  );
  const everyS = 2;
  const { of, unit } = poll(
    addresses.map((one, i) => asDlt645(`m${i}`, at(dtu), one, undefined, { everyS })),
  );
  const seconds = 20;
  await wait(seconds * 1_000);
  const counts = addresses.map((_, i) => of(`m${i}`).length);
  console.log(`polls in ${seconds} s, one every ${everyS} s: ${counts.join(' ')}`);
  expect(counts[3]).toBe(0);
  const got = counts.reduce((sum, count) => sum + count, 0);
  expect(got).toBeGreaterThanOrEqual((0.95 * 7 * seconds) / everyS);
  expect(unit('m3')?.state).toBe('failing');
}, 40_000);

test('an item that a meter refuses, or says nothing to, costs only itself', async () => {
  const known: Record<string, number> = { '00010000': 1.5, '02800002': 50 };
  const meter = dlt645Meter(e1, (item) => known[item]);
  const dtu = await dtuOf([
    {
      // Deaf to the question for the greatest demand.
      answer: (request) =>
        Buffer.from(request).toString('hex').includes('33333434')
          ? undefined
          : meter.answer(request),
    },
  ]);
  const { of, last, unit } = poll([
    asDlt645('e1', at(dtu), e1, ['00020000', '01010000', '00010000', '02800002']),
  ]);
  await until(() => of('e1').length >= 3);
  expect(last('e1')).toEqual({ energy_import_kwh: 1.5, frequency_hz: 50 });
  expect(unit('e1')).toMatchObject({ state: 'ok', failures: 0 });
});

test('a block that comes in several frames is put together', async () => {
  const kwh: Record<string, number> = {
    '00010000': 10,
    '00010100': 1,
    '00010200': 2,
    '00010300': 3,
    '00010400': 4,
  };
  const dtu = await dtuOf([dlt645Meter(e1, (item) => kwh[item], 6)]);
  const { of, last } = poll([asDlt645('e1', at(dtu), e1, ['0001FF00'])]);
  await until(() => of('e1').length >= 1);
  expect(last('e1')).toEqual({
    energy_import_kwh: 10,
    energy_import_t1_kwh: 1,
    energy_import_t2_kwh: 2,
    energy_import_t3_kwh: 3,
    energy_import_t4_kwh: 4,
  });
});

/** Answers recorded by others. */
const recorded = join(import.meta.dirname, '../../../shared/data/meters/dlt645.json');
const there = existsSync(recorded);
if (!there) console.log('SKIPPED 1: no recorded frames of DL/T 645 meters');

interface Recording {
  readonly hex: string;
  readonly expected: { readonly di?: string; readonly value?: unknown };
  readonly decoded: { readonly ok: boolean; readonly control?: string; readonly address: string };
}

describe.skipIf(!there)('meters of other makers', () => {
  test('what they were recorded to answer is read through the line', async () => {
    const metricOf: Readonly<Record<string, keyof Values>> = {
      '00010000': 'energy_import_kwh',
      '00020000': 'energy_export_kwh',
      '02010100': 'voltage_a_v',
    };
    const frames = (JSON.parse(readFileSync(recorded, 'utf8')) as readonly Recording[]).filter(
      ({ expected: { di = '', value }, decoded: { ok, control } }) =>
        ok && control === '0x91' && typeof value === 'number' && metricOf[di],
    );
    const replay = frames.map(({ hex, expected, decoded }): LineMeter => {
      const reversed = (digits: string) => Buffer.from(digits, 'hex').reverse();
      const item = reversed(expected.di ?? '').map((byte) => byte + 0x33);
      const asked = Buffer.concat([
        Buffer.from([0x68]),
        reversed(decoded.address),
        Buffer.from([0x68, 0x11, 0x04]),
        item,
      ]);
      return {
        answer: (request) =>
          Buffer.from(request).includes(asked) ? Buffer.from(hex, 'hex') : undefined,
      };
    });
    const dtu = await dtuOf(replay, { answerMs: () => 2 });
    const meters = frames.map(({ expected: { di = '' }, decoded: { address } }, i) =>
      aMeter({ id: `m${i}`, everyS: 60, dlt645: { ...at(dtu), address, items: [di] } }),
    );
    expect(meters.length).toBeGreaterThan(5);
    const { of, last } = poll(meters, { dtuGapMs: 5 });
    await until(() => meters.every(({ id }) => of(id).length > 0));
    for (const [i, { expected }] of frames.entries())
      expect(last(`m${i}`)?.[metricOf[expected.di ?? ''] ?? 'power_kw']).toBe(expected.value);
  });
});
