import type { Period } from '../energy/consumption/periods.ts';
import type { FactorBook } from '../energy/factors.ts';
import {
  type Converted,
  convert,
  type Indicators,
  indicatorsOf,
  type Method,
  type Size,
} from '../energy/indicators.ts';
import { topMeters } from '../energy/top-meters.ts';
import { combine, joined, type Use } from '../energy/virtual.ts';
import type { Institution, Meter } from '../model/entities.ts';
import type { Directory } from '../registry/registry.ts';
import { type CountedMeter, householdOf, toUse } from './institution-use.ts';
import { createUses, type UsedIn } from './meter-use.ts';
import { type Compared, type PagePlan, piecesIn } from './page-plan.ts';

/** An institution's year: what it used today, this month and this year, beside the same stretches a year before. */

export interface PageSources {
  readonly directory: Directory;
  readonly book: FactorBook;
  readonly method: (institution: Institution) => Method;
  /** What months and days of a meter that counts itself came to. */
  months(meter: string, months: readonly Period[]): Promise<readonly (Period & Use)[]>;
  days(meter: string, days: readonly Period[]): Promise<readonly (Period & Use)[]>;
}

export interface ComparedFigures {
  readonly own: Period & Indicators;
  readonly before: Period & Indicators;
}

/** Electricity of a part of the building's uses, such as `B` for air conditioning. */
export interface SubItemUse {
  readonly code: string;
  readonly meters: readonly string[];
  readonly month: Use | null;
  readonly year: Use;
  readonly yearBefore: Use;
}

export interface InstitutionPage {
  /** As it was at the end of the stretches. */
  readonly institution: Institution;
  readonly size: Size;
  readonly today: ComparedFigures | null;
  readonly month: ComparedFigures | null;
  readonly year: ComparedFigures;
  readonly wholeBefore: Period & Indicators;
  readonly months: readonly (Period & Indicators)[];
  readonly subItems: readonly SubItemUse[];
  /** Electricity of the year that no sub-item has; null where no meter is of one. */
  readonly unassigned: Use | null;
  readonly meters: number;
}

type UsesOf = (meter: Meter) => Promise<readonly UsedIn[]>;

interface Desk {
  readonly plan: PagePlan;
  readonly monthsOf: UsesOf;
  readonly daysOf: UsesOf;
}

const toUsed = ({ from, to, ...use }: Period & Use): UsedIn => ({ from, to, use });

function openDesk(plan: PagePlan, { directory, months, days }: PageSources): Desk {
  const counted = (meter: Meter, ask: PageSources['months'], all: readonly Period[]) =>
    ask(meter.id, all).then((found) => found.map(toUsed));
  return {
    plan,
    monthsOf: createUses(directory, (meter) => counted(meter, months, plan.months), plan.months),
    daysOf: createUses(directory, (meter) => counted(meter, days, plan.days), plan.days),
  };
}

interface Side {
  readonly meters: readonly CountedMeter[];
  readonly size: Size;
  readonly method: Method;
}

/** Everything one meter used, each piece converted once. */
interface Pieces {
  readonly months: readonly (Period & { readonly converted: Converted })[];
  readonly days: readonly (Period & { readonly converted: Converted })[];
}

async function piecesOf(
  meter: CountedMeter,
  method: Method,
  { plan, monthsOf, daysOf }: Desk,
  book: FactorBook,
): Promise<Pieces> {
  const converted = (all: PagePlan['months'], used: readonly UsedIn[]) =>
    all.map((piece, n) => ({
      from: piece.from,
      to: piece.to,
      converted: convert(toUse(meter, piece, used[n]?.use), method, book),
    }));
  return {
    months: converted(plan.months, await monthsOf(meter)),
    days: converted(plan.days, await daysOf(meter)),
  };
}

