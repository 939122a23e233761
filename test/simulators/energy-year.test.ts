import { expect, test } from 'vitest';
import { amendedCalendar } from '../../model/calendar.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { days, isSpecial, startOf } from '../../simulators/energy-year/calendar.ts';
import { createEnergyYear, type EnergyYear } from '../../simulators/energy-year/year.ts';

const slow = 120_000;

test('the same seed is the same year, another is another', () => {
  const tell = (seed: number) => {
    const year = createEnergyYear({ seed, institutions: 6, to: 3 });
    return JSON.stringify([year.sites, year.next(), year.next(), year.next(), year.next()]);
  };
  expect(tell(7)).toBe(tell(7));
  expect(tell(8)).not.toBe(tell(7));
});

test('its days are those of the published calendar', () => {
  const calendar = amendedCalendar(new Map());
  const other = days.filter(({ date, kind }) => calendar.find(date)?.day.kind !== kind);
  expect(other).toEqual([]);
  const dayOf = (date: string) => days.findIndex((each) => each.date === date);
  expect(isSpecial(dayOf('2026-10-10'), false)).toBe(true);
  expect(isSpecial(dayOf('2026-11-12'), false)).toBe(false);
  expect([false, true].map((school) => isSpecial(dayOf('2026-07-04'), school))).toEqual([
    false,
    true,
  ]);
});

/** Counters by meter and instant. */
function countersOf(year: EnergyYear): Map<string, Map<number, number>> {
  const counters = new Map<string, Map<number, number>>();
  for (let day = year.next(); day; day = year.next())
    for (const { meter, at, values } of day.flat()) {
      const value = values.energy_import_kwh ?? values.volume_m3 ?? values.heat_gj;
      const own = counters.get(meter) ?? new Map<number, number>();
      if (value !== undefined) own.set(at, value);
      counters.set(meter, own);
    }
  return counters;
}

/** At the first reading from then on. */
function valueAt(
  counter: ReadonlyMap<number, number> | undefined,
  from: number,
): number | undefined {
  for (const [at, value] of counter ?? []) if (at >= from) return value;
  return undefined;
}

test(
  'what labels say was used too much is what the meters show beyond a year without faults',
  () => {
    const options = { seed: 3, institutions: 9, to: 150 };
    const [year, quiet] = [
      createEnergyYear(options),
      createEnergyYear({ ...options, faultless: true }),
    ];
    const [told, usual] = [countersOf(year), countersOf(quiet)];
    expect(quiet.labels().filter(({ must }) => must)).toEqual([]);
    const counted = year
      .labels()
      .filter(({ must, amount, to }) => must && amount > 0 && to < startOf(146))
      // Of a group a label may be about all together.
      .filter(({ what }) => what !== 'lifts-run');
    const strange = counted.flatMap(({ subject, from, to, what, amount }) => {
      const beyond = (at: number) =>
        (valueAt(told.get(subject), at) ?? Number.NaN) -
        (valueAt(usual.get(subject), at) ?? Number.NaN);
      const shown = beyond(to) - beyond(from);
      return Math.abs(shown - amount) <= 0.1 * amount + 1.5
        ? []
        : [{ subject, what, amount, shown }];
    });
    expect(counted.length).toBeGreaterThan(30);
    // Where another fault of the same meter falls into it, and where a number is wrong.
    expect(strange.length).toBeLessThan(0.1 * counted.length);
  },
  slow,
);

test(
  'every kind has its episodes, none before February, and what is doubtful says why',
  () => {
    const year = createEnergyYear({ seed: 4, institutions: 9 });
    while (year.next());
    const labels = [...year.labels(), ...year.goals().labels];
    const must = labels.filter((label) => label.must);
    const had = new Set(must.map(({ kind }) => kind));
    expect([...had].sort()).toEqual([
      'energy.after-hours',
      'energy.consumption-anomaly',
      'energy.holiday-load',
      'energy.night-load',
      'energy.peak-demand',
      'energy.peer',
      'energy.phase-imbalance',
      'energy.power-factor',
      'energy.quota',
      'energy.target',
      'energy.total-cap',
      'energy.voltage',
      'room.temperature',
      'water.leak',
      'water.network-leak',
    ]);
    const ofMeters = must.filter(({ subject }) => subject.includes('-'));
    expect(Math.min(...ofMeters.map(({ from }) => from))).toBeGreaterThanOrEqual(
      Date.parse('2026-02-01T00:00+08:00'),
    );
    expect(labels.filter((label) => !label.must && !label.why)).toEqual([]);
    expect(labels.filter(({ from, to }) => !(from < to))).toEqual([]);
    const known = new Set([
      ...year.sites.map(({ id }) => id),
      ...year.sites.flatMap(({ meters }) => meters.map(({ id }) => id)),
    ]);
    expect(labels.filter(({ subject }) => !known.has(subject))).toEqual([]);
  },
  slow,
);

test('counters go up in steps, but for the few numbers that are wrong; silences are kept', () => {
  const year = createEnergyYear({ seed: 5, institutions: 5, to: 60 });
  const steps = new Map(
    year.sites.flatMap(({ meters }) => meters.map(({ id, step }) => [id, step])),
  );
  const counters = countersOf(year);
  let falls = 0;
  let readings = 0;
  let silences = 0;
  for (const [meter, counter] of counters) {
    let [before, last] = [0, 0];
    const step = steps.get(meter) ?? 1;
    for (const [at, value] of counter) {
      const whole = value / step;
      expect(Math.abs(whole - Math.round(whole))).toBeLessThan(1e-3);
      if (value < before) falls += 1;
      if (last > 0 && at - last > 1.5 * hourMs) silences += 1;
      [before, last] = [value, at];
      readings += 1;
    }
  }
  expect(falls).toBeLessThan(readings / 10_000);
  expect(silences).toBeGreaterThan(0);
});

test(
  'schools rest in their vacations, venues on Mondays, and landscape lights shine on holidays alone',
  () => {
    const year = createEnergyYear({ seed: 6, institutions: 10, faultless: true, to: 90 });
    const counters = countersOf(year);
    const used = (meter: string, date: string, fromH: number, toH: number) => {
      const at = Date.parse(`${date}T00:00+08:00`);
      const counter = counters.get(meter);
      return (
        (valueAt(counter, at + toH * hourMs) ?? 0) - (valueAt(counter, at + fromH * hourMs) ?? 0)
      );
    };
    // s003 is a school, s010 a venue, s001 an office.
    expect(used('s003-top', '2026-01-21', 8, 17)).toBeGreaterThan(
      1.5 * used('s003-top', '2026-01-28', 8, 17),
    );
    expect(used('s010-top', '2026-01-27', 10, 18)).toBeGreaterThan(
      1.5 * used('s010-top', '2026-01-26', 10, 18),
    );
    expect(used('s001-top', '2026-02-14', 9, 17)).toBeGreaterThan(
      1.5 * used('s001-top', '2026-02-18', 9, 17),
    );
    expect(used('s001-landscape', '2026-02-18', 19, 22)).toBeGreaterThan(
      10 * used('s001-landscape', '2026-02-11', 19, 22),
    );
    expect(startOf(1) - startOf(0)).toBe(dayMs);
  },
  slow,
);
