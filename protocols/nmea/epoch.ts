import type { Fix } from '../../model/observation.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { lastBefore } from './fields.ts';
import type { Kind, Said } from './said.ts';

/** What was said of one instant. */
export interface Epoch {
  /** ms since midnight UTC; null where the receiver has no time; undefined while only sentences without a time were heard. */
  readonly time: number | null | undefined;
  readonly said: Readonly<Partial<Record<Kind, Said>>>;
}

export const noEpoch: Epoch = { time: undefined, said: {} };

/** Those with a position, the most telling first. */
const positioned = ['RMC', 'GNS', 'GGA', 'GLL'] as const;

export const hasPosition = ({ said }: Epoch): boolean =>
  positioned.some((kind) => said[kind] !== undefined);

/** Whether a sentence speaks of the instant of the epoch. */
export const belongs = ({ time }: Epoch, said: Said): boolean =>
  time === undefined || said.time === undefined || said.time === time;

/** Of several receivers in one housing, what they found together counts, else who spoke first. */
export function withSaid({ time, said }: Epoch, more: Said): Epoch {
  const known = said[more.kind];
  const better = known === undefined || (known.talker !== 'GN' && more.talker === 'GN');
  return {
    time: time === undefined ? more.time : time,
    said: better ? { ...said, [more.kind]: more } : said,
  };
}

/** A device's clock may be this far ahead of ours. */
const aheadMs = 10 * minuteMs;
/** GPS counts its weeks to 1024; a receiver whose firmware is older than the last turn is that much behind. */
const rolloverMs = 1024 * 7 * dayMs;
/** No receiver knew its day before this: what says so has not heard a satellite. */
const year2000 = Date.UTC(2000, 0, 1);

/**
 * The instant as the sentences say it; undefined without time and date. A date that is 1024 weeks behind the receipt (or a multiple, within
 * a day) is a week number that turned over, and is moved to where it belongs.
 */
export function datedAt({ said, time }: Epoch, receivedAt: number): number | undefined {
  const date = said.RMC?.date ?? said.ZDA?.date;
  if (date === undefined || typeof time !== 'number') return undefined;
  const at = date + time;
  const turns = Math.round((receivedAt - at) / rolloverMs);
  const moved = at + turns * rolloverMs;
  return turns > 0 && Math.abs(receivedAt - moved) <= dayMs ? moved : at;
}

/**
 * Where no date was said: nearest to what was dated in the same message; else the last such time of day before the receipt, which may be
 * yesterday's around midnight.
 */
function undatedAt(time: number, receivedAt: number, near: number | undefined): number {
  return lastBefore(time, near === undefined ? receivedAt + aheadMs : near + dayMs / 2);
}

/**
 * @param near an instant that was dated in the same message
 * @returns the fix; coordinates 0, 0 where there are none, which is `fixed: false`
 */
export function toFix(
  epoch: Epoch,
  device: string,
  receivedAt: number,
  near: number | undefined,
): Fix {
  const { said, time } = epoch;
  const told = positioned.flatMap((kind) => said[kind] ?? []);
  const place = told.find((one) => one.place)?.place ?? { lat: 0, lon: 0 };
  const fixed = told.every(({ valid }) => valid);
  const dated = datedAt(epoch, receivedAt);
  const unset = typeof time !== 'number' || (!fixed && dated !== undefined && dated < year2000);
  const at = unset ? receivedAt : (dated ?? undatedAt(time, receivedAt, near));
  const speedKmh = said.RMC?.speedKmh ?? said.VTG?.speedKmh;
  const headingDeg = said.RMC?.headingDeg ?? said.VTG?.headingDeg;
  const satellites = said.GGA?.satellites ?? said.GNS?.satellites;
  const altitudeM = said.GGA?.altitudeM ?? said.GNS?.altitudeM;
  return {
    type: 'fix',
    device,
    at,
    timeSource: unset ? 'receipt' : 'device',
    lat: place.lat,
    lon: place.lon,
    fixed,
    ...(speedKmh !== undefined && { speedKmh }),
    ...(headingDeg !== undefined && { headingDeg }),
    ...(satellites !== undefined && { satellites }),
    ...(altitudeM !== undefined && { altitudeM }),
  };
}
