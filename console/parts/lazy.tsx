import { type ComponentProps, lazy, Suspense } from 'react';
import type { Chart } from './chart.tsx';
import { Loading } from './states.tsx';
import type { StretchMap } from './stretch-map.tsx';
import type { TrackMap } from './track-map.tsx';

/** The chart and map libraries are large: they come when first something is drawn with them. */

const ChartLater = lazy(() => import('./chart.tsx').then((module) => ({ default: module.Chart })));
const StretchMapLater = lazy(() =>
  import('./stretch-map.tsx').then((module) => ({ default: module.StretchMap })),
);
const TrackMapLater = lazy(() =>
  import('./track-map.tsx').then((module) => ({ default: module.TrackMap })),
);

export const LazyChart = (props: ComponentProps<typeof Chart>) => (
  <Suspense fallback={<Loading />}>
    <ChartLater {...props} />
  </Suspense>
);
export const LazyStretchMap = (props: ComponentProps<typeof StretchMap>) => (
  <Suspense fallback={<Loading />}>
    <StretchMapLater {...props} />
  </Suspense>
);
export const LazyTrackMap = (props: ComponentProps<typeof TrackMap>) => (
  <Suspense fallback={<Loading />}>
    <TrackMapLater {...props} />
  </Suspense>
);
