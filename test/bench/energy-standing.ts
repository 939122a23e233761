import { type BelievedState, countBelieved, newBelieved } from '../../energy/believed.ts';
import { limitsOf } from '../../energy/counter.ts';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import type { Hour } from '../../energy/hourly.ts';
import type { CountedMedium, MeterUse } from '../../energy/indicators.ts';
import { figureOf, type MonthFigure, spanOfMonth } from '../../energy/standing/figure.ts';
import { choiceOf } from '../../energy/standing/institution.ts';
import { loadQuotaTables } from '../../energy/standing/quota-table.ts';
import type { Context } from '../../model/context.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { counterOf } from '../../model/metrics.ts';
import { localTime } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { judgeInstitutions } from '../../rules/standing/judge.ts';
import type { YearReading } from '../../simulators/energy-year/year.ts';
import { aBook, type Noted } from '../rules/world.ts';

/** Institutions by their months, as the service counts and judges them. */

const zone = 'Asia/Shanghai';

interface MonthSum {
  value: number;
  hours: number;
  measured: number;
  missing: boolean;
}

interface TopMeter {
  readonly meter: Meter;
  readonly institution: Institution;
  state: BelievedState;
  readonly months: Map<string, MonthSum>;
}

function note({ months }: TopMeter, { start, value, quality }: Hour): void {
  const month = localTime(start, zone).date.slice(0, 7);
  const known = months.get(month) ?? { value: 0, hours: 0, measured: 0, missing: false };
  months.set(month, known);
  known.value += value ?? 0;
  known.hours += 1;
  known.measured += quality === 'measured' ? 1 : 0;
  known.missing ||= value === null;
}

function countedIn(medium: CountedMedium, month: string, sum: MonthSum): MeterUse {
  const { from, to } = spanOfMonth(month, zone);
  return {
    medium,
    date: `${month}-01`,
    lengthMs: to - from,
    value: sum.missing ? null : sum.value,
    ...(sum.missing ? { knownValue: sum.value } : {}),
    quality: sum.measured === sum.hours ? 'measured' : 'estimated',
    coverage: sum.measured / sum.hours,
  };
}

function figuresOf(institution: Institution, meters: readonly TopMeter[]): readonly MonthFigure[] {
  const book = createFactorBook(loadFactorSets());
  const { energyUsers, floorAreaM2 } = institution;
  const size = { ...(energyUsers ? { energyUsers } : {}), ...(floorAreaM2 ? { floorAreaM2 } : {}) };
  const months = new Set(meters.flatMap((meter) => [...meter.months.keys()]));
  return [...months].sort().map((month) => {
    const uses = meters.flatMap(({ meter, months: own }) => {
      const sum = own.get(month);
      return sum && meter.medium !== 'environment' ? [countedIn(meter.medium, month, sum)] : [];
    });
    return figureOf(spanOfMonth(month, zone), uses, size, { book, choice: choiceOf(institution) });
  });
}

/** Counts what meters at the top of their trees say. */
export function createMonthCount(directory: Directory) {
  const tops = new Map<string, TopMeter>();
  for (const device of directory.devices()) {
    if (device.type !== 'meter' || device.meter.parent || !counterOf[device.meter.medium]) continue;
    const { meter, institution } = device;
    tops.set(meter.id, { meter, institution, state: newBelieved, months: new Map() });
  }
  return {
    hear({ meter: id, at, values }: YearReading): void {
      const top = tops.get(id);
      const metric = top && counterOf[top.meter.medium];
      const value = metric ? values[metric] : undefined;
      if (!top || value === undefined) return;
      const { state, closed } = countBelieved(top.state, { at, value }, limitsOf(top.meter));
      top.state = state;
      for (const hour of closed) note(top, hour);
    },
    /** @param current with targets, caps and corrections @param upTo the end of the last month, Unix ms UTC */
    judge(current: Directory, upTo: number, context: Context): readonly Noted[] {
      const book = aBook();
      const byInstitution = Map.groupBy(tops.values(), ({ institution }) => institution.id);
      const figures = new Map(
        [...byInstitution].flatMap(([id, meters]) => {
          const institution = current.institution(id);
          return institution ? [[id, figuresOf(institution, meters)] as const] : [];
        }),
      );
      const found = judgeInstitutions({
        directory: current,
        figures,
        book: createFactorBook(loadFactorSets()),
        tables: loadQuotaTables(),
        upTo,
        context,
      });
      for (const { judged } of found) book.report.report(judged);
      return book.standing();
    },
  };
}
