import { bars, both, type ColumnLook, gauge, rows, unitOf } from './panel.ts';
import type { Condition } from './query.ts';
import { target, toInfluxQl } from './query.ts';

/*
 * Panels about what meters used, from the rollups: a counter's readings would have to be judged again for every look.
 */

const electricity: readonly Condition<'meter_consumption'>[] = [
  { tag: 'institution', variable: 'institution' },
  { tag: 'building', variable: 'building' },
  { tag: 'medium', is: 'electricity' },
  // What is missing may keep a value from before it was.
  { field: 'quality', isNot: 'missing' },
];

export const placeOfMeter: readonly ColumnLook[] = [
  { name: 'building', label: { zh: '建筑', en: 'Building' } },
  { name: 'meter', label: { zh: '表计', en: 'Meter' } },
];

/** What each meter used by the day, those that used most first. */
export const usedByMeter = () => {
  const used = { zh: '用电量', en: 'Electricity' };
  return rows({
    title: { zh: '近七日用电', en: 'Electricity of seven days' },
    description: {
      zh: '各电表最近七个完整自然日内的用电量，多的在前。比往周明显偏多的表计，到管家“用量”中查看是哪几个小时。总表与分表并列，请勿相加。',
      en: 'What each meter used in the whole days of the last week, most first. For meters with far more than in other weeks, look up in Guanjia which hours it was. Main and sub-meters stand side by side: do not add them up.',
    },
    width: 24,
    height: 8,
    columns: [...placeOfMeter, gauge('used', used, unitOf('energy_import_kwh'))],
    sortBy: both(used),
    targets: [
      target(
        toInfluxQl({
          from: 'meter_consumption',
          columns: [{ field: 'value', aggregate: 'sum', as: 'used' }],
          where: [...electricity, { tag: 'by', is: 'day' }],
          by: ['building', 'meter'],
        }),
        { table: true },
      ),
    ],
  }).timeFrom('7d');
};

/** What the meters chosen used hour by hour. */
export const usedByHour = () =>
  bars({
    title: { zh: '逐时用电量', en: 'Electricity by the hour' },
    description: {
      zh: '所选电表每小时的用电量；整点后有新示数才出现，补传后自动更正。夜间和节假日的柱子偏高时，查找未关的设备。',
      en: 'What the meters chosen used in each hour, once it is over and a reading has come since; late data puts it right by itself. If the bars of nights and holidays are high, look for what was left on.',
    },
    width: 24,
    height: 8,
    unit: unitOf('energy_import_kwh'),
    targets: [
      target(
        toInfluxQl({
          from: 'meter_consumption',
          columns: [{ field: 'value', aggregate: 'sum', as: 'used' }],
          where: [...electricity, { tag: 'meter', variable: 'meter' }, { tag: 'by', is: 'hour' }],
          by: ['meter'],
          every: '1h',
        }),
        { alias: '$tag_meter' },
      ),
    ],
  }).interval('1h');
