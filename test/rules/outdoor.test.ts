import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Institution } from '../../model/entities.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { aMeter, aSample, aWorld, institution } from './world.ts';

/** Midnight in Shanghai. */
const midnight = Date.UTC(2026, 9, 4, 16);
/** Of the day that begins then. */
const today = Date.parse('2026-10-05') / dayMs;
const school: Institution = { ...institution, id: 'school', parent: 'hq' };

/** Asks for yesterday's temperature at the institution with every reading. */
function asking(answers: (number | undefined)[]): RuleKind<unknown, null> {
  const text = { zh: '询问', en: 'Asking' };
  return {
    kind: 'energy.asking',
    version: 1,
    title: text,
    description: text,
    severity: 'info',
    params: z.strictObject({}),
    appliesTo: (subject) => subject.type === 'meter' && subject.meter.id === 'm1',
    initial: () => null,
    step(state, _event, subject, _params, { outdoorC }) {
      answers.push(outdoorC?.(subject.institution, today));
      return { state, findings: [] };
    },
  };
}

const outdoors = (id: string, hour: number, celsius: number) => ({
  ...aSample(id, midnight + hour * hourMs, 0),
  values: { outdoor_temperature_c: celsius },
});

const sensor = (id: string, building: string) => aMeter(id, { medium: 'environment', building });

test('the mean of a day comes from the own sensor, else from the institution above', async () => {
  const answers: (number | undefined)[] = [];
  const meters = [
    aMeter('m1', { building: 'school' }),
    sensor('far', 'hq'),
    sensor('near', 'school'),
  ];
  const it = aWorld({ institutions: [institution, school], meters }, [asking(answers)]);
  const ask = () => it.give([aSample('m1', midnight + dayMs + answers.length, 10)]);
  await ask();
  await it.give([0, 6, 12, 18].map((hour) => outdoors('far', hour, hour)));
  await ask();
  await it.give([0, 6, 12].map((hour) => outdoors('near', hour, 20)));
  await ask();
  await it.give([outdoors('near', 18, 24)]);
  await ask();
  it.keep();
  it.restart();
  await ask();
  expect(answers).toEqual([undefined, 9, 9, 21, 21]);
  // What a chart is drawn by.
  expect(it.sink().outdoor('school', today - 2, today + 2)).toEqual([[today, 21]]);
  expect(it.sink().outdoor('hq', today, today + 1)).toEqual([[today, 9]]);
  expect(it.sink().outdoor('nowhere', today, today + 1)).toEqual([]);
});

test('where no sensor knows the day, what was imported counts: that of the institution, else of the one above', async () => {
  const answers: (number | undefined)[] = [];
  const month = (id: string, dailyMeanC: Readonly<Record<string, number>>) => ({
    id: `${id}-w`,
    institution: id,
    month: '2026-10',
    dailyMeanC,
  });
  const meters = [aMeter('m1', { building: 'school' }), sensor('far', 'hq')];
  const institutions = [institution, school];
  const weather = [month('hq', { '2026-10-05': 3 }), month('school', { '2026-10-04': 1 })];
  const it = aWorld({ institutions, meters, weather }, [asking(answers)]);
  const ask = () => it.give([aSample('m1', midnight + dayMs + answers.length, 10)]);
  await ask();
  it.change({ institutions, meters, weather: [...weather, month('school', { '2026-10-05': 5 })] });
  await ask();
  await it.give([0, 6, 12, 18].map((hour) => outdoors('far', hour, hour)));
  await ask();
  expect(answers).toEqual([3, 5, 9]);
});

test('a room is not outdoors', async () => {
  const answers: (number | undefined)[] = [];
  const meters = [aMeter('m1'), { ...sensor('inside', 'hq'), room: 'office' as const }];
  const it = aWorld({ meters }, [asking(answers)]);
  await it.give([0, 6, 12, 18].map((hour) => outdoors('inside', hour, 20)));
  await it.give([aSample('m1', midnight + dayMs, 10)]);
  expect(answers).toEqual([undefined]);
});
