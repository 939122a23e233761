import type { EChartsOption } from 'echarts';
import type { Consumption } from '../../api/contract.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { type ChartColors, type ChartFrame, timeFrame } from './chart-options.ts';
import { toChartTime } from './series.ts';

export type Consumed = Consumption['items'][number];

/** What is shown together, the newest at the end. */
export const views = {
  quarter: { forMs: dayMs / 2, everyMs: 5 * minuteMs },
  hour: { forMs: 2 * dayMs, everyMs: 5 * minuteMs },
  day: { forMs: 31 * dayMs, everyMs: hourMs },
  month: { forMs: 365 * dayMs, everyMs: hourMs },
} as const;

export type By = keyof typeof views;

export const choices = Object.keys(views) as readonly By[];

const colorOf = (quality: Consumed['quality'], colors: ChartColors): string =>
  quality === 'measured' || quality === 'estimated' ? colors.accent : colors.warning;

/** Bars; what is estimated is pale, what is only known in part is pale and of the colour of warnings. */
export function consumptionOption(
  items: readonly Consumed[],
  name: string,
  frame: ChartFrame,
): EChartsOption {
  const { colors, zone } = frame;
  return {
    ...timeFrame(frame),
    series: [
      {
        type: 'bar',
        name,
        barMaxWidth: 26,
        itemStyle: { color: colors.accent },
        data: items.map(({ from, to, value, knownValue, quality }) => ({
          value: [
            toChartTime((Date.parse(from) + Date.parse(to)) / 2, zone),
            value ?? knownValue ?? null,
          ],
          itemStyle: {
            color: colorOf(quality, colors),
            opacity: quality === 'measured' ? 0.85 : 0.4,
          },
        })),
      },
    ],
  };
}

/** What is known of all of it together, and whether that is everything. */
export function sumOf(items: readonly Consumed[]): {
  readonly known: number | null;
  readonly isWhole: boolean;
} {
  const known = items.flatMap(({ value, knownValue }) => value ?? knownValue ?? []);
  return {
    known: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0),
    isWhole: items.length > 0 && items.every(({ value }) => value !== null),
  };
}