/** @returns figures of any stretch of the plan */
async function openFigures({ meters, size, method }: Side, desk: Desk, book: FactorBook) {
  const all: Pieces[] = [];
  for (const meter of meters) all.push(await piecesOf(meter, method, desk, book));
  return ({ from, to }: Period): Period & Indicators => {
    const uses = all.flatMap(({ months, days }) => piecesIn({ from, to }, months, days));
    const converted = uses.map((piece) => piece.converted);
    return { from, to, ...indicatorsOf(method.calibre, converted, size) };
  };
}

/** What a meter used in a stretch of the plan. */
async function usedIn(meter: Meter, stretch: Period, desk: Desk): Promise<Use> {
  return joined(piecesIn(stretch, await desk.monthsOf(meter), await desk.daysOf(meter)));
}

const sumOf = (uses: readonly Use[]): Use => combine(uses.map((use) => ({ use, factor: 1 })));

async function sumIn(meters: readonly Meter[], stretch: Period, desk: Desk): Promise<Use> {
  const uses: Use[] = [];
  for (const meter of meters) uses.push(await usedIn(meter, stretch, desk));
  return sumOf(uses);
}

/** Electricity meters by the letter of their sub-item; one below another of its letter is in that one. */
function bySubItem(meters: readonly Meter[]): ReadonlyMap<string, readonly Meter[]> {
  const named = meters.filter(({ medium, subItem }) => medium === 'electricity' && subItem);
  const letters = Map.groupBy(named, ({ subItem = '' }) => subItem.slice(0, 1).toUpperCase());
  return new Map([...letters].sort().map(([code, own]) => [code, topMeters(own)]));
}

async function subItemsOf(meters: readonly Meter[], desk: Desk): Promise<readonly SubItemUse[]> {
  const { month, year } = desk.plan;
  const items: SubItemUse[] = [];
  for (const [code, own] of bySubItem(meters))
    items.push({
      code,
      meters: own.map(({ id }) => id),
      month: month ? await sumIn(own, month.own, desk) : null,
      year: await sumIn(own, year.own, desk),
      yearBefore: await sumIn(own, year.before, desk),
    });
  return items;
}

const minus = (whole: Use, parts: readonly Use[]): Use =>
  combine([{ use: whole, factor: 1 }, ...parts.map((use) => ({ use, factor: -1 }))]);

const instantBefore = (end: number): number => end - 1;

export async function institutionPage(
  present: Institution,
  plan: PagePlan,
  sources: PageSources,
): Promise<InstitutionPage> {
  const { directory, book } = sources;
  const desk = openDesk(plan, sources);
  const sideAt = (at: number): Side & { readonly institution: Institution } => {
    const { institution, meters, size } = householdOf(directory, present, at);
    return { institution, meters, size, method: sources.method(institution) };
  };
  const own = sideAt(instantBefore(plan.year.own.to));
  const before = sideAt(instantBefore(plan.year.before.to));
  const figuresOf = await openFigures(own, desk, book);
  const figuresBefore = await openFigures(before, desk, book);
  const compared = (both: Compared | undefined): ComparedFigures | null =>
    both ? { own: figuresOf(both.own), before: figuresBefore(both.before) } : null;
  const meters = directory.all('meters').filter(({ id }) => {
    const device = directory.device(id);
    return device?.institution.id === present.id;
  });
  const subItems = await subItemsOf(meters, desk);
  const electric = own.meters.filter(({ medium }) => medium === 'electricity');
  const all = await sumIn(electric, plan.year.own, desk);
  const isBefore = ({ to }: Period) => to <= plan.wholeBefore.to;
  return {
    institution: own.institution,
    size: own.size,
    today: compared(plan.today),
    month: compared(plan.month),
    year: { own: figuresOf(plan.year.own), before: figuresBefore(plan.year.before) },
    wholeBefore: figuresBefore(plan.wholeBefore),
    months: plan.shown.map((month) =>
      isBefore(month)
        ? figuresBefore(month)
        : figuresOf({ from: month.from, to: Math.min(month.to, plan.year.own.to) }),
    ),
    subItems,
    unassigned:
      subItems.length === 0
        ? null
        : minus(
            all,
            subItems.map(({ year }) => year),
          ),
    meters: meters.length,
  };
}
