import { useCallback, useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { AlertView, EntityView, Readings } from '../../api/contract.ts';
import { isMetric, type Metric, metrics } from '../../model/metrics.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { alertBands } from '../lib/alerts.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useNow, useTitle } from '../lib/app-context.ts';
import { type ChartColors, readingOption } from '../lib/chart-options.ts';
import { formatMetric, metricName, unitLabel } from '../lib/format.ts';
import { headlineOf, heardOf, metricsOf, newestAt } from '../lib/meters.ts';
import { lastHours, type Point, statsOf, withGaps } from '../lib/series.ts';
import { useAlertsOf } from '../lib/use-alerts-of.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useLatest } from '../lib/use-meters.ts';
import { useNames } from '../lib/use-names.ts';
import { AlertsCard } from '../parts/alerts-card.tsx';
import { HeardBadge } from '../parts/badge.tsx';
import { ConsumptionCard } from '../parts/consumption.tsx';
import { ExpectedCard } from '../parts/expected-card.tsx';
import { Fact } from '../parts/fact.tsx';
import { HeatCard } from '../parts/heat-map.tsx';
import { LazyChart } from '../parts/lazy.tsx';
import { MeterFacts } from '../parts/meter-facts.tsx';
import { ReplacementCard } from '../parts/replacement-lists.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';

type MeterView = EntityView<'meters'>;

const presets = [1, 6, 24, 7 * 24, 30 * 24] as const;
/** A month of readings every minute; more is cut, and said so. */
const mostReadings = 50_000;

/** The zone of the meter's institution. */
function useZoneOf(meter: MeterView): string {
  const names = useNames();
  const buildings = useEntities('buildings');
  return names.zone(buildings.data?.byId.get(meter.building)?.institution ?? '');
}

interface SeriesProps {
  readonly meter: MeterView;
  readonly metric: Metric;
  readonly hours: number;
  readonly alerts: readonly AlertView[];
}

function Series({ meter, metric, hours, alerts }: SeriesProps) {
  const { api, texts, locale } = useApp();
  const zone = useZoneOf(meter);
  const now = useNow(hours <= 6 ? minuteMs / 2 : 5 * minuteMs);
  const { from, to } = useMemo(() => lastHours(hours, now), [hours, now]);
  const readings = useLoad(
    `readings:${meter.id}:${metric}:${hours}`,
    (signal) =>
      getAll<Readings['items'][number]>(
        api,
        `/meters/${encodeURIComponent(meter.id)}/readings`,
        { metric, ...lastHours(hours, Date.now()) },
        mostReadings,
        signal,
      ),
    { everyMs: hours <= 6 ? minuteMs / 2 : 5 * minuteMs },
  );
  const points = useMemo(
    () => readings.data?.items.map((item): Point => [Date.parse(item.at), item.value]) ?? [],
    [readings.data],
  );
  const bands = useMemo(
    () => alertBands(alerts, { from, to }, () => texts.meters.band),
    [alerts, from, to, texts],
  );
  const option = useCallback(
    (colors: ChartColors) =>
      readingOption(withGaps(points, meter.everyS), metricName(metric, locale), bands, {
        zone,
        locale,
        colors,
        unit: unitLabel(metrics[metric].unit),
        range: { from, to },
      }),
    [points, meter.everyS, metric, bands, zone, locale, from, to],
  );
  const stats = statsOf(points);
  return (
    <Show of={readings}>
      {({ items, complete }) =>
        items.length === 0 ? (
          <Empty title={texts.meters.noReadings} />
        ) : (
          <>
            {!complete && <p className="note">{texts.common.truncated}</p>}
            <LazyChart
              label={`${meter.name} ${metricName(metric, locale)}`}
              option={option}
              height={340}
            />
            {stats && (
              <dl className="stats">
                {(['latest', 'min', 'mean', 'max'] as const)
                  .filter((key) => metrics[metric].kind === 'gauge' || key !== 'mean')
                  .map((key) => (
                    <Fact key={key} name={texts.meters[key]}>
                      {formatMetric(stats[key], metric, locale)}
                    </Fact>
                  ))}
              </dl>
            )}
            <p className="faint small">
              {texts.meters.gapHint} {texts.common.zone}: {zone}
            </p>
          </>
        )
      }
    </Show>
  );
}

function MeterBody({ meter }: { readonly meter: MeterView }) {
  const { texts, locale } = useApp();
  const zone = useZoneOf(meter);
  const [query, setQuery] = useSearchParams();
  const { latest } = useLatest();
  const alerts = useAlertsOf(meter.id);
  const values = latest?.get(meter.id);
  const asked = query.get('metric') ?? '';
  const choices = metricsOf(meter.medium, values);
  const headline = headlineOf(meter.medium, values)?.metric;
  const metric = isMetric(asked)
    ? asked
    : headline !== undefined && isMetric(headline)
      ? headline
      : choices[0];
  const hours = presets.find((preset) => String(preset) === query.get('hours')) ?? 24;
  const choose = (change: Record<string, string>) =>
    setQuery({ metric: metric ?? '', hours: String(hours), ...change }, { replace: true });
  return (
    <>
      <section className="card">
        <div className="filters">
          <select
            aria-label={texts.meters.metric}
            value={metric}
            onChange={(event) => choose({ metric: event.target.value })}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {metricName(choice, locale)}
              </option>
            ))}
          </select>
          <Segments
            label={texts.meters.range}
            values={presets}
            chosen={hours}
            name={(preset) =>
              preset * hourMs > dayMs
                ? texts.meters.lastDays(preset / 24)
                : texts.meters.lastHours(preset)
            }
            choose={(preset) => choose({ hours: String(preset) })}
          />
        </div>
        {latest && metric ? (
          <Series
            key={`${metric}:${hours}`}
            meter={meter}
            metric={metric}
            hours={hours}
            alerts={alerts.data?.items ?? []}
          />
        ) : (
          <Loading />
        )}
      </section>
      <ExpectedCard meter={meter} zone={zone} alerts={alerts.data?.items ?? []} />
      <HeatCard meter={meter} zone={zone} />
      <ConsumptionCard meter={meter} zone={zone} />
      <div className="columns">
        <div className="stack">
          <AlertsCard title={texts.meters.alerts} subject={meter.id} alerts={alerts} />
          <ReplacementCard meter={meter.id} />
        </div>
        <MeterFacts meter={meter} />
      </div>
    </>
  );
}

/** One meter: any of its metrics over time, its alerts shaded behind, and what is known of it. */
export function MeterScreen({ id }: { readonly id: string }) {
  const { texts } = useApp();
  const meters = useEntities('meters');
  const names = useNames();
  const { latest } = useLatest();
  const now = useNow(15_000);
  const meter = meters.data?.byId.get(id);
  useTitle(meter?.name ?? id);
  const lastAt = newestAt(latest?.get(id));
  if (meters.error !== undefined) return <Failure error={meters.error} retry={meters.reload} />;
  if (!meters.data) return <Loading />;
  if (!meter)
    return (
      <Empty title={texts.errors.notFound}>
        <Link href="/meters">{texts.meters.title}</Link>
      </Empty>
    );
  return (
    <div className="screen">
      <p className="crumbs">
        <Link href="/meters">{texts.meters.title}</Link>
      </p>
      <h1>
        {names.subject({ type: 'meter', id })}{' '}
        {latest && <HeardBadge heard={heardOf(lastAt, meter.everyS, now)} />}
        {lastAt !== undefined && (
          <small className="faint">
            {texts.meters.heard} <Ago at={lastAt} />
          </small>
        )}
      </h1>
      <MeterBody meter={meter} />
    </div>
  );
}
