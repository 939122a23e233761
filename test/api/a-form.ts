import { expect } from 'vitest';
import type { FormView } from '../../api/form-shape.ts';
import { hourMs } from '../../model/time.ts';
import { type Kept, openWorld, type World } from './world.ts';

/** October 2026 in Shanghai: 744 hours. */
const october = Date.parse('2026-10-01T00:00:00+08:00');
const november = Date.parse('2026-11-01T00:00:00+08:00');

const meters = [
  { id: 's-e', medium: 'electricity', metric: 'energy_import_kwh', perHour: 50 },
  { id: 's-sub', medium: 'electricity', metric: 'energy_import_kwh', perHour: 1, parent: 's-e' },
  {
    id: 's-gas',
    medium: 'gas',
    metric: 'volume_m3',
    perHour: 1,
    gas: { volumeCondition: 'standard' },
  },
  { id: 's-water', medium: 'water', metric: 'volume_m3', perHour: 0.25 },
] as const;

const statement = `车牌号,加油时间,升数,金额,油品
鲁Pacademy,2026-10-09 09:10,35.5,280.45,95#汽油
鲁Pacademy,2026-10-19 09:10,20,150,0#柴油
鲁Pacademy,2026-11-02 09:10,30,240,95#汽油
`;

const readingsOf = (from: number, to: number): Kept[] =>
  meters.flatMap(({ id, metric, perHour }) =>
    Array.from({ length: (to - from) / hourMs + 1 }, (_, n): Kept => {
      const at = from + n * hourMs;
      const value = 1000 + ((at - october) / hourMs) * perHour;
      return { type: 'sample', device: id, at, timeSource: 'device', values: { [metric]: value } };
    }),
  );

/** A unit below the west, with its meters, a car and people, in October 2026. */
export async function fillAcademy(world: World): Promise<void> {
  const root = world.as('root');
  const academy = { id: 'academy', name: '区委党校', level: 'unit', parent: 'west' };
  const size = { energyUsers: 400, floorAreaM2: 5_000 };
  expect((await root.post('/v1/institutions', { ...academy, ...size })).status).toBe(201);
  await root.post('/v1/buildings', { id: 's-b', institution: 'academy', name: '教学楼' });
  for (const { metric: _, perHour: __, ...meter } of meters)
    expect(
      (await root.post('/v1/meters', { ...meter, building: 's-b', name: meter.id })).status,
    ).toBe(201);
  await root.post('/v1/vehicles', {
    id: 'ac-v',
    institution: 'academy',
    plate: '鲁Pacademy',
    class: 'general',
    fuel: 'gasoline',
  });
  for (const [id, institution] of [
    ['ac-officer', 'academy'],
    ['city-officer', 'city'],
  ])
    expect(
      (await root.post('/v1/users', { id, name: id, role: 'energy-officer', institution })).status,
    ).toBe(201);
  await world.keep(...readingsOf(october, november));
  const sent = await root.post('/v1/fuel-cards', statement, {
    headers: { 'content-type': 'text/csv' },
  });
  expect(sent.status).toBe(200);
}

export async function openAcademy(): Promise<World> {
  const world = await openWorld();
  await fillAcademy(world);
  return world;
}

export const pathOf = (period: string, rest = '') =>
  `/v1/institutions/academy/forms/${period}${rest}`;

export const cell = (form: FormView | undefined, code: string) =>
  form?.cells.find((each) => each.code === code);
export const figure = (form: FormView | undefined, code: string) => cell(form, code)?.value;
