import { type Metric, metrics } from '../../model/metrics.ts';
import type { Bilingual } from './exceptions.ts';

/** Something about values of one moment that a right register map hardly gives. The values themselves stay as they are. */
export interface Doubt extends Bilingual {
  readonly metrics: readonly Metric[];
}

type Values = Readonly<Partial<Record<Metric, number>>>;

/** How far a voltage may be from the nominal one. */
const voltageShare = 0.2;
/** How far the phases' powers may together be from the total: they are not measured at the same instant. */
const sumShare = 0.05;
const sumLeastKw = 0.05;
/** Room for voltage and current of another instant than the power's. */
const productShare = 1.2;
const productLeastKw = 0.1;
const mainsHz = { min: 45, max: 65 };

const phases = ['a', 'b', 'c'] as const;

const round = (value: number): number => Number(value.toPrecision(6));

function voltageDoubts(values: Values, nominalV: number | null): readonly Doubt[] {
  if (nominalV === null) return [];
  const [low, high] = [nominalV * (1 - voltageShare), nominalV * (1 + voltageShare)];
  return phases.flatMap((phase): readonly Doubt[] => {
    const metric = `voltage_${phase}_v` as const;
    const volts = values[metric];
    if (volts === undefined || (volts >= low && volts <= high)) return [];
    const range = `${round(low)}–${round(high)} V`;
    const { zh, en } = metrics[metric];
    return [
      {
        metrics: [metric],
        zh: `${zh} ${round(volts)} V，不在 ${range} 之内：缺相、PT 变比，或系数、地址不对`,
        en: `${en}: ${round(volts)} V is outside ${range}: a phase is dead, the PT ratio, the scale or the address is wrong`,
      },
    ];
  });
}

const powers = ['power_a_kw', 'power_b_kw', 'power_c_kw'] as const;

function sumDoubts(values: Values): readonly Doubt[] {
  const total = values.power_kw;
  const parts = powers.map((metric) => values[metric]).filter((kw) => kw !== undefined);
  if (total === undefined || parts.length < powers.length) return [];
  const sum = parts.reduce((all, kw) => all + kw, 0);
  const size = parts.reduce((all, kw) => all + Math.abs(kw), 0);
  if (Math.abs(sum - total) <= Math.max(size * sumShare, sumLeastKw)) return [];
  return [
    {
      metrics: ['power_kw', ...powers],
      zh: `三相功率之和 ${round(sum)} kW 与总功率 ${round(total)} kW 不符：地址错位，或某相 CT 接反`,
      en: `the phases' powers add up to ${round(sum)} kW, the total says ${round(total)} kW: addresses are shifted, or a CT is reversed`,
    },
  ];
}

function productDoubts(values: Values): readonly Doubt[] {
  const total = values.power_kw;
  const apparent = phases.reduce((sum, phase) => {
    const [volts, amperes] = [values[`voltage_${phase}_v`], values[`current_${phase}_a`]];
    return volts === undefined || amperes === undefined
      ? sum
      : sum + Math.abs(volts * amperes) / 1000;
  }, 0);
  if (total === undefined || apparent === 0) return [];
  if (Math.abs(total) <= apparent * productShare + productLeastKw) return [];
  return [
    {
      metrics: ['power_kw'],
      zh: `功率 ${round(total)} kW 大于各相电压乘电流 ${round(apparent)} kVA：系数、变比或字序不对`,
      en: `a power of ${round(total)} kW is more than voltage times current, ${round(apparent)} kVA: scale, ratio or word order is wrong`,
    },
  ];
}

function frequencyDoubts({ frequency_hz: hz }: Values): readonly Doubt[] {
  if (hz === undefined || (hz >= mainsHz.min && hz <= mainsHz.max)) return [];
  return [
    {
      metrics: ['frequency_hz'],
      zh: `频率 ${round(hz)} Hz 不是电网频率：系数或地址不对`,
      en: `${round(hz)} Hz is no mains frequency: scale or address is wrong`,
    },
  ];
}

function rangeDoubts(values: Values): readonly Doubt[] {
  return (Object.entries(values) as readonly [Metric, number][]).flatMap(([metric, value]) => {
    const { min, max, unit, zh, en } = metrics[metric];
    if (value >= min && value <= max) return [];
    return [
      {
        metrics: [metric],
        zh: `${zh} ${round(value)} ${unit} 超出可信范围，入库时将被隔离`,
        en: `${en}: ${round(value)} ${unit} is not believed and would be quarantined`,
      },
    ];
  });
}

/**
 * Holds the values of one reading against each other and against the mains, to find a wrong map, scale, order or ratio at the meter.
 * @param nominalV phase to neutral, as the meter would show it; null: not looked at
 */
export const doubtsOf = (values: Values, nominalV: number | null): readonly Doubt[] => [
  ...rangeDoubts(values),
  ...voltageDoubts(values, nominalV),
  ...sumDoubts(values),
  ...productDoubts(values),
  ...frequencyDoubts(values),
];
