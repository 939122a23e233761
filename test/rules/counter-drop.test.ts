import { expect, test } from 'vitest';
import { fromObserved } from '../../energy/replacement.ts';
import type { Replacement } from '../../model/entities.ts';
import type { Sample } from '../../model/observation.ts';
import { minuteMs } from '../../model/time.ts';
import { counterDrop } from '../../rules/kinds/meter/counter-drop.ts';
import { aMeter, aWorld } from './world.ts';

const start = Date.UTC(2026, 10, 2);
const quarter = 15 * minuteMs;
const meter = aMeter('m1', { ratedKw: 100, everyS: 900 });
const samples = (values: readonly number[], first = 0): Sample[] =>
  values.map((value, n) => ({
    type: 'sample',
    device: 'm1',
    at: start + (first + n) * quarter,
    timeSource: 'device',
    values: { energy_import_kwh: value },
  }));

const aRuled = () => aWorld({ meters: [meter] }, [counterDrop]);

test('a swap is proposed once, with what was before and after', async () => {
  const world = aRuled();
  await world.give(samples([5000, 5010, 1234, 1240, 1250, 1260, 1270]));
  const [proposal, ...others] = world.book.standing();
  expect(others).toEqual([]);
  expect(proposal).toMatchObject({ subject: 'm1', clearedAt: null });
  expect(fromObserved(proposal?.last.evidence.observed ?? {})).toEqual({
    cause: 'fall',
    before: { at: start + quarter, value: 5010 },
    after: { at: start + 2 * quarter, value: 1234 },
  });
});

test('not twice after a kill, whenever it comes', async () => {
  const values = [5000, 5010, 1234, 1240, 1250, 1260, 1270];
  for (let cut = 1; cut < values.length; cut++) {
    const world = aRuled();
    await world.give(samples(values.slice(0, cut)));
    if (cut % 2 === 0) world.keep();
    world.restart();
    await world.give(samples(values.slice(cut), cut));
    expect(world.book.all(), `cut after ${cut}`).toHaveLength(1);
    expect(world.book.standing()).toHaveLength(1);
  }
});

test('a counter that goes on as if nothing had been takes the proposal back', async () => {
  const world = aRuled();
  const all = samples([5000, 5010, 3, 4, 5, 5060, 5070]);
  const [one, two, three, four, five, ...rest] = all;
  await world.give([one, two, three, four, five].filter((each) => each !== undefined));
  expect(world.book.standing()).toHaveLength(1);
  await world.give(rest);
  const [proposal] = world.book.standing();
  expect(proposal?.last.evidence.observed['undone']).toBe(true);
  expect(proposal?.clearedAt).not.toBeNull();
});

test('what a person has recorded before it shows is not proposed', () => {
  const record: Replacement = {
    meter: 'm1',
    at: start + quarter + 5 * minuteMs,
    finalReading: 5012,
    firstReading: 1230,
    reason: '轮换',
    confirmedBy: 'officer',
    confirmedAt: start,
  };
  const around = {
    day: () => undefined,
    dispatches: () => [],
    route: () => undefined,
    place: () => undefined,
    replacements: () => [record],
  };
  const subject = {
    type: 'meter',
    meter,
    institution: { id: 'hq', name: '局', level: 'municipal', parent: null, timeZone: 'UTC' },
  } as const;
  let state = counterDrop.initial();
  for (const sample of samples([5000, 5010, 1234, 1240, 1250, 1260])) {
    const event = { ...sample, seq: 1, receivedAt: sample.at };
    const step = counterDrop.step(state, event, subject, {}, around);
    expect(step.findings).toEqual([]);
    state = step.state;
  }
});

test('a second swap ends the first proposal and makes its own', async () => {
  const world = aRuled();
  await world.give(samples([5000, 5010, 1234, 1240, 1250, 300, 310, 320, 330]));
  expect(world.book.standing().map(({ clearedAt }) => clearedAt === null)).toEqual([false, true]);
});
