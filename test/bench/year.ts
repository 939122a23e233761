import { consumptionIn } from '../../energy/consumption/consumption.ts';
import { dayMs } from '../../model/time.ts';
import { meterYear, quarterMs } from '../energy/meter-year.ts';
import { disordered, numbers } from '../energy/random.ts';
import { type Checked, checkYear, factsOf } from '../energy/year-check.ts';
import { type How, type Section, table, whole } from './report.ts';

const from = Date.parse('2025-01-01T00:00:00+08:00');
const days = 366;
const to = from + days * dayMs;
/** Told of each meter; the others are counted. */
const toldProblems = 2;

/** One meter's year, read out of order and with repetitions, against the truth, and against the same readings in order. */
function checkMeter(n: number): Checked & { readonly readings: number } {
  const made = meterYear(n, { from, days, everyMs: quarterMs });
  const mixed = disordered(made.readings, numbers(n));
  const checked = checkYear(made, from, to, mixed);
  const hoursOf = (readings: typeof mixed) =>
    JSON.stringify(consumptionIn(readings, 'hour', [{ from, to }], factsOf(made)));
  const isSame = hoursOf(mixed) === hoursOf(made.readings);
  const problems = isSame ? checked.problems : [...checked.problems, `${n}: order matters`];
  return { ...checked, problems, readings: made.readings.length };
}

/**
 * Years of meters with every fault, seeded: months are the truth to the counter's step or flagged, no hour is silently wrong, and order and repetition
 * change nothing. Leaves exit code 1 where any of it is not so.
 */
export async function benchYear({
  meters,
  from: firstSeed,
  tell,
}: How): Promise<readonly Section[]> {
  let [problems, exact, flagged, measured, readings] = [0, 0, 0, 0, 0];
  const cpu = process.cpuUsage();
  for (let n = 0; n < meters; n++) {
    const checked = checkMeter(firstSeed + n);
    for (const problem of checked.problems.slice(0, toldProblems)) tell(problem);
    problems += checked.problems.length;
    exact += checked.exactMonths;
    flagged += checked.flaggedMonths;
    measured += checked.measuredHours;
    readings += checked.readings;
    if (n % 100 === 99) tell(`${n + 1} years with faults, ${problems} problems`);
  }
  const { user, system } = process.cpuUsage(cpu);
  if (problems > 0) process.exitCode = 1;
  const head = ['meters', 'readings', 'months exact to the step', 'months flagged'];
  const row = [meters, readings, exact, flagged, measured, problems, (user + system) / 1e6];
  const text = `Generated years with gaps, wrong readings, resets, replacements, wraps, changed ratios and counters that run backwards, every reading out of order and one in ten twice, held against the same in order and against the truth; seeded.

${table([...head, 'hours measured', 'not true', 'CPU, s'], [row.map(whole)])}`;
  return [{ title: 'A year of consumption with every fault', text }];
}
