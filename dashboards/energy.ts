import type { Text } from '../model/alert.ts';
import type { Metric } from '../model/metrics.ts';
import { metrics } from '../model/metrics.ts';
import { raisedAlerts, standingAlerts } from './alerts.ts';
import { placeOfMeter, usedByHour, usedByMeter } from './consumption.ts';
import { frame, heard, row, withAlerts } from './frame.ts';
import { both, gauge, lines, rows, steps, unitOf } from './panel.ts';
import type { Condition } from './query.ts';
import { tagValues, target, toInfluxQl } from './query.ts';
import { chosen, chosenOrAll, type DashboardSettings } from './variables.ts';

const inInstitution: Condition<'meter_reading'>[] = [
  { tag: 'institution', variable: 'institution' },
];
const inBuildings: Condition<'meter_reading'>[] = [
  ...inInstitution,
  { tag: 'building', variable: 'building' },
];
const ofMeters: Condition<'meter_reading'>[] = [
  ...inBuildings,
  { tag: 'meter', variable: 'meter' },
];

/** How far back "now" reaches: a slow meter reports every quarter of an hour. */
const nowWindow = '1h';

const counters = {
  from: 'meter_reading',
  field: 'energy_import_kwh',
  where: [...inBuildings, { tag: 'medium', is: 'electricity' }],
  within: nowWindow,
} as const;

const metersHeard = () =>
  heard({
    title: { zh: '在线电表', en: 'Electricity meters heard from' },
    description: {
      zh: '最近一小时上报过电能示数的电表数。少于台账时，在管家中找出静默的表计，先查网关和供电。',
      en: 'Electricity meters with a counter reading within the last hour. If there are fewer than in the inventory, find the silent ones in Guanjia; check gateway and supply first.',
    },
    ...counters,
    by: 'meter',
  });

const buildingsHeard = () =>
  heard({
    title: { zh: '有数据的建筑', en: 'Buildings heard from' },
    description: {
      zh: '最近一小时有电能示数的建筑数。整栋建筑没有数据，多半是该楼网关或网络中断。',
      en: 'Buildings with a counter reading within the last hour. A whole building without data is most often its gateway or network.',
    },
    ...counters,
    by: 'building',
  });

const powerNow = () => {
  const { zh, en } = metrics.power_kw;
  const power = { zh, en };
  return rows({
    title: { zh: '当前功率', en: 'Power now' },
    description: {
      zh: '各电表最近一小时内的最新功率，大的在前。下班后仍居前列的表计，到管家查看其夜间用电并派人关停。总表与分表并列，请勿相加。',
      en: 'Latest power of each meter within an hour, largest first. For meters that still lead after hours, look at their night load in Guanjia and have it switched off. Main and sub-meters stand side by side: do not add them up.',
    },
    width: 12,
    height: 9,
    columns: [...placeOfMeter, gauge('power_kw', power, unitOf('power_kw'))],
    sortBy: both(power),
    targets: [
      target(
        toInfluxQl({
          from: 'meter_reading',
          columns: [{ field: 'power_kw', aggregate: 'last' }],
          where: inBuildings,
          by: ['building', 'meter'],
        }),
        { table: true },
      ),
    ],
  }).timeFrom(nowWindow);
};

const latestCounters = () => {
  const counters: readonly Metric[] = ['energy_import_kwh', 'volume_m3', 'heat_gj'];
  return rows({
    title: { zh: '最新示数', en: 'Latest counters' },
    description: {
      zh: '所选表计在所选时间内的最新累计示数，用于与现场抄表核对。差异按倍率成比例时，检查互感器变比是否重复计算。',
      en: 'Latest counters of the meters chosen, to compare with what the meters themselves show. If they differ by a fixed ratio, check whether the transformer ratio is applied twice or not at all.',
    },
    width: 12,
    height: 9,
    columns: [
      { name: 'meter', label: { zh: '表计', en: 'Meter' } },
      { name: 'medium', label: { zh: '介质', en: 'Medium' } },
      ...counters.map((metric) => ({
        name: metric,
        label: metrics[metric],
        properties: [
          { id: 'unit', value: unitOf(metric) },
          { id: 'decimals', value: 2 },
        ],
      })),
    ],
    targets: [
      target(
        toInfluxQl({
          from: 'meter_reading',
          columns: counters.map((field) => ({ field, aggregate: 'last' as const })),
          where: ofMeters,
          by: ['meter', 'medium'],
        }),
        { table: true },
      ),
    ],
  });
};

