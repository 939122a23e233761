import { leastOfSix, longBursts, longFactorOf } from '../../energy/burst.ts';
import {
  coarseNightHours,
  drawM3,
  floorOf,
  type Leak,
  type LeakLimits,
  nightHours,
} from '../../energy/leak.ts';
import { type FlowMemory, measuredOf, usualFlow } from '../../energy/water-flow.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { dayMs, hourMs, isoInZone } from '../../model/time.ts';
import type { Surroundings } from '../rule.ts';
import { hoursWithin } from '../shared/flagged.ts';
import type { Episode } from '../shared/leak-episode.ts';
import { costText, type LostWaterLimits, severityOfLost, toLost } from './lost-water.ts';
import { amount, clock, duration } from './units.ts';

export interface Told {
  readonly change: Finding['change'];
  readonly episode: Episode;
  readonly flow: FlowMemory;
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly params: Limits;
  readonly around: Pick<Surroundings, 'day'>;
  readonly at: number;
}

interface Limits extends LeakLimits, LostWaterLimits {
  readonly adaptDays: number;
}

type Pattern = Leak['pattern'] | 'burst';

const patternOf = ({ leak }: Episode): Pattern => leak?.pattern ?? 'burst';

const litres = (m3: number): number => Number((m3 * 1000).toPrecision(4));

/** What an energy officer needs to find the leak and to know what it costs. */
export function explainLeak(told: Told): Finding {
  const { change, episode, flow, subject, params, at } = told;
  const { meter, institution } = subject;
  const { leak, burst, since, flaggedFrom, flaggedTo } = episode;
  const usual = usualFlow(flow);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityOfLost(episode, params),
    summary: toSummary(told),
    evidence: {
      from: since,
      to: Math.max(since, Math.min(at, flaggedTo)),
      flagged: hoursWithin(flaggedFrom, flaggedTo),
      observed: {
        unit: 'm³',
        ...toLost(episode),
        ...(leak && { leastLitresPerHour: litres(leak.least), overHours: leak.overHours }),
        ...(burst && { burstLitresPerHour: litres(burst.flow) }),
        nights: flow.nights.slice(-nightsShown).map(({ day, least, leaking }) => ({
          date: new Date(day * dayMs).toISOString().slice(0, 10),
          leastLitresPerHour: litres(least),
          leaking,
        })),
        hours: hoursOf(flow),
      },
      expected: {
        ...(leak && {
          leastLitresPerHour: litres(leak.usual),
          atMostLitresPerHour: litres(leak.limit),
        }),
        ...(burst && {
          mostLitresPerHour: litres(burst.usual),
          atMostLitresPerHour: litres(burst.limit),
        }),
        leastThatCountsLitresPerHour: litres(floorOf(usual, params)),
      },
      method: toMethod(params),
      context: {
        pattern: patternOf(episode),
        adapted: episode.adapted,
        ...dayOf(told),
        timeZone: institution.timeZone,
        medium: meter.medium,
      },
      quality: {
        registerStepLitres: flow.step === null ? null : litres(flow.step),
        notMeasuredHours: measuredOf(flow).filter((value) => value === null).length,
      },
    },
  };
}

/** Litres where it is less than a cubic metre. */
const volume = (m3: number): string => (m3 < 1 ? `${Math.round(m3 * 1000)} L` : `${amount(m3)} m³`);

const nightsShown = 14;
const hoursShown = 24;

function hoursOf({ hours, marks, newest }: FlowMemory) {
  const first = Math.max(0, hours.length - hoursShown);
  return hours.slice(first).map((value, index) => ({
    start: newest - (hours.length - 1 - first - index) * hourMs,
    value,
    quality: value === null ? 'missing' : marks[first + index] === 'e' ? 'estimated' : 'measured',
  }));
}

function dayOf({ episode, subject, around }: Told): Readonly<Record<string, unknown>> {
  const date = isoInZone(episode.since, subject.institution.timeZone).slice(0, 10);
  const day = around.day(date);
  return {
    date,
    ...(day && { dayKind: day.kind, dayName: day.name }),
    calendar: day ? 'published' : 'weekday-only',
  };
}

