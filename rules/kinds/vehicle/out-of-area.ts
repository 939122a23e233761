import { z } from 'zod';
import { isInAny } from '../../../fleet/within.ts';
import { secondMs } from '../../../model/time.ts';
import type { Trip } from '../../../model/trip.ts';
import { orderContext, ordersAt } from '../../shared/orders.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, duration } from '../../words/units.ts';

const ids = z.array(z.string()).max(100).default([]);

const params = z.strictObject({
  /** Places of which it must not be outside of all. */
  stayIn: ids,
  /** Places it must not be in. */
  keepOut: ids,
  /** A trip that never leaves these has no need of an official car. */
  tripsBeyond: ids,
  enterS: z.number().min(0).max(86_400).default(120),
  enterFixes: z.int().min(1).max(1000).default(3),
  leaveS: z.number().min(0).max(3600).default(120),
  leaveFixes: z.int().min(1).max(100).default(2),
  /** Shorter trips within are let be. */
  minKm: z.number().min(0).max(1000).default(1),
  earlyMinutes: z.number().min(0).max(1440).default(30),
  lateMinutes: z.number().min(0).max(1440).default(60),
  /** Whether an order that covers the time allows it. */
  orderAllows: z.boolean().default(true),
  exemptClasses: z.array(z.string()).default(['courier', 'emergency', 'law-enforcement']),
});

type Params = z.output<typeof params>;

type Fault = 'left' | 'inside' | 'never-left';

function faultAt({ fix, motion, around, params }: Sight<Params>): string | undefined {
  const { at } = motion;
  const { stayIn, keepOut } = params;
  if (stayIn.length > 0 && !stayIn.some((id) => at.includes(id))) {
    // Of a vehicle not seen for long it is not yet known where it is held to be.
    const places = stayIn.map((id) => around.place(id)).filter((place) => place !== undefined);
    if (places.length > 0 && !isInAny(fix, places)) return 'left';
  }
  const forbidden = keepOut.find((id) => at.includes(id));
  return forbidden === undefined ? undefined : `inside ${forbidden}`;
}

/** Whether every point that is known of a trip lies in one of the places. */
function neverLeft(trip: Trip, { around, params: { tripsBeyond } }: Sight<Params>): boolean {
  const places = tripsBeyond.map((id) => around.place(id)).filter((place) => place !== undefined);
  const points = [...trip.way.map(([lat, lon]) => ({ lat, lon })), trip.start, trip.now];
  return places.length > 0 && points.every((point) => isInAny(point, places));
}

const nothing = (sight: Sight<Params>) => {
  const { at, lat, lon } = sight.fix;
  return { at, lat, lon, so: false, value: 0 };
};

function see(sight: Sight<Params>) {
  const { fix, motion, subject, around, params: asked } = sight;
  const { at, lat, lon } = fix;
  const covers = (instant: number) =>
    asked.orderAllows && ordersAt(around, subject.vehicle.id, instant, asked).length > 0;
  const within =
    asked.tripsBeyond.length === 0
      ? undefined
      : motion.ended.find(
          (trip) =>
            trip.distanceKm >= asked.minKm && !covers(trip.startedAt) && neverLeft(trip, sight),
        );
  if (within) {
    const about = 'never-left';
    const since = within.startedAt;
    return {
      at,
      lat,
      lon,
      so: true,
      value: within.distanceKm,
      about,
      since,
      certain: true,
    } as const;
  }
  if (motion.mark !== 'good') return undefined;
  const fault = faultAt(sight);
  if (fault === undefined || covers(at)) return nothing(sight);
  const value = motion.trip?.distanceKm ?? 0;
  const seen = { at, lat, lon, so: true, value, about: fault };
  const { rest } = motion;
  if (rest === null || covers(rest.since)) return seen;
  // A terminal asleep wakes every quarter of an hour: where its vehicle is held to stand it stood meanwhile.
  return at - rest.since >= asked.enterS * secondMs
    ? ({ ...seen, since: rest.since, certain: true } as const)
    : seen;
}

/** Somewhere it must not be. What is forbidden where differs: only where an instance names the places. */
export const outOfArea = vehicleKind<Params, null>({
  kind: 'vehicle.out-of-area',
  version: 2,
  title: { zh: '越界用车', en: 'Out of area' },
  description: {
    zh: '车辆驶出规定区域、进入禁入地点，或在不得使用公车的区域内出行；须由规则实例指定地点。',
    en: 'A vehicle leaves its area, enters a forbidden place, or is used within an area where official cars are not to be used; an instance names the places.',
  },
  severity: 'warning',
  params,
  value: 'distanceKm',
  memory: null,
  onlyByInstance: true,
  see: (memory, sight) => ({
    memory,
    seen: sight.params.exemptClasses.includes(sight.subject.vehicle.class)
      ? nothing(sight)
      : see(sight),
  }),
  tell({ spell, subject, around, params: asked }) {
    const { vehicle, institution } = subject;
    const [fault = 'left', id = ''] = (spell.about ?? '').split(' ') as [Fault, string?];
    const named = { left: asked.stayIn, inside: [id], 'never-left': asked.tripsBeyond }[fault];
    const places = named.map((each) => around.place(each)).filter((each) => each !== undefined);
    const names = places.map(({ name }) => name).join('、');
    const since = clock(spell.since, institution.timeZone);
    const long = duration(spell.lastAt - spell.since);
    const what = {
      left: { zh: `驶出规定区域“${names}”`, en: `outside of "${names}"` },
      inside: { zh: `进入禁入地点“${names}”`, en: `in the forbidden place "${names}"` },
      'never-left': {
        zh: `全程未出“${names}”，不符合公车使用范围`,
        en: `used only within "${names}", where official cars are not to be used`,
      },
    }[fault];
    const orders = around
      .dispatchesOf?.(vehicle.id)
      .filter((order) => order.from <= spell.lastAt && spell.since < order.to);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} ${what.zh}，${long.zh}`,
        en: `${vehicle.plate} ${what.en} since ${since}, for ${long.en}`,
      },
      method: {
        zh: `按地点边界（含距离和时间滞后）逐点判断，${asked.enterFixes} 点、${asked.enterS} 秒后告警；“不得在区域内使用”按整趟行程判断，全程未出区域才告警。${asked.orderAllows ? '有派车单覆盖的不告警。' : '派车单不豁免。'}`,
        en: `Each fix against the places' edges, with hysteresis in distance and time; raised after ${asked.enterFixes} fixes and ${asked.enterS} s. Use within an area is judged by the whole trip, which must never have left it. ${asked.orderAllows ? 'What an order covers is allowed.' : 'Orders do not allow it.'}`,
      },
      expected: { places: places.map((place) => ({ id: place.id, name: place.name })), fault },
      context: { dispatches: orders?.map(orderContext) ?? [] },
    };
  },
});
