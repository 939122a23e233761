import type { CircuitGroup } from '../../energy/circuit-group.ts';
import type { Evidence, Finding, Text } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import type { MeterSubject, Surroundings } from '../rule.ts';
import {
  type AfterEpisode,
  type HourRow,
  type Stretch,
  toStretch,
} from '../shared/after-episode.ts';
import type { CircuitHours } from '../shared/circuit-hours.ts';
import { officeHoursOf } from '../shared/energy-days.ts';
import { type SeverityLimits, severityBy, sumTotals, type Totals } from '../shared/load-totals.ts';
import { dayWords, measuredHour, moneyWords, subItemOf, totalsSeen } from './load.ts';
import { amount, clock } from './units.ts';

interface Limits extends CircuitHours, SeverityLimits {
  readonly heldMinutes: number;
  readonly oneLiftKw: number;
  readonly onPct: number;
  readonly onKw: number;
  readonly leastKwh: number;
  readonly overtimeKwh: number;
  readonly overtimeYuan: number;
  readonly warningEvenings: number;
}

interface Told {
  readonly change: Finding['change'];
  readonly episode: AfterEpisode;
  /** Of the newest stretch. */
  readonly hours: HourRow;
  readonly isOn: boolean;
  readonly group: CircuitGroup;
  readonly at: number;
  readonly subject: MeterSubject;
  readonly params: Limits;
  readonly around: Surroundings;
}

/** By the newest week: a small habit does not become critical by lasting. */
function severityOf(stretches: readonly Stretch[], evenings: number, params: Limits): Severity {
  const from = (stretches.at(-1)?.to ?? 0) - 7 * dayMs;
  const severity = severityBy(sumTotals(stretches.filter(({ to }) => to > from)), params);
  const isOften = evenings >= params.warningEvenings;
  return severity === 'info' && isOften ? 'warning' : severity;
}

/** Starts of the hours that stretches touch. */
function hoursOf(stretches: readonly Stretch[]): readonly number[] {
  const starts = new Set<number>();
  for (const { from, to } of stretches)
    for (let start = Math.floor(from / hourMs) * hourMs; start < to; start += hourMs)
      starts.add(start);
  return [...starts].slice(-200);
}

const startsOf = ({ from, kwh }: HourRow): readonly number[] =>
  kwh.map((_, place) => from + place * hourMs);

const observedOf = (
  { episode, hours, isOn }: Told,
  stretches: readonly Stretch[],
  totals: Totals,
): Evidence['observed'] => ({
  ...totalsSeen(totals),
  evenings: episode.evenings,
  onNow: isOn,
  hours: startsOf(hours).map((start, place) => measuredHour(start, hours.kwh[place] ?? 0)),
  stretches: stretches.map(({ from, to, ...each }) => ({ from, to, ...totalsSeen(each) })),
});

const expectedOf = ({ episode, hours }: Told): Evidence['expected'] => {
  const { standbyKw, onKw, officeKw } = episode.levels;
  return {
    hours: startsOf(hours).map((start) => ({ start, value: standbyKw, low: 0, high: onKw })),
    standbyKw,
    onAboveKw: onKw,
    ...(officeKw === null ? {} : { officeHoursKw: officeKw }),
  };
};

/** What an energy officer needs to check that something was left on. */
export function explainAfterHours(told: Told): Finding {
  const { change, episode, group, at, subject, params, around } = told;
  const { meter, institution } = subject;
  const stretches = episode.stretches.map(toStretch);
  const totals = sumTotals(stretches, episode.earlier);
  const last = stretches.at(-1);
  const from = stretches[0]?.from ?? at;
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityOf(stretches, episode.evenings, params),
    summary: toSummary(told, last, totals),
    evidence: {
      from,
      to: Math.max(from, last?.to ?? from),
      flagged: hoursOf(stretches),
      observed: observedOf(told, stretches, totals),
      expected: expectedOf(told),
      method: {
        zh: `${whenZh(group, told)}${howZh(told)}`,
        en: `${whenEn(group, told)} ${howEn(told)}`,
      },
      context: {
        circuit: group,
        timeZone: institution.timeZone,
        officeHours: officeHoursOf(institution),
        firstDay: dayWords(episode.first, around),
        newestDay: dayWords(episode.newest, around),
        calendar: 'published',
        ...subItemOf(meter),
      },
      quality: { judged: 'measured', stepMinutes: 15, priced: totals.yuan !== null },
    },
  };
}

const names: Readonly<Record<CircuitGroup, Text>> = {
  lighting: { zh: '照明', en: 'lights' },
  corridor: { zh: '走廊照明', en: 'corridor lights' },
  landscape: { zh: '景观照明', en: 'landscape lights' },
  air: { zh: '空调', en: 'air conditioning' },
  lift: { zh: '电梯', en: 'lifts' },
  boiler: { zh: '开水器', en: 'boiler' },
};

