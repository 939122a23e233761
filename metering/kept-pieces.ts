import { type Period, periodAt } from '../energy/consumption/periods.ts';
import { joined, nothingKnown, type Use } from '../energy/virtual.ts';
import { type DayShelf, daysIn, keptDaysOf } from './days.ts';
import { type CountedBy, keptMonthOf, type MonthShelf, settledMs } from './months.ts';

/** What months and days of a meter came to, as far as it is told without reading for long. */

/** Months and days of the institution’s zone, each ascending; a day may be asked for up to one of its whole hours. */
export interface Pieces {
  readonly months: readonly Period[];
  readonly days: readonly Period[];
}

type Told = Period & Use;

export interface KeptPieces {
  readonly months: readonly Told[];
  readonly days: readonly Told[];
  /** What nobody has worked out yet; nothing is told of it. */
  readonly lacking: Pieces;
  /** Told, and to be looked at once more. */
  readonly stale: Pieces;
}

/** What of some days is kept, and what readings would tell. */
interface Found {
  readonly told: ReadonlyMap<number, Told>;
  /** The day that goes on and the one before: not more than that is ever read at once. */
  readonly toRead: readonly Period[];
  readonly lacking: readonly Period[];
  readonly stale: readonly Period[];
}

const nothingIn = ({ from, to }: Period): Told => ({ from, to, ...nothingKnown });

function daysFound(counted: CountedBy, days: readonly Period[], shelf: DayShelf): Found {
  const { newest, zone } = counted;
  const wholeOf = ({ from }: Period): Period => periodAt('day', from, zone);
  const kept = keptDaysOf(counted, days, shelf);
  const told = new Map<number, Told>();
  const toRead: Period[] = [];
  const lacking: Period[] = [];
  for (const day of days) {
    const known = kept.get(day.from);
    if (known?.day) told.set(day.from, known.day);
    else if (day.from >= newest) told.set(day.from, nothingIn(day));
    else if (known || newest < day.to + settledMs) toRead.push(day);
    else lacking.push(wholeOf(day));
  }
  const stale = days.filter(({ from }) => kept.get(from)?.stale).map(wholeOf);
  return { told, toRead, lacking, stale };
}

/** A month, or the days it is put together from because it has just ended. */
interface FoundMonth {
  readonly month: Period;
  readonly told?: Told;
  readonly days?: readonly Period[];
  readonly stale?: boolean;
}

function monthFound(counted: CountedBy, month: Period, shelf: MonthShelf): FoundMonth {
  const { newest, zone } = counted;
  const kept = keptMonthOf(counted, month, shelf);
  if (kept) return { month, told: kept.whole, stale: kept.stale };
  if (month.from >= newest) return { month, told: nothingIn(month) };
  return newest < month.to + settledMs ? { month, days: daysIn(month, zone) } : { month };
}

const sumOf = (month: Period, days: readonly Told[]): Told => ({
  from: month.from,
  to: month.to,
  ...joined(days.map(({ from, to, ...use }) => ({ from, to, use }))),
});

/** @param read what days came to, of which nothing is kept yet; none that ended more than a day before the newest reading */
export async function keptPieces(
  counted: CountedBy,
  { months, days }: Pieces,
  shelf: MonthShelf & DayShelf,
  read: (days: readonly Period[]) => Promise<readonly Told[]>,
): Promise<KeptPieces> {
  const wholes = months.map((month) => monthFound(counted, month, shelf));
  const asked = [...wholes.flatMap((whole) => whole.days ?? []), ...days];
  const some = daysFound(counted, inOrder(asked), shelf);
  const lacking = {
    months: wholes.filter((each) => !each.told && !each.days).map(({ month }) => month),
    days: some.lacking,
  };
  const told = new Map(some.told);
  // Where so much is lacking anyway, nobody waits for the last of it.
  const isWhole = lacking.months.length + lacking.days.length === 0;
  const isRead = isWhole && some.toRead.length > 0;
  for (const day of isRead ? await read(some.toRead) : []) told.set(day.from, day);
  const toldIn = (all: readonly Period[]) => all.flatMap(({ from }) => told.get(from) ?? []);
  return {
    months: wholes.flatMap(({ month, told: whole, days: own = [] }) => {
      const parts = toldIn(own);
      const isJoined = own.length > 0 && parts.length === own.length;
      return whole ?? (isJoined ? sumOf(month, parts) : []);
    }),
    days: toldIn(days),
    lacking,
    stale: {
      months: wholes.filter(({ stale }) => stale).map(({ month }) => month),
      days: some.stale,
    },
  };
}

/** Ascending, each once. */
const inOrder = (days: readonly Period[]): readonly Period[] =>
  [...new Map(days.map((day) => [day.from, day])).values()].sort((a, b) => a.from - b.from);
