import type { EChartsOption } from 'echarts';
import { BarChart, LineChart } from 'echarts/charts';
import {
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useMemo, useRef } from 'react';
import type { ChartColors } from '../lib/chart-options.ts';
import { usePageColors } from '../lib/page-colors.ts';

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TooltipComponent,
  DataZoomInsideComponent,
  CanvasRenderer,
]);

interface ChartProps {
  readonly label: string;
  /** Makes the options in the page's colours; must be stable while nothing changes. */
  readonly option: (colors: ChartColors) => EChartsOption;
  readonly height?: number;
}

/** A chart that fits its box and follows the theme. Loaded only where something is drawn. */
export function Chart({ label, option, height = 320 }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const colors = usePageColors();
  const made = useMemo(() => option(colors), [option, colors]);
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current);
    chart.current = drawn;
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => chart.current?.setOption(made, true), [made]);
  return (
    <div ref={box} className="chart" role="img" aria-label={label} style={{ blockSize: height }} />
  );
}
