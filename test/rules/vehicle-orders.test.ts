import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openAlertBook } from '../../alerts/book.ts';
import type { Observation } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import { parked } from '../fleet/tracks.ts';
import { tell } from './vehicle-story.ts';
import { day, order, places } from './vehicle-world.ts';
import { aVehicle, aWorld, type Things } from './world.ts';

const vehicles = [aVehicle('v1', { parking: 'p1' }), aVehicle('v2', { plate: '鲁P67890' })];
const other = order('2026-12-20T08:00:00+08:00', '2026-12-20T10:00:00+08:00', { id: 'd0' });
const kindsOf = (kind: string) => ruleKinds.filter((each) => each.kind === kind);
const trip = (device = 'v1', from = '2026-11-02T10:00:00+08:00') =>
  tell(from, places, device).park(30).drive(12_000, 0, 40).park(120).story().fixes;

test('the alert of an emergency trip waits for its slip, and ends with it', async () => {
  const things: Things = { vehicles, places, day, dispatches: [other] };
  const it = aWorld(things, kindsOf('vehicle.undispatched-trip'));
  const fixes = trip();
  await it.give(fixes.slice(0, -20));
  expect(it.book.standing()).toMatchObject([{ clearedAt: null }]);
  const filedAt = (fixes.at(-1)?.at ?? 0) - hourMs / 2;
  const slip = order('2026-11-02T10:20:00+08:00', '2026-11-02T11:00:00+08:00', { filedAt });
  it.change({ ...things, dispatches: [other, slip] });
  await it.give(fixes.slice(-20));
  const [alert] = it.book.standing();
  expect(alert?.clearedAt).toBe(fixes.at(-20)?.at);
  expect(alert?.last.summary.zh).toMatch(/；已在 24 小时内补派车单$/);
  expect(alert?.last.evidence.context).toMatchObject({
    closedBy: 'slip',
    dispatches: [{ id: 'd1', filedAt }],
  });
});

test('a slip filed more than 24 hours after the start excuses nothing', async () => {
  const things: Things = { vehicles, places, day, dispatches: [other] };
  const it = aWorld(things, kindsOf('vehicle.undispatched-trip'));
  const fixes = trip();
  await it.give(fixes.slice(0, -20));
  const filedAt = (fixes[0]?.at ?? 0) + 25 * hourMs;
  const slip = order('2026-11-02T10:20:00+08:00', '2026-11-02T11:00:00+08:00', { filedAt });
  it.change({ ...things, dispatches: [other, slip] });
  await it.give(fixes.slice(-20));
  expect(it.book.standing()).toMatchObject([{ clearedAt: null }]);
});

test('a year without a calendar is one note of the institution, however many vehicles drive', async () => {
  const database = new DatabaseSync(':memory:');
  const context = { log: () => {}, count: () => {}, now: () => Date.parse('2027-01-05') };
  const book = openAlertBook(database, context);
  const it = aWorld({ vehicles, places, day }, kindsOf('vehicle.off-hours'), () => book);
  for (const at of ['2027-01-01T09:00:00+08:00', '2027-01-03T09:00:00+08:00'])
    for (const device of ['v1', 'v2']) await it.give(trip(device, at));
  const { items } = await book.list({ limit: 10 });
  expect(items).toMatchObject([
    { subject: { type: 'institution', id: 'hq' }, state: 'open', severity: 'info', version: 1 },
  ]);
});

test.each(['all', 'ignition', 'nothing'] as const)(
  'a sealed car that only seems to move says nothing in five days, where its terminal says %s',
  async (says) => {
    const car = aVehicle('v1', {
      parking: 'p1',
      everyS: 60,
      sealed: [{ from: '2026-11-01', to: '2026-12-01' }],
    });
    const stayIn = { stayIn: ['z1'] };
    const rules = [
      { id: 'r1', kind: 'vehicle.out-of-area', scope: {}, params: stayIn, enabled: true },
      { id: 'r2', kind: 'vehicle.tail-number', scope: {}, params: {}, enabled: true },
    ];
    const it = aWorld({ vehicles: [car], places, day, dispatches: [other], rules }, ruleKinds);
    await it.give([...parked(2, { days: 5, everyS: 60, says })] as Observation[]);
    const told = it.book.standing().map(({ last }) => last.kind);
    // Its ignition is on now and then for more than a quarter of an hour: that is true.
    expect(told.filter((kind) => kind !== 'vehicle.idling')).toEqual([]);
  },
);
