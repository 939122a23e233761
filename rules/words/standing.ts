import type { AnyFigure } from '../../energy/standing/amount.ts';
import { unitOf } from '../../energy/standing/amount.ts';
import type { GoalStanding } from '../../energy/standing/goal.ts';
import type { Text } from '../../model/alert.ts';

/** How the figures of institutions are called and told. */

const names: Readonly<Record<AnyFigure, Text>> = {
  'energy-kgce': { zh: '综合能耗', en: 'comprehensive energy' },
  'electricity-kwh': { zh: '用电量', en: 'electricity' },
  'water-m3': { zh: '用水量', en: 'water' },
  'gas-m3': { zh: '用气量', en: 'gas' },
  'heat-gj': { zh: '用热量', en: 'heat' },
  'co2-kg': { zh: '碳排放量', en: 'CO2' },
  'per-head-kgce': { zh: '人均综合能耗', en: 'energy by head' },
  'per-m2-kgce': { zh: '单位建筑面积能耗', en: 'energy by floor area' },
  'electricity-per-m2-kwh': { zh: '单位建筑面积电耗', en: 'electricity by floor area' },
  'water-per-head-m3': { zh: '人均用水量', en: 'water by head' },
  'co2-per-m2-kg': { zh: '单位建筑面积碳排放', en: 'CO2 by floor area' },
  'non-heating-per-m2-kgce': {
    zh: '单位建筑面积非供暖能耗',
    en: 'energy other than heating by floor area',
  },
  'heating-per-m2-kgce': { zh: '单位建筑面积供暖能耗', en: 'heating by floor area' },
};

/** A number as a person reads it: grouped, with what counts behind the point. */
export function number(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits });
}

export const withUnit = (value: number, figure: AnyFigure): string =>
  `${number(value)} ${unitOf(figure)}`;

export const percent = (value: number): string => `${Number(value.toFixed(1))} %`;

/** Several texts one after another. */
export const joined = (texts: readonly Text[]): Text => ({
  zh: texts.map(({ zh }) => zh).join('；'),
  en: texts.map(({ en }) => en).join('; '),
});

const calibreNames: Readonly<Record<string, Text>> = {
  calorific: { zh: '（当量值）', en: ' (calorific)' },
  equivalent: { zh: '（等价值）', en: ' (equivalent)' },
};

/** The name, with its calibre where it has one. */
export function titled(figure: AnyFigure, calibre: string | null): Text {
  const { zh, en } = names[figure];
  const kind = calibre === null ? undefined : calibreNames[calibre];
  return { zh: `${zh}${kind?.zh ?? ''}`, en: `${en}${kind?.en ?? ''}` };
}

/** How a year goes against its goal. */
export function goalWords(
  figure: AnyFigure,
  calibre: string | null,
  goalName: Text,
  { goal, actual, forecast, state }: GoalStanding,
): Text {
  const name = titled(figure, calibre);
  const limit = goal === null ? '' : withUnit(goal, figure);
  if (state === 'exceeded' || state === 'missed') {
    const over = actual === null ? '' : withUnit(actual, figure);
    return state === 'missed'
      ? {
          zh: `${name.zh}全年 ${over}，超过${goalName.zh} ${limit}`,
          en: `${name.en} came to ${over} in the year, above the ${goalName.en} of ${limit}`,
        }
      : {
          zh: `${name.zh}已达 ${over}，超过全年${goalName.zh} ${limit}`,
          en: `${name.en} is ${over} already, above the year’s ${goalName.en} of ${limit}`,
        };
  }
  const [value, lower, upper] = forecast
    ? [forecast.value, forecast.lower, forecast.upper].map(number)
    : ['', '', ''];
  const unit = unitOf(figure);
  return {
    zh: `${name.zh}预计全年 ${value} ${unit}（${lower}–${upper}），${goalName.zh} ${limit}`,
    en: `${name.en} is heading for ${value} ${unit} in the year (${lower}–${upper}), the ${goalName.en} is ${limit}`,
  };
}
