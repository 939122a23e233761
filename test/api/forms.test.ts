import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formShape } from '../../api/form-shape.ts';
import { cell, figure, openAcademy, pathOf } from './a-form.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openAcademy();
});
afterAll(() => world.close());

async function ask(period = '2026-10', query = '', user = 'ac-officer') {
  const answer = await world.as(user).get(pathOf(period, query));
  const form = answer.status === 200 ? formShape.strict().parse(answer.body) : undefined;
  return { ...answer, form };
}

describe('a draft', () => {
  test('is filled from meters, fuel entries and the registry', async () => {
    const { form } = await ask();
    expect(form).toMatchObject({
      institution: 'academy',
      period: '2026-10',
      edition: 'month',
      state: 'draft',
      version: 1,
      frozen: false,
      calibre: 'calorific',
      dueAt: '2026-11-15T00:00:00+08:00',
      overdue: true,
      from: '2026-10-01T00:00:00+08:00',
      may: ['enter', 'submit'],
    });
    // 744 h × 50 kWh; the sub-meter is in it already.
    expect(figure(form, 'electricity')).toBeCloseTo(3.72, 9);
    expect(figure(form, 'water')).toBeCloseTo(186, 6);
    expect(figure(form, 'natural-gas')).toBeCloseTo(744, 6);
    expect(figure(form, 'gasoline')).toBe(35.5);
    expect(figure(form, 'diesel-vehicle')).toBe(20);
    expect(figure(form, 'gasoline-cost')).toBe(280.45);
    expect(cell(form, 'heat')).toMatchObject({ value: null, state: 'none', why: 'no-meter' });
    // 37,200 × 0.1229 + 744 × 1.33 + 35.5 × 0.73 × 1.4714 + 20 × 0.84 × 1.4571 = 4,571.88 + 989.52 + 38.131331 + 24.47928 kgce.
    expect(figure(form, 'energy')).toBeCloseTo(5.624010611, 8);
    expect(figure(form, 'energy-per-head')).toBeCloseTo(14.0600265, 6);
    expect(form?.factorSets).not.toContain('db37-2019-equivalent');
  });

  test('each cell shows what it is made of; whose car it was is not for viewers', async () => {
    const { form } = await ask();
    expect(cell(form, 'electricity')?.parts).toMatchObject([
      { type: 'meter', id: 's-e', name: 's-e', share: 1, quality: 'measured', coverage: 1 },
    ]);
    expect(cell(form, 'gasoline-vehicle')?.parts).toMatchObject([
      { type: 'vehicle', id: 'ac-v', name: '鲁Pacademy', entries: 1 },
    ]);
    const seen = await ask('2026-10', '', 'viewer');
    expect(cell(seen.form, 'gasoline-vehicle')?.parts).toMatchObject([
      { id: null, name: null, value: 35.5 },
    ]);
    expect(seen.form?.may).toEqual([]);
  });

  test('in the other calibre as a whole', async () => {
    const { form } = await ask('2026-10', '?calibre=equivalent');
    // 37,200 × 0.31 + 744 × 1.2143 + 62.610611.
    expect(figure(form, 'energy')).toBeCloseTo(12.498049811, 8);
    expect(form?.factorSets).not.toContain('gbt2589-2020-calorific');
    for (const calibre of ['both', 'calorific,equivalent', 'calorific&calibre=equivalent'])
      expect((await ask('2026-10', `?calibre=${calibre}`)).status).toBe(400);
  });

  test('what is entered is checked', async () => {
    const send = (entered: object, user = 'ac-officer', over = {}) =>
      world.as(user).patch(pathOf('2026-10'), { entered, ...over });
    const { status, body } = await send({
      energy: { value: 1 },
      nonsense: { value: 1 },
      electricity: { value: 1 },
      'authorised-staff': { value: 3 },
    });
    expect([status, body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
      422,
      [
        'entered.energy',
        'entered.nonsense',
        'entered.electricity.note',
        'entered.authorised-staff',
      ],
    ]);
    expect((await send({ coal: { value: -1 } })).status).toBe(422);
    expect((await send({ coal: { value: 1 } }, 'viewer')).status).toBe(403);
    expect((await send({ coal: { value: 1 } }, 'east-officer')).status).toBe(404);
    const made = await send(
      { coal: { value: 1.5 }, lpg: { value: 2, note: '发票' } },
      'ac-officer',
      { revision: 0 },
    );
    expect([made.status, made.body.revision]).toEqual([200, 1]);
    expect((await send({ lpg: null }, 'ac-officer', { revision: 0 })).status).toBe(409);
    await send({ lpg: null });
    const { form } = await ask();
    expect(cell(form, 'coal')).toMatchObject({
      value: 1.5,
      entered: { by: 'ac-officer', note: null },
    });
    expect(cell(form, 'lpg')?.entered).toBeNull();
  });

  test('of a month that is not over cannot be submitted, and of one without data neither', async () => {
    const submit = (period: string) => world.as('ac-officer').post(pathOf(period, '/submit'));
    const early = await submit('2026-11');
    expect([early.status, early.body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
      422,
      ['', 'electricity', 'water-metered', 'natural-gas'],
    ]);
    expect((await submit('2026-08')).body.errors[0]).toMatchObject({
      path: 'electricity',
      message: expect.stringContaining('读数不全'),
    });
  });

  test('what is no period is refused', async () => {
    for (const period of ['2026-13', '26-10', '2026-1', 'now'])
      expect((await ask(period)).status).toBe(400);
    expect((await ask('2026-10', '?version=2')).status).toBe(404);
    expect((await ask('2026-10', '', 'integrator')).status).toBe(403);
  });
});

describe('for spreadsheets', () => {
  test('as CSV with its mark, in the units of the form', async () => {
    const { text, headers } = await world.as('ac-officer').get(pathOf('2026-10', '?format=csv'));
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe(
      'attachment; filename="statistics-academy-2026-10-calorific.csv"',
    );
    expect(text.startsWith('\uFEFF部分 Section,')).toBe(true);
    expect(text).toContain(
      '\r\n能源资源消费 Consumption,electricity,电消费量 Electricity,"万kWh 10,000 kWh",3.72,计量 meters,measured,100,4571.88,',
    );
    expect(text).toContain('当量值 calorific');
    expect(text).not.toMatch(/(^|[,\n])"?[=+@-]/m);
  });

  test('as xlsx', async () => {
    const { status, headers } = await world.as('ac-officer').get(pathOf('2026-10', '?format=xlsx'));
    expect([status, headers['content-type']]).toEqual([
      200,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ]);
  });
});

test('heads and area that are not recorded stop the form and are named', async () => {
  const { status, body } = await world
    .as('officer')
    .post('/v1/institutions/west/forms/2026-10/submit');
  expect([status, body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
    422,
    ['energy-users', 'floor-area', 'electricity'],
  ]);
});
