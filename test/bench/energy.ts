import { dayMs } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import { dayOf, isSpecial } from '../../simulators/energy-year/calendar.ts';
import type { YearLabel } from '../../simulators/energy-year/labels.ts';
import { createEnergyYear, type EnergyYear } from '../../simulators/energy-year/year.ts';
import type { Noted } from '../rules/world.ts';
import { runYear } from './energy-run.ts';
import { delayOf, scoreYear, type YearScore } from './energy-score.ts';
import { type How, type Section, table, whole } from './report.ts';
import { type KindScore, precisionOf, recallOf } from './score.ts';

/** Kinds that the year has labels for. */
export const judgedKinds = [
  'energy.consumption-anomaly',
  'energy.night-load',
  'energy.holiday-load',
  'energy.after-hours',
  'water.leak',
  'water.network-leak',
  'energy.peak-demand',
  'energy.power-factor',
  'energy.phase-imbalance',
  'energy.voltage',
  'room.temperature',
  'energy.target',
  'energy.total-cap',
  'energy.quota',
  'energy.peer',
];

/** Wrong alerts about meters that opened where a mistake about the calendar would show; of institutions every month is judged when it is over. */
export function besideSpecialDays(
  wrong: readonly Noted[],
  { sites }: EnergyYear,
): readonly Noted[] {
  const schools = new Set(sites.filter(({ kind }) => kind === 'school').map(({ id }) => id));
  return wrong.filter(
    ({ openedAt, last: { subject, institution } }) =>
      subject.type === 'meter' && isSpecial(dayOf(openedAt), schools.has(institution)),
  );
}

/** So many of them lie there by chance alone. */
function byChance(wrong: readonly Noted[], { sites, from, to }: EnergyYear): number {
  const schools = sites.filter(({ kind }) => kind === 'school').length / sites.length;
  const first = dayOf(from);
  const days = Array.from({ length: (to - from) / dayMs }, (_, n) => first + n);
  const shareOf = (isSchool: boolean) =>
    days.filter((day) => isSpecial(day, isSchool)).length / days.length;
  const share = schools * shareOf(true) + (1 - schools) * shareOf(false);
  return share * wrong.filter(({ last }) => last.subject.type === 'meter').length;
}

const share = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '');

function delay(hours: number): string {
  if (!Number.isFinite(hours)) return '';
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} d`;
}

const kindRow = (score: KindScore): readonly (string | number)[] => [
  `\`${score.kind}\``,
  score.episodes,
  share(recallOf(score)),
  score.alerts,
  score.false,
  score.open,
  share(precisionOf(score)),
  delay(delayOf(score, 0.5)),
  delay(delayOf(score, 0.9)),
];

/** Of less a register shows nothing in four nights that a draw or two would not: six still hours each are a day's loss. */
const leastSteps = 4;

/** Leaks of 1 % that must be found, and of these those found within four nights; those that hide within the steps of their register by themselves. */
function slowLeaks(alerts: readonly Noted[], labels: readonly YearLabel[], year: EnergyYear) {
  const steps = new Map(
    year.sites.flatMap(({ meters }) => meters.map(({ id, step }) => [id, step])),
  );
  const isShown = ({ subject, from, to, amount }: YearLabel) =>
    (amount * dayMs) / (to - from) >= leastSteps * (steps.get(subject) ?? 0);
  const inTime = (leaks: readonly YearLabel[]): string => {
    const { kinds } = scoreYear(alerts, leaks, ['water.leak']);
    const found = kinds[0]?.delaysMs.filter((ms) => ms <= 4.5 * dayMs).length ?? 0;
    return `${found} of ${leaks.length}`;
  };
  const slow = labels.filter(
    ({ kind, what, must }) => kind === 'water.leak' && what === 'leak 1 %' && must,
  );
  const hidden = slow.filter((leak) => !isShown(leak));
  return ` Leaks of 1 % of the daily use found within four nights: ${inTime(slow.filter(isShown))} that move their register by at least ${leastSteps} steps a day, ${inTime(hidden)} that move it by less.`;
}

