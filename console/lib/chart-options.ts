import type { EChartsOption } from 'echarts';
import { hourMs } from '../../model/time.ts';
import { formatNumber, type Locale } from './format.ts';
import { type Band, type Hour, type Point, toChartTime } from './series.ts';

/** Colours of the page, so that charts follow light and dark. */
export interface ChartColors {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly expected: string;
  readonly info: string;
  readonly warning: string;
  readonly critical: string;
}

export interface ChartFrame {
  readonly zone: string;
  readonly locale: Locale;
  readonly colors: ChartColors;
  /** Shown on the axis and in the tip; empty for a plain number. */
  readonly unit: string;
  /** What the axis spans, Unix ms UTC; absent: what there is. */
  readonly range?: { readonly from: number; readonly to: number };
}

const withUnit = (value: number | null | undefined, { locale, unit }: ChartFrame, digits = 2) =>
  unit === ''
    ? formatNumber(value, locale, digits)
    : `${formatNumber(value, locale, digits)} ${unit}`;

/** What every time chart shares: axes, grid, tip on a crosshair, wheel and pinch to zoom. */
export function timeFrame(frame: ChartFrame): EChartsOption {
  const { colors } = frame;
  return {
    useUTC: true,
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 8, right: 12, top: 30, bottom: 8, containLabel: true },
    xAxis: {
      type: 'time',
      ...(frame.range
        ? {
            min: toChartTime(frame.range.from, frame.zone),
            max: toChartTime(frame.range.to, frame.zone),
          }
        : {}),
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { lineStyle: { color: colors.line } },
      axisLabel: {
        color: colors.faint,
        hideOverlap: true,
        formatter: {
          year: '{yyyy}',
          month: '{yyyy}-{MM}',
          day: '{MM}-{dd}',
          hour: '{HH}:{mm}',
          minute: '{HH}:{mm}',
          second: '{HH}:{mm}:{ss}',
          millisecond: '{HH}:{mm}:{ss}',
        },
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      name: frame.unit,
      nameTextStyle: { color: colors.faint, align: 'left' },
      axisLabel: {
        color: colors.faint,
        formatter: (value: number) => formatNumber(value, frame.locale, 2),
      },
      splitLine: { lineStyle: { color: colors.line, opacity: 0.6 } },
    },
    dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl' }],
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: { color: colors.text, fontSize: 12 },
      axisPointer: { type: 'line', lineStyle: { color: colors.faint, type: 'dashed' } },
      valueFormatter: (value) => withUnit(typeof value === 'number' ? value : null, frame),
      // Drawn on the canvas: a page that forbids inline styles would show the HTML tip bare.
      renderMode: 'richText',
    },
  };
}

const bandAreas = (bands: readonly Band[], { zone, colors }: ChartFrame) =>
  bands.map(
    (band) =>
      [
        {
          name: band.label,
          xAxis: toChartTime(band.from, zone),
          itemStyle: { color: colors[band.severity], opacity: 0.14 },
        },
        { xAxis: toChartTime(band.to, zone) },
      ] as [{ name: string; xAxis: number; itemStyle: object }, { xAxis: number }],
  );

/** One metric over time; nulls are gaps; alerts are shaded behind the line. */
export function readingOption(
  points: readonly Point[],
  name: string,
  bands: readonly Band[],
  frame: ChartFrame,
): EChartsOption {
  const { colors, zone } = frame;
  return {
    ...timeFrame(frame),
    yAxis: { ...timeFrame(frame).yAxis, scale: true },
    series: [
      {
        type: 'line',
        name,
        data: points.map(([at, value]) => [toChartTime(at, zone), value]),
        showSymbol: points.length < 2,
        connectNulls: false,
        sampling: 'lttb',
        lineStyle: { width: 1.6, color: colors.accent },
        itemStyle: { color: colors.accent },
        areaStyle: { color: colors.accent, opacity: 0.07 },
        markArea: {
          silent: true,
          label: { color: colors.faint, fontSize: 11 },
          data: bandAreas(bands, frame),
        },
      },
    ],
  };
}

interface HourNames {
  readonly observed: string;
  readonly expected: string;
  readonly band: string;
}

const hourColor = (hour: Hour, flagged: ReadonlySet<number>, colors: ChartColors) =>
  flagged.has(hour.at) ? colors.critical : colors.accent;

const middle = (at: number, zone: string) => toChartTime(at + hourMs / 2, zone);

/** Hours of use as bars, the wrong ones in red, estimated ones pale, over the band that was expected. */
export function hoursOption(
  hours: readonly Hour[],
  flagged: ReadonlySet<number>,
  names: HourNames,
  frame: ChartFrame,
): EChartsOption {
  const { colors, zone } = frame;
  const line = (value: (hour: Hour) => number | undefined) =>
    hours.map((hour) => [middle(hour.at, zone), value(hour) ?? null]);
  const hasBand = hours.some((hour) => hour.low !== undefined && hour.high !== undefined);
  const hasExpected = hours.some((hour) => hour.expected !== undefined);
  const band = {
    type: 'line' as const,
    stack: 'band',
    symbol: 'none',
    lineStyle: { opacity: 0 },
    step: 'middle' as const,
    z: 1,
    tooltip: { show: false },
  };
  return {
    ...timeFrame(frame),
    legend: {
      top: 0,
      right: 0,
      textStyle: { color: colors.faint },
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 8,
      data: [
        names.observed,
        ...(hasExpected ? [names.expected] : []),
        ...(hasBand ? [names.band] : []),
      ],
    },
    series: [
      ...(hasBand
        ? [
            { ...band, name: 'low', data: line((hour) => hour.low) },
            {
              ...band,
              name: names.band,
              itemStyle: { color: colors.expected },
              areaStyle: { color: colors.expected, opacity: 0.22 },
              data: line((hour) =>
                hour.high === undefined || hour.low === undefined
                  ? undefined
                  : hour.high - hour.low,
              ),
            },
          ]
        : []),
      {
        type: 'bar' as const,
        name: names.observed,
        itemStyle: { color: colors.accent },
        barMaxWidth: 26,
        z: 2,
        data: hours.map((hour) => ({
          value: [middle(hour.at, zone), hour.value],
          itemStyle: {
            color: hourColor(hour, flagged, colors),
            opacity: hour.quality === 'estimated' ? 0.4 : 0.85,
          },
        })),
      },
      ...(hasExpected
        ? [
            {
              type: 'line' as const,
              name: names.expected,
              symbol: 'none',
              z: 3,
              step: 'middle' as const,
              lineStyle: { color: colors.expected, width: 2, type: 'dashed' as const },
              itemStyle: { color: colors.expected },
              data: line((hour) => hour.expected),
            },
          ]
        : []),
    ],
  };
}
