import type { EChartsOption } from 'echarts';
import type { InstitutionPageView, StretchFigures } from '../../api/contract.ts';
import type { ChartColors } from './chart-options.ts';
import { formatNumber, type Locale } from './format.ts';

/** An institution's year as the page shows it. */

export const amounts = ['electricity', 'water', 'gas', 'heat'] as const;
export const derived = [
  'energy',
  'co2',
  'perHead',
  'perM2',
  'electricityPerM2',
  'waterPerHead',
] as const;
export type PageItem = (typeof amounts)[number] | (typeof derived)[number];

/** Of the year too little was measured to be compared with another. */
const leastCoverage = 0.95;

export interface Figure {
  readonly value: number | null;
  readonly unit: string;
  /** Whether it is everything, nearly everything, or too little to be compared. */
  readonly known: 'whole' | 'nearly' | 'partly';
}

type Media = StretchFigures['media'];

function knownOf(parts: Media): Figure['known'] {
  const isWhole = parts.every(({ quality }) => quality === 'measured' || quality === 'estimated');
  if (parts.length > 0 && isWhole) return 'whole';
  return parts.length > 0 && parts.every(({ coverage }) => coverage >= leastCoverage)
    ? 'nearly'
    : 'partly';
}

const restsOn: Readonly<Record<(typeof derived)[number], readonly string[]>> = {
  energy: ['electricity', 'gas', 'heat'],
  co2: ['electricity', 'gas', 'heat'],
  perHead: ['electricity', 'gas', 'heat'],
  perM2: ['electricity', 'gas', 'heat'],
  electricityPerM2: ['electricity'],
  waterPerHead: ['water'],
};

const isAmount = (item: PageItem): item is (typeof amounts)[number] =>
  amounts.some((each) => each === item);

const valueIn = (figures: StretchFigures, item: (typeof derived)[number]): number | null =>
  ({
    energy: figures.energyKgce,
    co2: figures.co2Kg,
    perHead: figures.perHeadKgce,
    perM2: figures.perM2Kgce,
    electricityPerM2: figures.electricityPerM2Kwh,
    waterPerHead: figures.waterPerHeadM3,
  })[item];

const mediumUnits = { electricity: 'kWh', water: 'm³', gas: 'm³', heat: 'GJ' } as const;

const unitsOf = (person: string): Readonly<Record<(typeof derived)[number], string>> => ({
  energy: 'kgce',
  co2: 'kg',
  perHead: `kgce/${person}`,
  perM2: 'kgce/m²',
  electricityPerM2: 'kWh/m²',
  waterPerHead: `m³/${person}`,
});

/** @param person the word for one */
export function figureOf(figures: StretchFigures, item: PageItem, person: string): Figure {
  const { media } = figures;
  if (isAmount(item)) {
    const own = media.filter(({ medium }) => medium === item);
    return { value: own[0]?.value ?? null, unit: mediumUnits[item], known: knownOf(own) };
  }
  const parts = media.filter(({ medium }) => restsOn[item].includes(medium));
  return { value: valueIn(figures, item), unit: unitsOf(person)[item], known: knownOf(parts) };
}

/** By what part it grew; undefined where the two cannot be compared. */
export function changeOf(
  own: Figure,
  before: Figure,
): { readonly share: number; readonly isSure: boolean } | undefined {
  if (own.value === null || before.value === null || before.value <= 0) return undefined;
  if (own.known === 'partly' || before.known === 'partly') return undefined;
  return {
    share: own.value / before.value - 1,
    isSure: own.known === 'whole' && before.known === 'whole',
  };
}

/** `−3.2 %`, `+0.4 %`. */
export function changeText(share: number, locale: Locale): string {
  const text = formatNumber(Math.abs(100 * share), locale, 1);
  if (text === '0') return '0 %';
  return `${share < 0 ? '−' : '+'}${text} %`;
}

/** Big numbers need no decimals; of small ones two figures count. */
function digitsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 1_000) return 0;
  if (size >= 10) return 1;
  return size === 0 || size >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(size)));
}

export const amountText = (value: number | null, unit: string, locale: Locale): string =>
  value === null ? '—' : `${formatNumber(value, locale, digitsOf(value))} ${unit}`;

/** What the page has data of in any of its stretches. */
export function itemsOf(page: InstitutionPageView): readonly PageItem[] {
  const stretches = [page.yearSoFar.own, page.yearSoFar.before, page.yearBefore];
  return [...amounts, ...derived].filter((item) =>
    stretches.some((figures) => figureOf(figures, item, '').value !== null),
  );
}

export interface MonthPair {
  /** 1 to 12. */
  readonly month: number;
  readonly own: Figure | undefined;
  readonly before: Figure | undefined;
}

export function monthPairs(page: InstitutionPageView, item: PageItem, person: string): MonthPair[] {
  const at = (year: number, month: number) =>
    page.months.find(({ from }) => from.startsWith(`${year}-${String(month).padStart(2, '0')}`));
  return Array.from({ length: 12 }, (_, n) => {
    const [own, before] = [at(page.year, n + 1), at(page.year - 1, n + 1)];
    return {
      month: n + 1,
      own: own && figureOf(own, item, person),
      before: before && figureOf(before, item, person),
    };
  });
}

interface MonthsFrame {
  readonly locale: Locale;
  readonly colors: ChartColors;
  readonly unit: string;
  readonly names: readonly [own: string, before: string];
  readonly monthOf: (month: number) => string;
}

/** Two years side by side; what is known in part only is pale. */
export function monthsOption(pairs: readonly MonthPair[], frame: MonthsFrame): EChartsOption {
  const { colors, locale, unit, names, monthOf } = frame;
  const bars = (name: string, color: string, of: (pair: MonthPair) => Figure | undefined) => ({
    type: 'bar' as const,
    name,
    barMaxWidth: 22,
    itemStyle: { color },
    data: pairs.map((pair) => {
      const figure = of(pair);
      return {
        value: figure?.value ?? null,
        itemStyle: { color, opacity: figure?.known === 'partly' ? 0.4 : 0.9 },
      };
    }),
  });
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 8, right: 12, top: 34, bottom: 8, containLabel: true },
    legend: { top: 0, right: 0, textStyle: { color: colors.faint }, itemWidth: 12, itemHeight: 8 },
    xAxis: {
      type: 'category',
      data: pairs.map(({ month }) => monthOf(month)),
      axisLine: { lineStyle: { color: colors.line } },
      axisLabel: { color: colors.faint, hideOverlap: true },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameTextStyle: { color: colors.faint, align: 'left' },
      axisLabel: { color: colors.faint, formatter: (value: number) => formatNumber(value, locale) },
      splitLine: { lineStyle: { color: colors.line, opacity: 0.6 } },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      renderMode: 'richText',
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: { color: colors.text, fontSize: 12 },
      valueFormatter: (value) => amountText(typeof value === 'number' ? value : null, unit, locale),
    },
    series: [
      bars(names[1], colors.expected, ({ before }) => before),
      bars(names[0], colors.accent, ({ own }) => own),
    ],
  };
}
