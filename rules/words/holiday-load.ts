import type { Finding, Text } from '../../model/alert.ts';
import type { Institution } from '../../model/entities.ts';
import { hourMs, startOfDay } from '../../model/time.ts';
import type { MeterSubject, Surroundings } from '../rule.ts';
import { dateOfDay, officeHoursOf, officeSpanOf } from '../shared/energy-days.ts';
import {
  round,
  type SeverityLimits,
  severityBy,
  sumTotals,
  type Totals,
} from '../shared/load-totals.ts';
import { yuanOf } from '../shared/money.ts';
import { type RestDay, type RestEpisode, toRestDay } from '../shared/rest-episode.ts';
import { dayWords, measuredHour, moneyWords, subItemOf, totalsSeen } from './load.ts';
import { amount } from './units.ts';

interface Limits extends SeverityLimits {
  readonly usedPct: number;
  readonly usedDeviations: number;
  readonly leastKwh: number;
}

interface Told {
  readonly change: Finding['change'];
  readonly episode: RestEpisode;
  readonly at: number;
  readonly subject: MeterSubject;
  readonly params: Limits;
  readonly around: Surroundings;
}

interface SeenHour {
  readonly at: number;
  readonly kwh: number;
}

/** Measured hours of a day. */
function hoursOf({ day, hours }: RestDay, institution: Institution): readonly SeenHour[] {
  const start = startOfDay(dateOfDay(day), institution.timeZone);
  const { from } = officeSpanOf(institution);
  return hours.flatMap((kwh, place) =>
    kwh === undefined ? [] : [{ at: start + (from + place) * hourMs, kwh }],
  );
}

/** What was used above a usual rest day, and what that costs: spread over the hours as they were used. */
function totalsOf(day: RestDay, { subject, around }: Told): Totals {
  const hours = hoursOf(day, subject.institution);
  const all = hours.reduce((sum, { kwh }) => sum + kwh, 0);
  const wastedKwh = day.usedKwh - day.restKwh;
  const amounts = hours.map(({ at, kwh }) => ({ at, amount: (wastedKwh * kwh) / all }));
  return { wastedKwh, yuan: yuanOf(around, subject, amounts) };
}

/** What an energy officer needs to check that a building was used, or left on, on a day off. */
export function explainRestDays(told: Told): Finding {
  const { change, episode, at, subject, params, around } = told;
  const { meter, institution } = subject;
  const days = episode.days.map(toRestDay);
  const totals = sumTotals(days.map((day) => totalsOf(day, told)));
  const hours = days.flatMap((day) => hoursOf(day, institution));
  const from = hours[0]?.at ?? at;
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityBy(totals, params),
    summary: toSummary(told, days, totals),
    evidence: {
      from,
      to: Math.max(from, (hours.at(-1)?.at ?? from) + hourMs),
      flagged: hours.map((hour) => hour.at).slice(-200),
      observed: {
        ...totalsSeen(totals),
        days: days.map(({ day, usedKwh }) => ({ date: dateOfDay(day), kwh: round(usedKwh) })),
        hours: hours.map((hour) => measuredHour(hour.at, hour.kwh)),
      },
      expected: {
        days: days.map(({ day, restKwh, workKwh, limitKwh, days: compared }) => ({
          date: dateOfDay(day),
          restDayKwh: round(restKwh),
          workdayKwh: round(workKwh),
          highKwh: round(limitKwh),
          daysCompared: compared,
        })),
      },
      method: toMethod(params, institution),
      context: {
        timeZone: institution.timeZone,
        officeHours: officeHoursOf(institution),
        days: days.map(({ day }) => dayWords(day, around)),
        calendar: 'published',
        ...subItemOf(meter),
      },
      quality: { judged: 'measured', hours: hours.length, priced: totals.yuan !== null },
    },
  };
}

function toSummary({ subject, around }: Told, days: readonly RestDay[], totals: Totals): Text {
  const { meter } = subject;
  const last = days.at(-1);
  const first = days[0];
  const name = first && around.day(dateOfDay(first.day))?.name;
  const since = first === undefined ? '' : dateOfDay(first.day).slice(5);
  const used = amount(last?.usedKwh ?? 0);
  const usual = amount(last?.restKwh ?? 0);
  const work = amount(last?.workKwh ?? 0);
  const what = name === undefined ? since : `${since}（${name}）`;
  const long: Text =
    days.length > 1
      ? { zh: `起 ${days.length} 个休息日`, en: ` and on ${days.length - 1} more days of rest` }
      : { zh: '', en: '' };
  const money = moneyWords(totals);
  const wasted = amount(totals.wastedKwh);
  return {
    zh: `${meter.name} ${what}${long.zh}像工作日一样用电：办公时段 ${used} kWh，休息日通常 ${usual}、工作日 ${work}，共多用 ${wasted} kWh${money.zh}`,
    en: `${meter.name}: used like a working day on ${since}${long.en}, ${used} kWh in office hours, a day of rest comes to ${usual} and a working day to ${work}; ${wasted} kWh more in all${money.en}`,
  };
}

function toMethod({ usedPct, usedDeviations, leastKwh }: Limits, institution: Institution): Text {
  const { from, to } = officeHoursOf(institution);
  return {
    zh: `只看办公时段（${from}–${to}）的实测小时。休息日通常值为该表自身最近 12 个周末日的中位数，工作日通常值为最近 10 个工作日的中位数（日历含调休；本单位自定开放日和假期优先）。当日超过休息日通常值，并越过从休息日到工作日差距的 ${usedPct}%、${usedDeviations} 倍离散度和以往八成休息日的水平，且多出 ${leastKwh} kWh，即告警，不必等当日结束；连续的休息日为一条告警，到工作日或恢复正常的休息日解除。法定节假日不计入以往水平；休息日超过工作日六成的表不判断。`,
    en: `Only measured hours within office hours (${from}–${to}). A usual day of rest is the median of the meter’s own newest 12 weekend days, a usual working day that of its newest 10 working days (by the calendar with transfer workdays; the institution’s own open days and vacations come first). Told as soon as the day has passed ${usedPct} % of the way from the one to the other, ${usedDeviations} deviations, what four in five days of rest came to, and ${leastKwh} kWh. Days of rest that follow each other are one alert, over with a working day or a usual day of rest. Statutory holidays are not learned; meters whose days of rest come to more than three fifths of working days are not judged.`,
  };
}
