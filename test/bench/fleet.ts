import { trueDayOf } from '../../simulators/fleet-month/calendar.ts';
import { createFleetMonth } from '../../simulators/fleet-month/month.ts';
import type { Noted } from '../rules/world.ts';
import { type MonthRun, runMonth } from './fleet-run.ts';
import { delayOf, type MonthScore, pooled, scoreMonth } from './fleet-score.ts';
import { type How, type Section, table, whole } from './report.ts';
import { type KindScore, precisionOf, recallOf } from './score.ts';

export const judgedKinds = [
  'undispatched-trip',
  'off-route',
  'wrong-way',
  'missed-stop',
  'out-of-area',
  'off-hours',
  'sealed-moved',
  'overnight-parking',
  'tail-number',
  'overspeed',
  'idling',
  'fatigue',
  'fuel-drop',
  'refuel-elsewhere',
  'economy',
  'long-idle',
  'tow',
  'offline',
].map((name) => `vehicle.${name}`);

/** Who watches the fleet. */
const dispatchers = 3;
const weeks = 30 / 7;
/** So many vehicles at one fix in ten seconds. */
const fullFixesPerS = 1000;

interface CalendarDay {
  readonly date: string;
  readonly kind: string;
}

function dayOf({ last }: Noted): CalendarDay | undefined {
  const { day } = last.evidence.context as { readonly day?: CalendarDay };
  return day;
}

/** Alerts whose day is held to be of another kind than it is, and wrong ones on days that are not what the week says. */
export function calendarCaused(alerts: readonly Noted[], wrong: readonly Noted[]): number {
  const misread = alerts.filter((alert) => {
    const day = dayOf(alert);
    return day && day.kind !== trueDayOf(Date.parse(`${day.date}T12:00:00+08:00`));
  });
  const special = wrong.filter((alert) => {
    const byCalendar = ['vehicle.off-hours', 'vehicle.tail-number'].includes(alert.last.kind);
    return byCalendar && !['workday', 'weekend'].includes(trueDayOf(alert.openedAt));
  });
  return new Set([...misread, ...special]).size;
}

const share = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '');

function delay(score: KindScore): string {
  const seconds = delayOf(score);
  if (!Number.isFinite(seconds)) return '';
  if (Math.abs(seconds) < 600) return `${Math.round(seconds)} s`;
  if (seconds < 36_000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${(seconds / 86_400).toFixed(1)} d`;
}

const kindRow = (score: KindScore): readonly (string | number)[] => [
  `\`${score.kind}\``,
  score.episodes,
  score.found,
  share(recallOf(score)),
  score.alerts,
  score.false,
  score.open,
  share(precisionOf(score)),
  delay(score),
];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Months of a fleet with every fault, seeded: what the rules find, what they miss, and what they say that is not so. */
export async function benchFleet({
  vehicles,
  from,
  rounds,
  tell,
}: How): Promise<readonly Section[]> {
  const runs: MonthRun[] = [];
  const scores: MonthScore[] = [];
  for (let seed = from; seed < from + rounds; seed += 1) {
    const month = createFleetMonth({ seed, vehicles });
    const run = await runMonth(month, (line) => tell(`seed ${seed}, ${line}`));
    runs.push(run);
    scores.push(scoreMonth(run.alerts, month.labels(), month.city, judgedKinds));
  }
  const fixes = sum(runs.map((run) => run.fixes));
  const alerts = runs.flatMap((run) => run.alerts);
  const wrong = scores.flatMap((score) => score.wrong);
  const perWeek = wrong.length / weeks / rounds;
  const usPerFix = (sum(runs.map(({ cpuS }) => cpuS)) * 1e6) / fixes;
  const head = ['kind', 'true episodes', 'found', 'recall', 'alerts', 'false', 'either way'];
  const text = `${vehicles} vehicles from ${whole(vehicles / 12)} institutions from 14 September to 13 October 2026, with Mid-Autumn, the National Day and two weekend days worked; seeds ${from} to ${from + rounds - 1} (1 to 5 served the development). Streets, orders (some filed afterwards), receivers with drift, reflections, start-up scatter, tunnels, basements, outages with what was kept back, gauges that slosh; faults and their sizes are drawn from ranges, and what is true comes from the simulator, never from a rule. Through the registry, the engine and every kind with its defaults; \`tail-number\` and \`out-of-area\` where an instance asks for them, \`long-idle\` with 14 days, \`overspeed\` with a limit in the middle of the town and others by segment of the routes; rounds are one-way and have stops. "Either way": emergency slips before they were filed, and what lies on the edge of what a kind is for. An alert counts as right where it begins within an episode of its vehicle and kind, or up to two hours after its end (fuel: a day). Delays count from the true begin, over what the kind has to wait for.

${table([...head, 'precision', 'median delay'], pooled(scores).map(kindRow))}

${whole(alerts.length)} alerts, ${wrong.length} false: ${perWeek.toFixed(1)} a week, ${(perWeek / dispatchers).toFixed(1)} for each of three dispatchers. Caused by the calendar: ${calendarCaused(alerts, wrong)}.

${whole(fixes)} fixes, of them ${whole(sum(runs.map(({ replays }) => replays)))} late deliveries that were judged again; rules with their states on disk ${usPerFix.toFixed(0)} µs of processor time each: ${(usPerFix * fullFixesPerS * 1e-6).toFixed(2)} of a core for 10,000 vehicles at one fix in 10 s. State of a vehicle ${whole(sum(runs.map(({ stateBytes }) => stateBytes)) / rounds)} bytes in the mean, ${whole(Math.max(...runs.map(({ mostStateBytes }) => mostStateBytes)))} at most.`;
  return [{ title: 'A month of a fleet', text }];
}