interface Quantity {
  readonly metric: Metric;
  readonly description: Text;
  readonly width: number;
}

/** One quantity of the meters chosen, over time, under its name in the catalogue. */
const quantity = ({ metric, description, width }: Quantity) =>
  lines({
    title: metrics[metric],
    description,
    width,
    height: 8,
    unit: unitOf(metric),
    targets: [
      target(
        toInfluxQl({
          from: 'meter_reading',
          columns: [{ field: metric, aggregate: 'mean' }],
          where: ofMeters,
          by: ['meter'],
          every: '$__interval',
        }),
        { alias: '$tag_meter' },
      ),
    ],
  });

const power = () =>
  quantity({
    metric: 'power_kw',
    width: 24,
    description: {
      zh: '所选表计的功率。夜间和节假日的平台即基础负荷；比前几周抬高时，查找未关的设备。断线是没有数据，不是零。',
      en: 'Power of the meters chosen. The plateau of nights and holidays is the base load; if it is higher than in the weeks before, look for what was left on. A break in the line is missing data, not zero.',
    },
  });

const powerFactor = () =>
  quantity({
    metric: 'power_factor',
    width: 12,
    description: {
      zh: '低于考核值（多为 0.85 或 0.9）会加收力调电费：检查无功补偿柜。',
      en: 'Below the contract value (mostly 0.85 or 0.9) the supplier charges for reactive power: check the compensation cabinet.',
    },
  }).thresholds(steps('red', [0.9, 'green']));

const voltage = () =>
  quantity({
    metric: 'voltage_a_v',
    width: 12,
    description: {
      zh: '220 V 单相允许 198 至 235.4 V（GB/T 12325）。持续越限时联系供电部门或调整变压器分接头。',
      en: 'For 220 V single phase 198 to 235.4 V is allowed (GB/T 12325). If it stays outside, call the supplier or change the tap of the transformer.',
    },
  });

const flow = () =>
  quantity({
    metric: 'flow_m3h',
    width: 12,
    description: {
      zh: '凌晨 2 至 4 点流量应接近零；长期不回零多为漏水，先关楼层阀门逐段排查。',
      en: 'Between 2 and 4 at night the flow should be near zero. If it never is, water leaks: close the valves floor by floor to find where.',
    },
  });

const indoorTemperature = () =>
  quantity({
    metric: 'indoor_temperature_c',
    width: 12,
    description: {
      zh: '公共建筑夏季不低于 26 °C、冬季不高于 20 °C。越限时调整空调设定并提醒使用单位。',
      en: 'Public buildings: not below 26 °C in summer, not above 20 °C in winter. If it is, set the air conditioning right and tell the occupants.',
    },
  });

/** Energy and water of an institution: what is wrong, what runs now, and the meters chosen in detail. */
export const energyDashboard = (settings: DashboardSettings) => {
  const about = {
    name: 'energy',
    title: { zh: '管家 · 能源与水', en: 'Guanjia: energy and water' },
    description: {
      zh: '机构的电、水、热与环境',
      en: 'Electricity, water, heat and rooms of an institution',
    },
    variables: [
      chosen(
        'institution',
        { zh: '机构', en: 'Institution' },
        tagValues('meter_reading', 'institution'),
      ),
      chosenOrAll(
        'building',
        { zh: '建筑', en: 'Building' },
        tagValues('meter_reading', 'building', inInstitution),
      ),
      chosen(
        'meter',
        { zh: '表计', en: 'Meter' },
        tagValues('meter_reading', 'meter', inBuildings),
      ),
    ],
  };
  const panels = frame(about, settings)
    .withRow(row({ zh: '现在', en: 'Now' }))
    .withPanel(standingAlerts('meter'))
    .withPanel(raisedAlerts('meter'))
    .withPanel(metersHeard())
    .withPanel(buildingsHeard())
    .withPanel(powerNow())
    .withPanel(latestCounters())
    .withPanel(usedByMeter())
    .withRow(row({ zh: '所选表计', en: 'Meters chosen' }))
    .withPanel(power())
    .withPanel(usedByHour())
    .withPanel(powerFactor())
    .withPanel(voltage())
    .withPanel(flow())
    .withPanel(indoorTemperature());
  return withAlerts(panels, 'meter');
};
