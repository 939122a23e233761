import type { Opinion } from '../../model/alert.ts';
import { createCalendar } from '../../model/calendar.ts';
import type { CalendarDay, Meter } from '../../model/entities.ts';
import type { Observation } from '../../model/observation.ts';
import { allYear, type Tariff } from '../../model/tariff.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { aMeter, aSample, aWorld, type Things, type World } from './world.ts';

/* A meter of an office that works from 8 to 18, read every quarter of an hour, in the calendar as it was published. */

export const day = createCalendar(new Map());

/** 0:00 in Shanghai. */
export const midnight = (date: string): number => Date.parse(`${date}T00:00:00+08:00`);

export interface Moment {
  readonly date: string;
  /** 0 to 24, with fractions. */
  readonly hour: number;
  readonly kind: CalendarDay['kind'] | undefined;
  readonly works: boolean;
}

/** kW at a quarter of an hour. */
export type Load = (moment: Moment) => number;

export function momentAt(at: number): Moment {
  const local = new Date(at + 8 * hourMs);
  const date = local.toISOString().slice(0, 10);
  const { kind } = day(date) ?? { kind: undefined };
  const works = kind === undefined ? local.getUTCDay() % 6 !== 0 : kind.endsWith('workday');
  return { date, hour: (local.getTime() % dayMs) / hourMs, kind, works };
}

/** Some noise that is the same whenever it is asked for: 0 to 1. */
export function noise(at: number, salt = 1): number {
  let x = (Math.floor(at / (15 * minuteMs)) * 2_654_435_761 + salt * 40_503) | 0;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** Readings from the first day's midnight to the last one's, that one left out. */
export function readings(from: string, to: string, load: Load, id = 'm1', step = 0.01) {
  const said: Observation[] = [];
  let counter = 1000;
  for (let at = midnight(from); at <= midnight(to); at += 15 * minuteMs) {
    said.push(aSample(id, at, Number((Math.floor(counter / step + 1e-6) * step).toFixed(3))));
    counter += (load(momentAt(at)) / 4) * (0.97 + 0.06 * noise(at));
  }
  return said;
}

export async function live(
  kind: RuleKind,
  from: string,
  to: string,
  load: Load,
  more: Things & { readonly meter?: Partial<Meter>; readonly step?: number } = {},
): Promise<World> {
  const it = aWorld({ meters: [aMeter('m1', more.meter)], day, ...more }, [kind]);
  await it.give(readings(from, to, load, 'm1', more.step));
  return it;
}

/** `MM-DD HH:mm` in Shanghai. */
export const clockOf = (at: number | null): string | null =>
  at === null ? null : new Date(at + 8 * hourMs).toISOString().slice(5, 16).replace('T', ' ');

/** When each alert opened and was over. */
export const spans = (it: World) =>
  it.book.standing().map(({ openedAt, clearedAt }) => [clockOf(openedAt), clockOf(clearedAt)]);

/** 0.8 yuan at any time. */
export const flatTariff: Tariff = {
  id: 't',
  institution: 'hq',
  validFrom: '2020-01-01',
  source: 'test',
  prices: { flat: 0.8 },
  seasons: allYear,
};

type Given = ReturnType<typeof readings>;

/** Three in ten of the pieces come behind all others. @returns what is told then, and what is told of the same in time */
export async function toldLate(kind: RuleKind, all: Given, things: Things, pieceMs = 2 * hourMs) {
  const isLate = ({ at }: { readonly at: number }) => noise(Math.floor(at / pieceMs), 3) < 0.3;
  const told = async (...batches: readonly Given[]) => {
    const it = aWorld({ meters: [aMeter('m1')], day, ...things }, [kind]);
    for (const batch of batches) await it.give(batch);
    return it.book.standing().map(({ last }) => last.evidence);
  };
  const late = await told(
    all.filter((each) => !isLate(each)),
    all.filter(isLate),
  );
  return { late, inTime: await told(all) };
}

/** What somebody holds, at an instant, of the alert that is open then. */
export async function withVerdict(
  kind: RuleKind,
  all: Given,
  { verdict, givenAt }: Pick<Opinion, 'verdict' | 'givenAt'>,
  things: Things = {},
): Promise<World> {
  const it = aWorld({ meters: [aMeter('m1')], day, ...things }, [kind]);
  await it.give(all.filter(({ at }) => at < givenAt));
  const found = it.book.standing().at(-1)?.last;
  if (!found) throw new Error('nothing was told yet');
  const { from, to, flagged } = found.evidence;
  const of = { kind: kind.kind, subject: found.subject.id };
  it.book.opinions.push({ verdict, givenAt, from, to, flagged, ...of });
  await it.give(all.filter(({ at }) => at >= givenAt));
  return it;
}
