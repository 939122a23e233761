import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Period } from '../../energy/consumption/periods.ts';
import type { Context } from '../../model/context.ts';
import type { Replacement } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { openRevisions } from '../../threads/revisions.ts';
import { meterDevice } from '../stores/directory.ts';

/** Months of a meter, kept beside what was told of its days. */

const monthFrom = (from: string, to: string): Period => ({
  from: Date.parse(`${from}T00:00:00+08:00`),
  to: Date.parse(`${to}T00:00:00+08:00`),
});
const september = monthFrom('2026-09-01', '2026-10-01');
const october = monthFrom('2026-10-01', '2026-11-01');

let folder: string;
let world: Awaited<ReturnType<typeof createWorld>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-months-'));
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** One kWh an hour from September on, read by the hour until the middle of October. */
async function createWorld() {
  const store = createMemoryStore();
  const replacements: Replacement[] = [];
  const directory = {
    device: (id: string) => (id === 'm1' ? meterDevice(id) : undefined),
    changesOf: () => [],
    replacementsOf: () => replacements,
  } as unknown as Directory;
  const context: Context = { log() {}, count() {}, now: () => october.from + 20 * dayMs };
  let asked = 0;
  const counting: typeof store = {
    ...store,
    readings(...range) {
      asked++;
      return store.readings(...range);
    },
  };
  let seq = 0;
  const keep = async (readings: readonly (readonly [hour: number, value: number])[]) => {
    const after = seq;
    const observations = readings.map(([hour, value]): Accepted => {
      const at = september.from + hour * hourMs;
      const values = { energy_import_kwh: value };
      return {
        type: 'sample',
        device: 'm1',
        at,
        timeSource: 'device',
        values,
        seq: ++seq,
        receivedAt: at,
      };
    });
    await store.write({ after, upTo: seq, observations });
    return observations;
  };
  const gap = (hour: number) => hour > 100 && hour < 104;
  const all = Array.from({ length: 45 * 24 }, (_, hour) => [hour, 500 + hour] as const);
  await keep(all.filter(([hour]) => !gap(hour)));
  const open = () =>
    openRevisions(join(folder, 'revisions.db'), counting, () => directory, context);
  let revisions = await open();
  return {
    keep,
    replacements,
    revisions: () => revisions,
    async restart() {
      await revisions.stop();
      revisions = await open();
    },
    /** What the month came to, and whether readings were looked at for it. */
    async ask(month: Period) {
      asked = 0;
      const [whole] = await revisions.months('m1', [month]);
      return { value: whole?.value, quality: whole?.quality, isRead: asked > 0 };
    },
    /** What days came to, and whether readings were looked at for them. */
    async askDays(...days: readonly Period[]) {
      asked = 0;
      const wholes = await revisions.days('m1', days);
      return { values: wholes.map(({ value }) => value), isRead: asked > 0 };
    },
    /** What is told at once of a month and of days, and whether readings were looked at for it. */
    async askKept(month: Period, ...days: readonly Period[]) {
      asked = 0;
      const told = await revisions.kept('m1', { months: [month], days });
      const values = (all: readonly { readonly value: number | null }[]) =>
        all.map(({ value }) => value);
      const { lacking } = told;
      return { months: values(told.months), days: values(told.days), lacking, isRead: asked > 0 };
    },
    stop: () => revisions.stop(),
  };
}

const dayOf = (n: number): Period => ({
  from: september.from + n * dayMs,
  to: september.from + (n + 1) * dayMs,
});

test('days that are over are read once, and anew after late data', async () => {
  const days = [dayOf(3), dayOf(4), dayOf(5)];
  expect(await world.askDays(...days)).toEqual({ values: [24, 24, 24], isRead: true });
  expect(await world.askDays(...days)).toEqual({ values: [24, 24, 24], isRead: false });
  await world.restart();
  expect((await world.askDays(...days)).isRead).toBe(false);
  const morning = { from: dayOf(3).from, to: dayOf(3).from + 9 * hourMs };
  expect(await world.askDays(morning)).toEqual({ values: [9], isRead: false });
  world.revisions().tell(await world.keep([[102, 602.5]]));
  const [, amended] = await world.revisions().days('m1', days);
  expect(amended).toMatchObject({ from: dayOf(4).from, value: 24, quality: 'estimated' });
  expect((await world.askDays(...days)).isRead).toBe(false);
  expect(await world.revisions().days('nobody', days)).toEqual([]);
});

