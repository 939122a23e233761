import { expect, test } from 'vitest';
import { alertsOnSameLine, onSameLine, openedBeside } from '../../console/lib/same-line.ts';
import { alertView } from './alert-view.ts';

const meters = new Map(
  [
    { id: 'top' },
    { id: 'floor', parent: 'top' },
    { id: 'lights', parent: 'floor' },
    { id: 'lift', parent: 'top' },
    { id: 'water' },
    { id: 'a', parent: 'b' },
    { id: 'b', parent: 'a' },
  ].map((meter) => [meter.id, meter]),
);

test.each([
  ['top', ['floor', 'lights', 'lift']],
  ['floor', ['top', 'lights']],
  ['lights', ['top', 'floor']],
  ['water', []],
  ['unknown', []],
  // Two meters that name each other end somewhere.
  ['a', ['b']],
])('of %s: those above and all below', (id, related) => {
  expect(onSameLine(id, meters)).toEqual(new Set(related));
});

const now = Date.parse('2026-11-22T12:00:00+08:00');
const at = (time: string) => `2026-11-22T${time}:00+08:00`;
const of = (id: string, opened: string, cleared: string | null) => {
  const base = alertView();
  return alertView({
    id: `${id} ${opened}`,
    subject: { type: 'meter', id },
    openedAt: at(opened),
    clearedAt: cleared === null ? null : at(cleared),
    evidence: { ...base.evidence, flagged: [at(opened)] },
  });
};

test('only alerts that stood at the same time, on the same line, and were not taken back', () => {
  const own = of('floor', '08:00', '10:00');
  const others = [
    own,
    of('top', '09:00', null),
    of('top', '10:30', null),
    of('lights', '06:00', '07:30'),
    of('lights', '06:00', '08:30'),
    of('lift', '08:00', '10:00'),
    { ...of('top', '08:30', null), state: 'withdrawn' as const },
    { ...of('top', '08:40', null), subject: { type: 'vehicle' as const, id: 'top' } },
  ];
  const line = onSameLine('floor', meters);
  expect(alertsOnSameLine(own, others, line, now).map(({ id }) => id)).toEqual([
    'top 09:00',
    'lights 06:00',
  ]);
});

test('what is asked for reaches back to alerts that have lasted, and to now for one that is open', () => {
  const open = openedBeside(of('floor', '08:00', null), now);
  expect(open.to).toBe(now + 1);
  expect(open.from).toBe(Date.parse('2026-10-23T08:00:00+08:00'));
});
