import { distanceM } from '../../fleet/geo.ts';
import { isInAny } from '../../fleet/within.ts';
import type { Place } from '../../model/entities.ts';
import type { Fix, Observation } from '../../model/observation.ts';
import { minuteMs, secondMs } from '../../model/time.ts';
import type { Trip, TripPoint, TripSoFar } from '../../model/trip.ts';
import type { Motion, RuleKind } from '../../rules/rule.ts';
import { aFix, aWorld, type Things, type World } from './world.ts';

/** What a vehicle did, as fixes and as the motion that is true of them. */
export interface Story {
  readonly fixes: readonly Observation[];
  readonly motionAt: ReadonlyMap<number, Motion>;
}

type More = Partial<Omit<Fix, 'type' | 'device' | 'at' | 'lat' | 'lon'>>;
type Varying = More | ((step: number) => More);

const metresPerDegree = 111_195;

/** A teller: each part goes on where and when the last one ended. */
export function tell(from: string | number, places: readonly Place[] = [], device = 'v1') {
  let at = typeof from === 'number' ? from : Date.parse(from);
  let lat = 36.45;
  let lon = 115.98;
  let trip: TripSoFar | null = null;
  let rest: Motion['rest'] = { lat, lon, since: at };
  const fixes: Observation[] = [];
  const motionAt = new Map<number, Motion>();
  const placesAt = () =>
    places.filter((place) => isInAny({ lat, lon }, [place])).map(({ id }) => id);
  const pointNow = (): TripPoint => ({ at, lat, lon, places: placesAt() });

  function note(more: More, motion: Partial<Motion>) {
    fixes.push(aFix(device, at, lat, lon, more));
    const base = { mark: 'good', standing: rest !== null, trip, ended: [], rest } as const;
    motionAt.set(at, { ...base, at: placesAt(), entered: [], left: [], ...motion });
  }
  const vary = (more: Varying, step: number) => (typeof more === 'function' ? more(step) : more);

  const teller = {
    now: () => at,
    story: (): Story => ({ fixes, motionAt }),
    /** Elsewhere, without anybody having seen the way. */
    jumpTo(north: number, east: number) {
      lat = 36.45 + north / metresPerDegree;
      lon = 115.98 + east / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
      return teller;
    },
    /** Nothing is heard. */
    wait(minutes: number) {
      at += minutes * minuteMs;
      return teller;
    },
    /** Stands; a trip is over after five minutes of it. */
    park(minutes: number, more: Varying = { acc: false, speedKmh: 0 }, everyS = 60) {
      const until = at + minutes * minuteMs;
      if (rest === null || rest.lat !== lat || rest.lon !== lon) rest = { lat, lon, since: at };
      for (let step = 0; at < until; step += 1, at += everyS * secondMs) {
        const isOver: boolean = trip !== null && at - rest.since >= 5 * minuteMs;
        const ended: readonly Trip[] =
          trip && isOver ? [{ ...trip, endedAt: rest.since, endedBy: 'standing' }] : [];
        if (isOver) trip = null;
        note({ acc: false, speedKmh: 0, ...vary(more, step) }, { ended });
      }
      return teller;
    },
    /** Drives to metres north and east of the start. */
    drive(north: number, east: number, kmh: number, more: Varying = {}, everyS = 10) {
      const toLat = 36.45 + north / metresPerDegree;
      const toLon = 115.98 + east / (metresPerDegree * Math.cos((toLat * Math.PI) / 180));
      const from = { lat, lon };
      const metres = distanceM(from, { lat: toLat, lon: toLon });
      const steps = Math.max(1, Math.ceil(metres / (kmh / 3.6) / everyS));
      rest = null;
      const begun: TripSoFar = trip ?? {
        vehicle: device,
        startedAt: at,
        start: pointNow(),
        now: pointNow(),
        distanceKm: 0,
        gapKm: 0,
        odometerKm: null,
        unseenKm: 0,
        movingS: 0,
        idlingS: null,
        maxSpeedKmh: kmh,
        stops: [],
        stopCount: 0,
        visited: [],
        way: [[lat, lon]],
      };
      for (let step = 1; step <= steps; step += 1) {
        at += everyS * secondMs;
        lat = from.lat + ((toLat - from.lat) * step) / steps;
        lon = from.lon + ((toLon - from.lon) * step) / steps;
        const km: number = begun.distanceKm + (metres * step) / steps / 1000;
        const way: TripSoFar['way'] = step === steps ? [...begun.way, [lat, lon]] : begun.way;
        trip = { ...begun, now: pointNow(), distanceKm: km, way };
        note({ acc: true, speedKmh: kmh, ...vary(more, step) }, {});
      }
      at += everyS * secondMs;
      return teller;
    },
    /** One fix that says what it likes. */
    fix(more: More & { readonly lat?: number; readonly lon?: number }, motion: Partial<Motion>) {
      note(more, motion);
      at += 10 * secondMs;
      return teller;
    },
  };
  return teller;
}

/** The kind, seeing the motion that is true of the story whatever a tracker would make of it. */
const under = (kind: RuleKind, story: Story): RuleKind => ({
  ...kind,
  step: (state, event, subject, params, around) => {
    const motion = story.motionAt.get(event.at);
    return kind.step(state, event, subject, params, motion ? { ...around, motion } : around);
  },
});

/** All at once. */
export async function live(kind: RuleKind, story: Story, things: Things): Promise<World> {
  const it = aWorld(things, [under(kind, story)]);
  await it.give(story.fixes);
  return it;
}

/** Found by the story as it came, over a restart in its middle, and in an order that has nothing to do with it. */
export async function inEveryWay(kind: RuleKind, story: Story, things: Things) {
  const whole = await live(kind, story, things);
  const middle = Math.floor(story.fixes.length / 2);
  const restarted = aWorld(things, [under(kind, story)]);
  await restarted.give(story.fixes.slice(0, middle));
  restarted.restart();
  await restarted.give(story.fixes.slice(middle));
  const shuffled = aWorld(things, [under(kind, story)]);
  const indexed = story.fixes.map((fix, index) => ({ fix, part: (index * 7919) % 5 }));
  for (const part of [3, 0, 4, 1, 2])
    await shuffled.give(indexed.filter((each) => each.part === part).map(({ fix }) => fix));
  const said = (it: World) =>
    it.book.standing().map(({ openedAt, clearedAt, last }) => ({
      openedAt,
      clearedAt,
      summary: last.summary,
      evidence: last.evidence,
    }));
  return { whole, said: said(whole), restarted: said(restarted), shuffled: said(shuffled) };
}
