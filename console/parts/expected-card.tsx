import { useCallback, useMemo, useState } from 'react';
import type { AlertView, EntityView, ExpectedView } from '../../api/contract.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { type ChartColors, hoursOption } from '../lib/chart-options.ts';
import { formatNumber, unitLabel } from '../lib/format.ts';
import { flaggedIn, loadHours } from '../lib/load.ts';
import { useLoad } from '../lib/use-load.ts';
import { HoursTable } from './hours.tsx';
import { LazyChart } from './lazy.tsx';
import { Segments } from './segments.tsx';
import { Empty, Show } from './states.tsx';

const dayChoices = [3, 7, 28] as const;

interface LoadProps {
  readonly meter: EntityView<'meters'>;
  readonly zone: string;
  readonly alerts: readonly AlertView[];
}

function LoadCurve({ meter, zone, alerts, load }: LoadProps & { readonly load: ExpectedView }) {
  const { texts, locale } = useApp();
  const words = texts.load;
  const hours = useMemo(() => loadHours(load), [load]);
  const flagged = useMemo(() => flaggedIn(alerts, hours), [alerts, hours]);
  const { unit } = load;
  const option = useCallback(
    (colors: ChartColors) =>
      hoursOption(
        hours,
        new Set(flagged),
        {
          observed: words.usage,
          expected: texts.alert.expected,
          band: texts.alert.expectedBand,
        },
        { zone, locale, colors, unit },
      ),
    [hours, flagged, words, texts, zone, locale, unit],
  );
  const days = load.items.findLast(({ expected }) => expected !== null)?.days;
  return (
    <>
      <LazyChart label={`${meter.name} ${words.expected}`} option={option} />
      <p className="faint small">
        {days === undefined ? words.learning : words.expectedHint}{' '}
        {days !== undefined &&
          `${words.restsOn(formatNumber(days, locale, 0))}${locale === 'zh' ? '。' : '.'}`}{' '}
        {texts.common.zone}: {zone}
      </p>
      <HoursTable
        hours={hours}
        flagged={flagged.map((at) => new Date(at).toISOString())}
        zone={zone}
        unit={unit}
      />
    </>
  );
}

/** A meter's hours over the band of what is usual, those an alert held to be wrong in red. Nothing for a meter that counts nothing. */
export function ExpectedCard({ meter, zone, alerts }: LoadProps) {
  const { api, texts } = useApp();
  const words = texts.load;
  const [days, setDays] = useState<(typeof dayChoices)[number]>(7);
  const counter = counterOf[meter.medium];
  const loaded = useLoad(
    counter === null ? undefined : `expected:${meter.id}:${days}`,
    (signal) => {
      const to = Math.floor(Date.now() / hourMs) * hourMs;
      return api.get<ExpectedView>(
        `/meters/${encodeURIComponent(meter.id)}/expected`,
        { from: to - days * dayMs, to },
        signal,
      );
    },
    { everyMs: hourMs },
  );
  if (counter === null) return null;
  return (
    <section className="card">
      <h2>
        {words.expected} ({unitLabel(metrics[counter].unit)})
      </h2>
      <div className="filters">
        <Segments
          label={words.expected}
          values={dayChoices}
          chosen={days}
          name={texts.meters.lastDays}
          choose={setDays}
        />
      </div>
      <Show of={loaded}>
        {(load) =>
          load.items.some(({ value }) => value !== null) ? (
            <LoadCurve meter={meter} zone={zone} alerts={alerts} load={load} />
          ) : (
            <Empty title={words.none} />
          )
        }
      </Show>
    </section>
  );
}