function toSummary(
  { episode, isOn, group, subject }: Told,
  last: Stretch | undefined,
  totals: Totals,
): Text {
  const { meter, institution } = subject;
  const zone = institution.timeZone;
  const from = clock(last?.from ?? 0, zone);
  const to = clock(last?.to ?? 0, zone);
  const what = names[group];
  const state: Text = isOn
    ? { zh: `自 ${from} 在非使用时段运行，尚未关闭`, en: `on after hours since ${from}, still on` }
    : { zh: `${from} 至 ${to} 在非使用时段运行`, en: `on after hours from ${from} to ${to}` };
  const often: Text =
    episode.evenings > 1
      ? { zh: `，已 ${episode.evenings} 晚`, en: `, on ${episode.evenings} evenings` }
      : { zh: '', en: '' };
  const money = moneyWords(totals);
  const kwh = amount(totals.wastedKwh);
  return {
    zh: `${meter.name}（${what.zh}）${state.zh}${often.zh}，多用 ${kwh} kWh${money.zh}`,
    en: `${meter.name} (${what.en}): ${state.en}${often.en}, ${kwh} kWh wasted${money.en}`,
  };
}

function whenZh(group: CircuitGroup, { params, subject }: Told): string {
  const { from, to } = officeHoursOf(subject.institution);
  const { graceMinutes, acLateMinutes, acEarlyMinutes, nightFrom, nightTo, landscapeUntil } =
    params;
  const night = `在 ${nightFrom}–${nightTo} 仍运行 ${params.heldMinutes} 分钟即告警，此前的加班只有达到 ${params.overtimeKwh} kWh 或 ${params.overtimeYuan} 元才告警；`;
  switch (group) {
    case 'landscape':
      return `景观照明除法定节假日及其前夜、指定日期的 17:00–${landscapeUntil} 外应关闭；`;
    case 'air':
      return `空调在工作日应于上班（${from}）后 ${acLateMinutes} 分钟起、下班（${to}）前 ${acEarlyMinutes} 分钟止运行，休息日关闭；供暖季为防冻运行放宽一倍；`;
    case 'boiler':
      return `开水器应在上班前 ${graceMinutes} 分钟至下班后 ${graceMinutes} 分钟（${from}–${to}）内由定时器控制，休息日关闭；`;
    case 'lift':
      return params.oneLiftKw > 0
        ? `非工作时间（${from}–${to} 前后 ${graceMinutes} 分钟以外）只应运行一部电梯，超过一部电梯的 ${params.oneLiftKw} kW 即为多部运行；`
        : `非工作时间只应运行一部电梯，本回路高于自身夜间水平即多于平时；${night}`;
    case 'corridor':
    case 'lighting':
      return `工作日 ${from}–${to} 前后各 ${graceMinutes} 分钟以外及休息日应关灯；${night}`;
  }
}

function whenEn(group: CircuitGroup, { params, subject }: Told): string {
  const { from, to } = officeHoursOf(subject.institution);
  const { graceMinutes, acLateMinutes, acEarlyMinutes, nightFrom, nightTo, landscapeUntil } =
    params;
  const night = `${params.heldMinutes} minutes between ${nightFrom} and ${nightTo} are told; overtime before that only from ${params.overtimeKwh} kWh or ${params.overtimeYuan} yuan on.`;
  switch (group) {
    case 'landscape':
      return `Landscape lights should be off, but for 17:00–${landscapeUntil} on statutory holidays, the evenings before them, and days that are named.`;
    case 'air':
      return `Air conditioning should run on working days from ${acLateMinutes} minutes after opening (${from}) to ${acEarlyMinutes} minutes before closing (${to}), and not on days of rest; in the heating season pumps may run against frost.`;
    case 'boiler':
      return `A boiler should be held by a timer to ${graceMinutes} minutes before and after office hours (${from}–${to}), and be off on days of rest.`;
    case 'lift':
      return params.oneLiftKw > 0
        ? `After hours (${graceMinutes} minutes before and after ${from}–${to}) only one lift should run; above the ${params.oneLiftKw} kW of one there are more.`
        : `After hours only one lift should run; above its own nights this circuit runs more than usual. ${night}`;
    case 'corridor':
    case 'lighting':
      return `Lights should be off but for ${graceMinutes} minutes before and after ${from}–${to} of working days. ${night}`;
  }
}

const howZh = ({ params }: Told): string =>
  `以刻钟平均功率连续 ${params.heldMinutes} 分钟判断：高于待机与办公时段（最近 5 个工作日中第二高）差距的 ${params.onPct}% 且至少 ${params.onKw} kW 为运行；待机由该回路自身最近 10 天的最低小时（照明为最近 14 夜）的中位数学得。多用为运行期间高于待机的电量，不足 ${params.leastKwh} kWh 不告警；连续多晚为同一条告警，同类日（工作日或休息日）有一晚正常后解除；金额按当时电价，只判断实测数据。`;

const howEn = ({ params }: Told): string =>
  `Judged by the mean power of quarters of an hour over ${params.heldMinutes} minutes: on is ${params.onPct} % of the way from standby to office hours (the second of the newest 5 working days) and at least ${params.onKw} kW; standby is learned as the median of the circuit’s own lowest hours of 10 days (of lights: of 14 nights). Wasted is what was used above standby meanwhile, less than ${params.leastKwh} kWh is not told. Evenings that follow each other are one alert, over after a clean one of the same sort of day; money by the tariff in force. Only what was measured is judged.`;