function toSummary({ episode, subject, at }: Told): Text {
  const { meter, institution } = subject;
  const { leak, burst, since, lostM3 } = episode;
  const from = clock(since, institution.timeZone);
  const long = duration(Math.max(hourMs, at - since));
  const cost = costText(episode);
  const lost: Text = {
    zh: `${long.zh}来约损失 ${volume(lostM3)}${cost.zh}`,
    en: `about ${volume(lostM3)} lost in ${long.en}${cost.en}`,
  };
  const flow = amount(litres(leak?.least ?? 0));
  const usual = amount(litres(leak?.usual ?? 0));
  const words: Record<Pattern, Text> = {
    continuous: {
      zh: `昼夜不停用水，最小流量 ${flow} L/h（以往至多 ${usual} L/h）`,
      en: `water has not rested, least flow ${flow} L/h (${usual} L/h at most before)`,
    },
    nights: {
      zh: `夜间最小流量升至 ${flow} L/h（以往 ${usual} L/h）`,
      en: `least flow of the nights has risen to ${flow} L/h (${usual} L/h before)`,
    },
    burst: {
      zh: '流量远超以往最大值，疑似爆管',
      en: 'far more water than ever before, possibly a burst pipe',
    },
  };
  const what = words[patternOf(episode)];
  const burstToo: Text =
    leak && burst ? { zh: '；现流量突增', en: '; far more is flowing now' } : { zh: '', en: '' };
  return {
    zh: `${meter.name}自 ${from} ${what.zh}，${lost.zh}${burstToo.zh}`,
    en: `${meter.name}: ${what.en} since ${from}, ${lost.en}${burstToo.en}`,
  };
}

const [threeHours, sixHours] = longBursts;

const toMethod = (params: Limits): Text => ({
  zh: `漏水昼夜不停，因此看一天中最静的时段，不论其在何时。昼夜不停：24 小时内的最小流量高于以往两月最高者的 2 倍加 2 份起算流量，或 48 小时内高于 1.5 倍加 1 份；且至少高出偶然的每小时一次用水（${litres(drawM3)} L，48 小时则不超过夜间惯常流量）。夜间升高：每日最静的连续 ${nightHours} 小时（步长较粗的表为 ${coarseNightHours} 小时；步长 100 L 起且升高两个步长以上时 ${nightHours} 小时亦可），最近 3、4 或 7 夜的平均高于此前任何同样长的连续数夜，或 4 夜以上各夜均高于此前九成的夜，且平均高出其中位数 ${params.nightDeviations} 个标准差（按夜数折算，不小于零星用水自身的随机波动）和起算流量，并且每夜（7 夜中可有一夜除外）至少升高该幅度的四分之一。起算流量为 ${params.leastLitresPerHour} L/h 与平均流量 ${params.leastSharePct}% 中的大者。爆管：连续两小时均高于一年来最忙两小时的 ${params.burstFactor} 倍加 ${params.burstLitresPerHour} L/h，或单小时高于最忙一小时的 ${2 * params.burstFactor} 倍，或连续三小时的平均高于最忙三小时的 ${longFactorOf(threeHours, params)} 倍，或六小时的高于最忙六小时的 ${longFactorOf(sixHours, params)} 倍；夜间（22 时至 6 时）高于夜间最忙两小时的 ${2 * params.burstFactor} 倍且过全天的一半亦是，六小时的平均同此（过全天的 ${leastOfSix} 倍）。两周内三次则视为惯常用水。流量降回（爆管为连续两小时，夜间升高为连续两夜）即解除。只看实测小时。`,
  en: `A leak runs day and night, so the quietest hours of a day are looked at, whenever these are. Continuous: the least flow within 24 hours lies above twice the highest such of the last two months and twice the flow that counts, or within 48 hours above 1.5 times and once; at least by one chance draw an hour (${litres(drawM3)} L; over 48 hours no more of it than nights usually have). Nights: the quietest ${nightHours} hours running (${coarseNightHours} of a coarse register, or ${nightHours} where they have risen by two steps of 100 L or more) of the newest 3, 4 or 7 days together lie above as many days running before, or each of 4 or more above nine in ten of them, and together above their median by ${params.nightDeviations} deviations of so many nights (no less than few draws vary by themselves) and the flow that counts, each night but one of 7 by a quarter of that rise. The flow that counts is ${params.leastLitresPerHour} L/h or ${params.leastSharePct} % of the mean flow, whichever is more. Burst: two hours running above ${params.burstFactor} times the busiest two of the year and ${params.burstLitresPerHour} L/h, or one hour above ${2 * params.burstFactor} times the busiest, or three hours together above ${longFactorOf(threeHours, params)} times the busiest three, or six above ${longFactorOf(sixHours, params)} times the busiest six; at night (22:00 to 6:00) also ${2 * params.burstFactor} times the busiest two of the nights where that is half of the day’s, and six hours likewise where it is ${leastOfSix} of the day’s. Three within two weeks are how water is used there. Over when less flows again (two hours after a burst, two nights where the nights had risen). Only measured hours count.`,
});