test('a day that goes on is known for minutes, until something comes of it', async () => {
  const today = dayOf(44);
  const soFar = { from: today.from, to: today.from + 12 * hourMs };
  expect(await world.askDays(soFar)).toEqual({ values: [12], isRead: true });
  expect((await world.askDays(soFar)).isRead).toBe(false);
  world.revisions().tell(await world.keep([[44 * 24 + 11.5, 500 + 44 * 24 + 11.5]]));
  expect((await world.askDays(soFar)).isRead).toBe(true);
});

test('a month that is over is read once; one that goes on each time', async () => {
  expect(await world.ask(september)).toEqual({ value: 720, quality: 'estimated', isRead: true });
  expect(await world.ask(september)).toEqual({ value: 720, quality: 'estimated', isRead: false });
  await world.restart();
  expect((await world.ask(september)).isRead).toBe(false);
  expect(await world.ask(october)).toMatchObject({ value: null, quality: 'missing', isRead: true });
  expect((await world.ask(october)).isRead).toBe(true);
  expect(await world.revisions().months('nobody', [september])).toEqual([]);
});

test('late data works it out anew', async () => {
  await world.ask(september);
  world.revisions().tell(await world.keep([101, 102, 103].map((hour) => [hour, 500 + hour])));
  expect(await world.ask(september)).toEqual({ value: 720, quality: 'measured', isRead: true });
  expect((await world.ask(september)).isRead).toBe(false);
});

test('late data that was stored before a kill works it out anew after it', async () => {
  await world.ask(september);
  await world.keep([101, 102, 103].map((hour) => [hour, 500 + hour]));
  await world.restart();
  expect(await world.ask(september)).toEqual({ value: 720, quality: 'measured', isRead: true });
});

test('what comes in time leaves it as it is', async () => {
  await world.ask(september);
  world.revisions().tell(await world.keep([[45 * 24, 500 + 45 * 24]]));
  expect((await world.ask(september)).isRead).toBe(false);
});

test('a replacement that is recorded works it out anew', async () => {
  await world.ask(september);
  world.replacements.push({
    meter: 'm1',
    at: september.from + 200.5 * hourMs,
    finalReading: 701,
    firstReading: 700.5,
    reason: 'worn out',
    confirmedBy: 'root',
    confirmedAt: october.from,
  });
  const { value, isRead } = await world.ask(september);
  expect(isRead).toBe(true);
  expect(value).toBeCloseTo(720 + 0.5, 6);
});

test('a page is told what is kept and no more, and what lacks is worked out behind it', async () => {
  const days = [dayOf(3), dayOf(4)];
  expect(await world.askKept(september, ...days)).toEqual({
    months: [],
    days: [],
    lacking: 3,
    isRead: false,
  });
  await expect
    .poll(() => world.askKept(september, ...days), { timeout: 10_000, interval: 400 })
    .toEqual({ months: [720], days: [24, 24], lacking: 0, isRead: false });
  await world.restart();
  expect(await world.askKept(september, ...days)).toMatchObject({ lacking: 0, isRead: false });
});

test('after late data a page tells the new figures, or nothing until there are any', async () => {
  await world.ask(september);
  world.revisions().tell(await world.keep([101, 102, 103].map((hour) => [hour, 510 + hour])));
  expect(await world.askKept(september)).toMatchObject({ months: [], lacking: 1 });
  expect((await world.ask(september)).isRead).toBe(true);
  expect(await world.askKept(september)).toMatchObject({ lacking: 0, isRead: false });
});

test('of the day that goes on a page reads, and of what comes after the newest reading nothing', async () => {
  const today = { from: dayOf(44).from, to: dayOf(44).from + 12 * hourMs };
  const tomorrow = dayOf(45);
  const december = monthFrom('2026-12-01', '2027-01-01');
  expect(await world.askKept(december, today, tomorrow)).toEqual({
    months: [null],
    days: [12, null],
    lacking: 0,
    isRead: true,
  });
  expect((await world.askKept(december, today, tomorrow)).isRead).toBe(false);
});

test('a month that goes on, or has just ended, is put together from its days', async () => {
  const days = Array.from({ length: 14 }, (_, n) => dayOf(30 + n));
  await world.askDays(...days);
  const { months, lacking } = await world.askKept(october);
  expect([months, lacking]).toEqual([[null], 0]);
  const told = await world.revisions().kept('m1', { months: [october], days: [] });
  expect(told.months[0]?.knownValue).toBeCloseTo(15 * 24 - 1, 6);
});
