import type { Period } from '../energy/consumption/periods.ts';
import type { FactorBook } from '../energy/factors.ts';
import type { CountedMedium } from '../energy/indicators.ts';
import { figureOf, type MonthFigure, spanOfMonth, withDays } from '../energy/standing/figure.ts';
import { choiceOf } from '../energy/standing/institution.ts';
import { joined, nothingKnown, type Use } from '../energy/virtual.ts';
import type { Institution, Meter } from '../model/entities.ts';
import type { Device, Directory } from '../registry/registry.ts';
import { daysIn } from './days.ts';
import { type CountedMeter, householdOf, toUse, usesOf } from './institution-use.ts';
import { createUses, type MeterUseSources } from './meter-use.ts';

/** The devices of each institution as they were at an instant, found out once for all institutions. */
function createDevices(): (
  directory: Directory,
  institution: string,
  at: number,
) => readonly Device[] {
  let of: {
    directory: Directory;
    at: number;
    byInstitution: ReadonlyMap<string, Device[]>;
  } | null = null;
  return (directory, institution, at) => {
    if (of?.directory !== directory || of.at !== at) {
      const then = directory.devices().map((device) => {
        const { id } = device.type === 'meter' ? device.meter : device.vehicle;
        return { device, home: directory.device(id, at)?.institution.id ?? '' };
      });
      const groups = Map.groupBy(then, ({ home }) => home);
      const byInstitution = new Map(
        [...groups].map(([id, own]) => [id, own.map(({ device }) => device)]),
      );
      of = { directory, at, byInstitution };
    }
    return of.byInstitution.get(institution) ?? [];
  };
}

/** What days of a meter that counts itself came to. */
type DaysOf = (meter: string, days: readonly Period[]) => Promise<readonly (Period & Use)[]>;

type UsesByDay = ReadonlyMap<CountedMeter, readonly Use[]>;

/** What each meter used on each of the days, virtual ones worked out. */
async function byDay(
  meters: readonly CountedMeter[],
  days: readonly Period[],
  directory: Directory,
  daysOf: DaysOf,
): Promise<UsesByDay> {
  const counted = async ({ id }: Meter) =>
    (await daysOf(id, days)).map(({ from, to, ...use }) => ({ from, to, use }));
  const usesIn = createUses(directory, counted, days);
  const found = new Map<CountedMeter, readonly Use[]>();
  for (const meter of meters)
    found.set(
      meter,
      (await usesIn(meter)).map(({ use }) => use),
    );
  return found;
}

/** What is known of a medium day by day. */
const spreadOf =
  (uses: UsesByDay, count: number) =>
  (medium: CountedMedium): readonly number[] =>
    Array.from({ length: count }, (_, n) => {
      const own = [...uses].filter(([meter]) => meter.medium === medium);
      const known = own.map(([, days]) => days[n]?.value ?? days[n]?.knownValue ?? 0);
      return Math.round(known.reduce((sum, value) => sum + value, 0) * 1000) / 1000;
    });

const sumOf = (days: readonly Period[], uses: readonly Use[]): Use =>
  joined(days.map(({ from, to }, n) => ({ from, to, use: uses[n] ?? nothingKnown })));

export interface FigureSources extends MeterUseSources {
  /** Where the days are wanted as well; a month that is not whole is put together from them. */
  readonly days?: DaysOf;
}

export type MonthFigureOf = (
  institution: Institution,
  span: Pick<MonthFigure, 'month' | 'from' | 'to'>,
  sources: FigureSources,
) => Promise<MonthFigure | null>;

/**
 * What an institution's own meters counted in a month, or as much of it as is over, with its meters and size as they were at its end; null where
 * nothing is known of it.
 */
export function createMonthFigures(book: FactorBook): MonthFigureOf {
  const devicesOf = createDevices();
  return async (present, span, sources) => {
    const { directory, days: daysOf } = sources;
    const zone = present.timeZone;
    const at = span.to - 1;
    const devices = devicesOf(directory, present.id, at);
    const { institution, meters, size } = householdOf(
      { ...directory, devices: () => devices },
      present,
      at,
    );
    const month = { date: `${span.month}-01`, from: span.from, to: span.to };
    const isWhole = span.to === spanOfMonth(span.month, zone).to;
    const days = daysOf ? daysIn(span, zone) : [];
    const told = daysOf && (await byDay(meters, days, directory, daysOf));
    const uses = [];
    for (const meter of meters)
      if (isWhole || !told) uses.push(...(await usesOf(meter, [month], zone, sources, span.to)));
      else uses.push(toUse(meter, month, sumOf(days, told.get(meter) ?? [])));
    const figure = figureOf(span, uses, size, { book, choice: choiceOf(institution) });
    if (figure.media.every(({ value }) => value === null)) return null;
    return told ? withDays(figure, spreadOf(told, days.length)) : figure;
  };
}
