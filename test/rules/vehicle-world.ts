import { expect } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Dispatch, Place, RuleInstance } from '../../model/entities.ts';
import { minuteMs } from '../../model/time.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { inEveryWay, live, type Story } from './vehicle-story.ts';
import { aVehicle, type Things } from './world.ts';

/* Positions are metres north and east of 36.45, 115.98; the yard lies there, the district reaches 5 km around it. */

export const day = createCalendar(new Map());
export const yard: Place = {
  id: 'p1',
  institution: 'hq',
  name: '停车场',
  kind: 'parking',
  circle: { center: [115.98, 36.45], radiusM: 200 },
};
export const district: Place = {
  id: 'z1',
  institution: 'hq',
  name: '四区',
  kind: 'area',
  circle: { center: [115.98, 36.45], radiusM: 5000 },
};
export const places = [yard, district];
export const vehicles = [aVehicle('v1', { parking: 'p1' })];
export const order = (from: string, to: string, more: Partial<Dispatch> = {}): Dispatch => ({
  id: 'd1',
  vehicle: 'v1',
  driver: '张三',
  from: Date.parse(from),
  to: Date.parse(to),
  ...more,
});
export const instance = (kind: string, params: RuleInstance['params'] = {}): RuleInstance => ({
  id: 'r1',
  kind,
  scope: {},
  params,
  enabled: true,
});

/** Found in the same way live, over a restart and in any order. @returns opened and cleared, minutes from the start of the story */
export async function found(kind: RuleKind, story: Story, more: Things = {}) {
  const ways = await inEveryWay(kind, story, { vehicles, places, day, ...more });
  expect(ways.restarted).toEqual(ways.said);
  expect(ways.shuffled).toEqual(ways.said);
  const start = story.fixes[0]?.at ?? 0;
  for (const { last } of ways.whole.book.standing()) {
    expect(last.summary.zh).not.toMatch(/undefined|NaN|null/);
    expect(last.summary.en).not.toMatch(/undefined|NaN|null/);
    expect(last.evidence.method.zh.length).toBeGreaterThan(20);
  }
  const minutes = (at: number | null) => at && Math.round((at - start) / minuteMs);
  return ways.said.map(({ openedAt, clearedAt, ...rest }) => ({
    span: [minutes(openedAt), minutes(clearedAt)],
    ...rest,
  }));
}
export const spansOf = async (kind: RuleKind, story: Story, more: Things = {}) =>
  (await live(kind, story, { vehicles, places, day, ...more })).book
    .standing()
    .map(({ openedAt }) => openedAt);
