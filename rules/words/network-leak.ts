import { excessOf, lossesOf, type NetworkDay, type UsualDay } from '../../energy/network-leak.ts';
import type { Finding, Text } from '../../model/alert.ts';
import { dayMs, localTime } from '../../model/time.ts';
import type { DayAround } from '../balance/kind.ts';
import type { MeterSubject } from '../rule.ts';
import { yuanOf } from '../shared/money.ts';
import type { NetworkEpisode, NetworkParams } from '../shared/network-episode.ts';
import { costText, type LostWater, rounded, severityOfLost, toLost } from './lost-water.ts';
import { amount } from './units.ts';

interface Told {
  readonly change: Finding['change'];
  readonly episode: NetworkEpisode;
  /** End of the day that says so. */
  readonly at: number;
  /** Why it is over. */
  readonly why?: string;
  readonly subject: MeterSubject;
  readonly params: NetworkParams;
  readonly around: DayAround;
}

function lostIn({ episode, around, subject }: Told): LostWater {
  const losses = lossesOf(episode.days, episode.rise);
  const lostM3 = losses.reduce((sum, each) => sum + each.amount, 0);
  return { lostM3, yuan: yuanOf(around, subject, losses) };
}

/** What an officer needs to look in the right place and to know what it costs. */
export function explainNetworkLeak(told: Told): Finding {
  const { change, episode, at, why, subject, params, around } = told;
  const { rise, days, members } = episode;
  const { meter, institution } = subject;
  const lost = lostIn(told);
  const newest = days.at(-1);
  const zone = institution.timeZone;
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityOfLost(lost, params),
    summary: toSummary(told, lost),
    evidence: {
      from: rise.since,
      to: newest?.to ?? at,
      flagged: days.map(({ from }) => from),
      observed: {
        unit: 'm³',
        ...toLost(lost),
        excessM3PerDay: rounded(rise.excess),
        days: days.slice(-daysShown).map((day) => toDay(day, told)),
      },
      expected: {
        ...toUsual(rise.usual),
        excessAtMostM3PerDay: rounded(rise.limit),
      },
      method: toMethod(params),
      context: {
        risenSince: localTime(rise.since, zone).date,
        metersBelow: members.map((id) => around.meter(id)?.name ?? id),
        foundByDays: rise.days,
        ...(why === undefined ? {} : { over: why }),
        timeZone: zone,
        medium: meter.medium,
      },
      quality: {
        registersLeaveOpenM3: rounded(newest?.doubt ?? 0),
        daysNotMeasured: Math.max(
          0,
          Math.round(((newest?.to ?? at) - rise.since) / dayMs) - days.length,
        ),
      },
    },
  };
}

const toUsual = ({ work, rest, holiday }: UsualDay) => ({
  ...(work !== undefined && { unmeteredWorkM3PerDay: rounded(work) }),
  ...(rest !== undefined && { unmeteredRestM3PerDay: rounded(rest) }),
  ...(holiday !== undefined && { unmeteredHolidayM3PerDay: rounded(holiday) }),
});

const daysShown = 14;

function toDay(day: NetworkDay, { episode, subject }: Told) {
  const { from, use, own, below, unmetered } = day;
  return {
    date: localTime(from, subject.institution.timeZone).date,
    use,
    own: rounded(own),
    below: rounded(below),
    unmetered: rounded(unmetered),
    aboveUsual: rounded(excessOf(day, episode.rise.usual) ?? episode.rise.excess),
  };
}

const namesShown = 3;

function namesOf({ episode, around }: Told): Text {
  const names = episode.members.map((id) => around.meter(id)?.name ?? id);
  const some = names.slice(0, namesShown);
  const isMore = names.length > namesShown;
  return {
    zh: `${some.join('、')}${isMore ? `等 ${names.length} 块表` : ''}`,
    en: `${some.join(', ')}${isMore ? ` and ${names.length - namesShown} more` : ''}`,
  };
}

function toSummary(told: Told, lost: LostWater): Text {
  const { episode, subject } = told;
  const { rise } = episode;
  const { meter, institution } = subject;
  const since = localTime(rise.since, institution.timeZone).date.slice(5);
  const below = namesOf(told);
  const usual = amount(rise.usual.work ?? rise.usual.rest ?? rise.usual.holiday ?? 0);
  const more = amount(rise.excess);
  const cost = costText(lost);
  return {
    zh: `${meter.name}与下级表（${below.zh}）之间自 ${since} 起每日多流失约 ${more} m³（未计量水量通常 ${usual} m³/日），累计至少 ${amount(lost.lostM3)} m³${cost.zh}`,
    en: `About ${more} m³ a day more is lost between ${meter.name} and the meters below it (${below.en}) since ${since} (usually ${usual} m³ a day is not metered), at least ${amount(lost.lostM3)} m³ so far${cost.en}`,
  };
}

const toMethod = (params: NetworkParams): Text => ({
  zh: `每个自然日：总表用量减去直接下级表用量之和，即未计量水量，与此前 90 天同类日（工作日、休息日、节假日）的中位数相比。最近 3 天、7 天或 14 天（不计数据不全的日子）的平均高出 ${params.deviations} 个标准差（按天数与以往同样长的连续数日的高低折算）、每日 ${params.leastM3PerDay} m³ 与总表用量的 ${params.leastSharePct}% 中的最大者，再加下级表用量异于平常部分的 ${2 * params.accuracyPct}%（两侧表计准确度各 ${params.accuracyPct}%），并高于此前任何同样长的连续数日，且几乎每天都高。只看全部为实测的日子。连续两天降回一半以下即解除。`,
  en: `For each local day: what the meter counted less the sum of those directly below it, compared with the median of like days (working days, days of rest, holidays) of the 90 days before. The newest 3, 7 or 14 days (of which everything is known) together lie above it by the most of ${params.deviations} deviations of so many days (by how days scatter, and by how high as many running have been), ${params.leastM3PerDay} m³ a day and ${params.leastSharePct} % of what the meter counts, and by ${2 * params.accuracyPct} % of what those below counted more or less than usual (${params.accuracyPct} % by the class of the meters on each side); above as many days running before; and nearly every day does. Only days that were measured throughout count. Over when two days running are above by less than half.`,
});