const local = (at: number): string =>
  new Date(at + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

function tellMistakes({ missed, wrong }: YearScore, say: (line: string) => void): void {
  for (const { kind, subject, from, to, what, amount } of missed)
    say(`MISSED ${kind} ${subject} ${local(from)} .. ${local(to)} ${what} ${amount.toFixed(1)}`);
  for (const { openedAt, clearedAt, subject, last } of wrong)
    say(
      `FALSE ${last.kind} ${subject} ${local(openedAt)} .. ${clearedAt ? local(clearedAt) : 'open'} ${last.severity}: ${last.summary.en}`,
    );
}

const byWhat = (score: YearScore, labels: readonly YearLabel[]): string => {
  const must = Map.groupBy(
    labels.filter(({ must, kind }) => must && score.kinds.some((each) => each.kind === kind)),
    ({ kind, what }) => `${kind}, ${what}`,
  );
  const rows = [...must].sort().map(([name, own]) => {
    const missed = score.missed.filter((label) => own.includes(label)).length;
    return [name, own.length, own.length - missed];
  });
  return table(['fault', 'episodes', 'found'], rows);
};

/** A year of institutions with every fault, seeded: what the energy rules find, what they miss, and what they say that is not so. */
export async function benchEnergy({
  institutions,
  from,
  kinds,
  verbose,
  tell,
}: How): Promise<readonly Section[]> {
  const year = createEnergyYear({ seed: from, institutions });
  const known = new Set(ruleKinds.map(({ kind }) => kind));
  const judged = judgedKinds.filter(
    (kind) => known.has(kind) && (kinds.length === 0 || kinds.includes(kind)),
  );
  const run = await runYear(year, (kind) => judged.includes(kind), tell);
  const { labels } = run;
  // What is told with the first reading of the next year is none of this one.
  const alerts = run.alerts.filter(
    ({ openedAt, last }) => openedAt < year.to || last.subject.type === 'institution',
  );
  const score = scoreYear(alerts, labels, judged);
  if (verbose) tellMistakes(score, (line) => process.stdout.write(`${line}\n`));
  const weeks = (year.to - year.from) / (7 * dayMs);
  const meters = year.sites.flatMap((site) => site.meters).length + 1;
  const perWeek = (score.wrong.length / weeks) * (300 / meters);
  const head = [
    'kind',
    'true episodes',
    'recall',
    'alerts',
    'false',
    'either way',
    'precision',
    'delay, median',
    '90 %',
  ];
  const text = `${institutions} institutions (party and government, schools with vacations, hospitals, venues closed on Mondays) with ${meters} meters in 2026 after a month of December: Spring Festival, National Day, days worked instead, heating from 15 November to 15 March, warm and cold spells, overtime, growth, retrofits, tanks and lawns, silences, steps of counters, wrong numbers. Seed ${from} (1 to 9 served the development). What is true comes from the simulator, never from a rule; "either way" is what an honest rule may tell or not, each with its reason in the code.

${table(head, score.kinds.map(kindRow))}

${whole(alerts.length)} alerts, ${score.wrong.length} false: ${perWeek.toFixed(1)} a week for 300 meters. Of them beside days that the calendar makes special: ${besideSpecialDays(score.wrong, year).length}, where ${byChance(score.wrong, year).toFixed(1)} would lie by chance.${judged.includes('water.leak') ? slowLeaks(alerts, labels, year) : ''}

${byWhat(score, labels)}

${whole(run.readings)} readings; rules with their states on disk ${((run.cpuS * 1e6) / run.readings).toFixed(0)} µs of processor time each, ${run.failures} failures. State of a meter ${whole(run.stateBytes)} bytes in the mean, ${whole(run.mostStateBytes)} at most.`;
  return [{ title: 'A year of a hundred institutions', text }];
}
