import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formShape, formsShape } from '../../api/form-shape.ts';
import { aMonth } from '../energy/month-figures.ts';
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

const post = (user: string, action: string, body: object = {}) =>
  world.as(user).post(pathOf('2026-10', `/${action}`), body);

describe('review', () => {
  test('own check, review by the town, last word by the city; nobody else', async () => {
    await world.as('ac-officer').patch(pathOf('2026-10'), { entered: { coal: { value: 1.5 } } });
    expect((await post('ac-officer', 'approve')).status).toBe(422);
    const submitted = await post('ac-officer', 'submit', { comment: '已核对' });
    expect([submitted.status, submitted.body]).toMatchObject([
      200,
      { version: 1, state: 'submitted', submittedBy: 'ac-officer' },
    ]);
    expect((await post('ac-officer', 'submit')).status).toBe(422);
    expect((await world.as('ac-officer').patch(pathOf('2026-10'), { entered: {} })).status).toBe(
      422,
    );
    expect((await post('ac-officer', 'approve')).status).toBe(403);
    expect((await post('viewer', 'approve')).status).toBe(403);
    expect((await post('officer', 'approve')).body.state).toBe('reviewed');
    expect((await post('officer', 'approve')).status).toBe(403);
    expect((await post('city-officer', 'approve', { comment: '通过' })).body.state).toBe('final');
    expect((await post('city-officer', 'return', { reason: '晚了' })).status).toBe(422);
    const { form } = await ask();
    expect(form).toMatchObject({ state: 'final', frozen: true, overdue: false, may: ['correct'] });
    expect(form?.history.map(({ user, action, comment }) => [user, action, comment])).toEqual([
      ['ac-officer', 'submit', '已核对'],
      ['officer', 'approve', null],
      ['city-officer', 'approve', '通过'],
    ]);
    expect(world.registry.audit({ limit: 1 })[0]).toMatchObject({
      user: 'city-officer',
      action: 'approve',
      kind: 'forms',
    });
  });

  test('late data does not change what was submitted, and is told', async () => {
    const sent = await world
      .as('root')
      .post('/v1/fuel-cards', `车牌号,加油时间,升数,金额\n鲁Pacademy,2026-10-29 09:10,10,80\n`, {
        headers: { 'content-type': 'text/csv' },
      });
    expect(sent.status).toBe(200);
    const { form } = await ask();
    expect(cell(form, 'gasoline-vehicle')).toMatchObject({ value: 35.5, since: { value: 45.5 } });
    expect(cell(form, 'electricity')?.since).toBeNull();
    expect(cell(form, 'energy')?.since?.value).toBeGreaterThan(
      form?.cells.find(({ code }) => code === 'energy')?.value ?? 0,
    );
  });

  test('a correction is a new version with its reason; the old one stays in force and can be read', async () => {
    expect((await post('ac-officer', 'correct', {})).status).toBe(422);
    expect((await post('ac-officer', 'correct', { reason: '补录加油' })).body).toMatchObject({
      version: 2,
      state: 'draft',
      reason: '补录加油',
    });
    const draft = (await ask()).form;
    expect([
      draft?.version,
      draft?.overdue,
      cell(draft, 'gasoline-vehicle')?.value,
      cell(draft, 'coal')?.value,
    ]).toEqual([2, false, 45.5, 1.5]);
    const old = (await ask('2026-10', '?version=1')).form;
    expect([old?.state, cell(old, 'gasoline-vehicle')?.value]).toEqual(['final', 35.5]);
    await post('ac-officer', 'submit', { calibre: 'equivalent' });
    const again = (await ask()).form;
    expect([again?.calibre, again?.frozen]).toEqual(['equivalent', true]);
    expect(again?.factorSets).not.toContain('gbt2589-2020-calorific');
    const back = await post('officer', 'return', { reason: '煤炭数量与发票不符' });
    expect(back.body).toMatchObject({ version: 3, state: 'draft', reason: '煤炭数量与发票不符' });
    const { form } = await ask();
    expect(form?.versions.map(({ version, state }) => [version, state])).toEqual([
      [1, 'final'],
      [2, 'returned'],
      [3, 'draft'],
    ]);
  });
});

describe('years, sums and lists', () => {
  test('the year is made of the months that have begun, those submitted as they were', async () => {
    const { form } = await ask('2026');
    expect(form).toMatchObject({ edition: 'year', dueAt: null, overdue: false });
    // Nothing is known of the other months.
    expect(cell(form, 'electricity')).toMatchObject({
      value: null,
      state: 'missing',
      known: expect.closeTo(3.72, 6),
    });
    // Of October what was submitted and is in force, beside November's.
    expect(figure(form, 'gasoline-vehicle')).toBeCloseTo(35.5 + 30, 9);
    expect(figure(form, 'coal')).toBe(1.5);
  });

  test('with those below, each as submitted or as known', async () => {
    const { status, body } = await world
      .as('city-officer')
      .get('/v1/institutions/city/forms/2026-10?scope=sum');
    expect(status).toBe(200);
    const form = formShape.strict().parse(body);
    expect(form.institutions).toEqual([
      { id: 'academy', name: '区委党校', version: 1, state: 'final' },
      { id: 'east', name: '东区', version: null, state: null },
      { id: 'west', name: '西区', version: null, state: null },
    ]);
    expect(form.completion).toBeCloseTo(1 / 3, 9);
    // It was corrected.
    expect(form.accuracy).toBe(0);
    expect(cell(form, 'gasoline-vehicle')).toMatchObject({
      value: 35.5,
      parts: [{ type: 'institution', id: 'academy', share: 1 }],
    });
    expect(cell(form, 'electricity')).toMatchObject({
      value: null,
      known: expect.closeTo(3.72, 6),
    });
    expect(form.checks.some(({ code }) => code === 'institutions-missing')).toBe(true);
  });

  test('the list of a year tells what is due and late', async () => {
    world.figures.set('academy', [aMonth('2026-08', { electricity: 37_200 })]);
    const { body } = await world.as('viewer').get('/v1/institutions/academy/forms?year=2026');
    const { items } = formsShape.strict().parse(body);
    expect(items).toHaveLength(12);
    expect(items.find(({ period }) => period === '2026-10')).toMatchObject({
      state: 'draft',
      version: 3,
      inForce: 1,
      overdue: false,
    });
    expect(items.find(({ period }) => period === '2026-09')).toMatchObject({
      overdue: true,
      inForce: null,
    });
    // Nobody metered anything before.
    const late = items.filter(({ overdue }) => overdue).map(({ period }) => period);
    expect(late).toEqual(['2026-08', '2026-09']);
    expect(items.find(({ period }) => period === '2026-11')).toMatchObject({
      overdue: false,
      dueAt: '2026-12-15T00:00:00+08:00',
    });
    expect(
      (await world.as('viewer').get('/v1/institutions/academy/forms?year=2027')).body.items,
    ).toEqual([]);
  });

  test('where nobody knows of any data, only the month that is due next may be late', async () => {
    world.figures.clear();
    const { body } = await world.as('viewer').get('/v1/institutions/west/forms?year=2026');
    const { items } = formsShape.strict().parse(body);
    expect(items.filter(({ overdue }) => overdue).map(({ period }) => period)).toEqual(['2026-10']);
  });
});
