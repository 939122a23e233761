/** Least and most that flowed in a stretch of days, m³/h. Plain JSON. */
export interface FlowPeak {
  /** Days since 1970-01-01 by the calendar of the institution; of a week or four its first day. */
  readonly day: number;
  /** Greatest of all least flows over 24 hours, and over 48. */
  readonly least24: number;
  readonly least48: number;
  /** Busiest hour, and the busiest two running (the lesser of them). */
  readonly top: number;
  readonly topPair: number;
  /** The busiest two running of a night. */
  readonly nightPair: number;
  /** Mean of the busiest three running, of the busiest six, and of the busiest six that ended at night. */
  readonly topThree: number;
  readonly topSix: number;
  readonly nightSix: number;
  /** m³ in so many measured hours. */
  readonly used: number;
  readonly hours: number;
}

export const busyNames = ['top', 'topPair', 'nightPair', 'topThree', 'topSix', 'nightSix'] as const;

type Busiest = Pick<FlowPeak, (typeof busyNames)[number]>;

/** Of a peak what is busy. */
export type Busy = Busiest & Pick<FlowPeak, 'day'>;

/** What the newest hour adds to what is normal, m³/h; absent where not known, or not to be learned. */
export type Learned = Partial<Busiest & Pick<FlowPeak, 'least24' | 'least48'>>;

export const emptyPeak = (day: number): FlowPeak => ({
  day,
  least24: 0,
  least48: 0,
  top: 0,
  topPair: 0,
  nightPair: 0,
  topThree: 0,
  topSix: 0,
  nightSix: 0,
  used: 0,
  hours: 0,
});

export const joined = (a: FlowPeak, b: Partial<FlowPeak>): FlowPeak => ({
  day: a.day,
  least24: Math.max(a.least24, b.least24 ?? 0),
  least48: Math.max(a.least48, b.least48 ?? 0),
  top: Math.max(a.top, b.top ?? 0),
  topPair: Math.max(a.topPair, b.topPair ?? 0),
  nightPair: Math.max(a.nightPair, b.nightPair ?? 0),
  topThree: Math.max(a.topThree, b.topThree ?? 0),
  topSix: Math.max(a.topSix, b.topSix ?? 0),
  nightSix: Math.max(a.nightSix, b.nightSix ?? 0),
  used: a.used + (b.used ?? 0),
  hours: a.hours + (b.hours ?? 0),
});

export const roundFlow = (value: number): number => Number(value.toPrecision(5));

export const roundedPeak = ({ day, hours, ...flows }: FlowPeak): FlowPeak => ({
  day,
  hours,
  ...(Object.fromEntries(
    Object.entries(flows).map(([name, flow]) => [name, roundFlow(flow)]),
  ) as Omit<FlowPeak, 'day' | 'hours'>),
});

const firstOf = (day: number, days: number): number => Math.floor(day / days) * days;

export function intoWeeks(weeks: readonly FlowPeak[], day: FlowPeak): readonly FlowPeak[] {
  const week = firstOf(day.day, 7);
  const last = weeks.at(-1);
  return last?.day === week
    ? [...weeks.slice(0, -1), joined(last, day)]
    : [...weeks, { ...day, day: week }];
}

const keptMonths = 13;

export function intoMonths(months: readonly Busy[], day: FlowPeak): readonly Busy[] {
  const month = firstOf(day.day, 28);
  const last = months.at(-1);
  const isThis = last?.day === month;
  const { least24, least48, used, hours, ...busy } = isThis
    ? joined({ ...day, ...last }, day)
    : day;
  return [...(isThis ? months.slice(0, -1) : months), { ...busy, day: month }].slice(-keptMonths);
}
