import { nightHours } from '../../energy/night-base.ts';
import type { Evidence, Finding, Text } from '../../model/alert.ts';
import type { Institution } from '../../model/entities.ts';
import { hourMs, startOfDay } from '../../model/time.ts';
import type { MeterSubject, Surroundings } from '../rule.ts';
import { dateOfDay, dayUseOf, officeHoursOf } from '../shared/energy-days.ts';
import {
  round,
  type SeverityLimits,
  severityBy,
  sumTotals,
  type Totals,
} from '../shared/load-totals.ts';
import { type HighNight, type NightEpisode, toHighNight } from '../shared/night-episode.ts';
import { measuredHour, moneyWords, subItemOf, totalsSeen } from './load.ts';
import { amount } from './units.ts';

interface Limits extends SeverityLimits {
  readonly nights: number;
  readonly risePct: number;
  readonly riseKw: number;
  readonly riseDeviations: number;
  readonly limitWPerM2: number;
  readonly clearNights: number;
  readonly adaptDays: number;
}

interface Told {
  readonly change: Finding['change'];
  readonly episode: NightEpisode;
  /** It has lasted so long, or been explained, that it is taken for the new normal. */
  readonly adapted: boolean;
  readonly at: number;
  readonly subject: MeterSubject;
  readonly params: Limits;
  readonly around: Surroundings;
}

/** Five hours of each night, as the evidence of hours has them. */
function hoursOf(nights: readonly HighNight[], zone: string): readonly number[] {
  return nights.flatMap(({ day }) => {
    const start = startOfDay(dateOfDay(day), zone);
    return Array.from({ length: nightHours }, (_, hour) => start + hour * hourMs);
  });
}

/** Those that were measured and are remembered. */
const seenHours = ({ day, hours }: HighNight, zone: string) =>
  hours.flatMap((kwh, hour) =>
    kwh === undefined ? [] : [{ start: startOfDay(dateOfDay(day), zone) + hour * hourMs, kwh }],
  );

const observedOf = (
  { cause }: NightEpisode,
  nights: readonly HighNight[],
  totals: Totals,
  zone: string,
): Evidence['observed'] => ({
  cause,
  ...totalsSeen(totals),
  nights: nights.map(({ day, kw, wastedKwh, yuan }) => ({
    date: dateOfDay(day),
    kw: round(kw),
    ...totalsSeen({ wastedKwh, yuan }),
  })),
  hours: nights.flatMap((night) =>
    seenHours(night, zone).map(({ start, kwh }) => measuredHour(start, kwh)),
  ),
});

const expectedOf = (nights: readonly HighNight[], zone: string): Evidence['expected'] => ({
  hours: nights.flatMap((night) =>
    seenHours(night, zone).map(({ start }) => ({
      start,
      value: round(night.usualKw),
      low: 0,
      high: round(night.limitKw),
    })),
  ),
  nights: nights.map(({ day, usualKw, limitKw, nights: compared, after }) => ({
    date: dateOfDay(day),
    kw: round(usualKw),
    highKw: round(limitKw),
    nightsCompared: compared,
    after,
  })),
});

/** What an energy officer needs to check that something runs by night that should not. */
export function explainNights(told: Told): Finding {
  const { change, episode, adapted, at, subject, params, around } = told;
  const { meter, institution } = subject;
  const { timeZone } = institution;
  const nights = episode.nights.map(toHighNight);
  const totals = sumTotals(nights, episode.earlier);
  const flagged = hoursOf(nights, timeZone);
  const from = startOfDay(dateOfDay(episode.first), timeZone);
  const calendar = nights.every(({ day }) => dayUseOf(around, institution, day - 1).isKnown);
  const areaM2 = around.floorAreaM2?.(meter);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityBy(totals, params),
    summary: toSummary(told, totals),
    evidence: {
      from,
      to: (flagged.at(-1) ?? from) + hourMs,
      flagged,
      observed: observedOf(episode, nights, totals, timeZone),
      expected: expectedOf(nights, timeZone),
      method: toMethod(params, institution),
      context: {
        timeZone,
        calendar: calendar ? 'published' : 'weekday-only',
        officeHours: officeHoursOf(institution),
        adapted,
        ...subItemOf(meter),
        ...(areaM2 === undefined ? {} : { floorAreaM2: areaM2 }),
      },
      quality: { judged: 'measured', priced: totals.yuan !== null },
    },
  };
}

function toSummary({ episode, subject }: Told, totals: Totals): Text {
  const { meter } = subject;
  const { nights, earlier, first, cause } = episode;
  const count = earlier.nights + nights.length;
  const since = dateOfDay(first).slice(5);
  const [, lastKw = 0, usualKw = 0] = nights.at(-1) ?? [];
  const [kw, usual] = [amount(lastKw), amount(usualKw)];
  const wasted = amount(totals.wastedKwh);
  const money = moneyWords(totals);
  const than: Text =
    cause === 'rise'
      ? { zh: `同类夜晚通常 ${usual} kW`, en: `usually ${usual} kW on like nights` }
      : { zh: `按面积限值 ${usual} kW`, en: `limit by floor area ${usual} kW` };
  return {
    zh: `${meter.name}自 ${since} 起 ${count} 个夜晚基础负荷偏高：最近 ${kw} kW，${than.zh}，夜间多用约 ${wasted} kWh${money.zh}`,
    en: `${meter.name}: base load too high on ${count} nights since ${since}, lately ${kw} kW, ${than.en}, about ${wasted} kWh more by night${money.en}`,
  };
}

function toMethod(params: Limits, institution: Institution): Text {
  const { from, to } = officeHoursOf(institution);
  const { nights, risePct, riseKw, riseDeviations, clearNights, adaptDays, limitWPerM2 } = params;
  const area: Text =
    limitWPerM2 === 0
      ? { zh: '', en: '' }
      : {
          zh: `每平方米超过 ${limitWPerM2} W（由用户设定，无公开依据）也算偏高。`,
          en: ` More than ${limitWPerM2} W for each m² (set by the user, without a public source) is too high as well.`,
        };
  return {
    zh: `基础负荷为当地 0 至 5 时各小时（去掉最高的一小时）的平均功率；与该表自身最近的同类夜晚（工作日之后 15 个，休息日之后 8 个，同一供暖季，知道室外温度时炎热或寒冷的夜晚只与同样天气的比较；有寒暑假的学校取近 12 周中最高的一段）的中位数比较。高出 ${risePct}% 、${riseKw} kW 且 ${riseDeviations} 倍离散度，连续 ${nights} 晚即告警。多用电量按下班到上班（${to}–${from}）的小时数推算，因为基础负荷整夜存在；金额按当时电价。${area.zh}连续 ${clearNights} 晚恢复即解除，持续 ${adaptDays} 天视为新的常态；偏高的夜晚和法定节假日不计入以往水平，只判断实测小时。`,
    en: `Base load is the mean power of the hours from 0:00 to 5:00 without the highest; it is compared with the median of the meter’s own newest like nights (15 after working days, 8 after days of rest, of the same heating season, hot and cold nights only with those of such weather where the temperature outdoors is known; in schools the highest stretch of 12 weeks, for their vacations). ${risePct} %, ${riseKw} kW and ${riseDeviations} deviations above it on ${nights} nights running is told. What is wasted is reckoned for the hours from closing to opening (${to}–${from}), for a base load runs all night; money by the tariff in force.${area.en} Over after ${clearNights} usual nights; after ${adaptDays} days it is taken for the new normal. Nights that are too high, and those of statutory holidays, are not learned; only measured hours are judged.`,
  };
}
