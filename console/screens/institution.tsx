import { useEffect } from 'react';
import { Link } from 'wouter';
import type { AlertView, EntityView, InstitutionPageView, Page } from '../../api/contract.ts';
import { localTime, minuteMs, secondMs } from '../../model/time.ts';
import { useApp, useNow, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { Compared } from '../parts/compared.tsx';
import { Fact } from '../parts/fact.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { LossList } from '../parts/loss-list.tsx';
import { Segments } from '../parts/segments.tsx';
import { Standing } from '../parts/standing.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';
import { SubItems } from '../parts/sub-items.tsx';
import { YearChart } from '../parts/year-chart.tsx';

type Institution = EntityView<'institutions'>;

const yearsShown = 6;
const calibres = ['calorific', 'equivalent'] as const;
const alertsShown = 200;
const shownAtFirst = 5;
/** While figures are still being worked out. */
const pendingMs = 3 * secondMs;

interface Asked {
  readonly institution: Institution;
  readonly year: number;
  readonly calibre: (typeof calibres)[number];
}

function Alerts({ institution }: { readonly institution: Institution }) {
  const { api, texts } = useApp();
  const words = texts.institution;
  const { id } = institution;
  const alerts = useLoad(
    `institution-alerts:${id}`,
    async (signal) => {
      const pages = await Promise.all(
        ['energy.*', 'water.*'].map((kind) =>
          api.get<Page<AlertView>>(
            '/alerts',
            { state: 'open,acknowledged', kind, institution: id, limit: alertsShown },
            signal,
          ),
        ),
      );
      return { items: pages.flatMap(({ items }) => items) };
    },
    { everyMs: minuteMs },
  );
  return (
    <section className="card">
      <h2>
        {words.alerts}
        <Link href={`/waste?institution=${encodeURIComponent(id)}`}>{words.toWaste}</Link>
      </h2>
      <Show of={alerts}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{words.noAlerts}</p>
          ) : (
            <LossList alerts={items} step={shownAtFirst} />
          )
        }
      </Show>
    </section>
  );
}

function Year({ institution, year, calibre }: Asked) {
  const { api, texts } = useApp();
  const words = texts.institution;
  const page = useLoad(
    `institution-page:${institution.id}:${year}:${calibre}`,
    (signal) =>
      api.get<InstitutionPageView>(
        `/institutions/${encodeURIComponent(institution.id)}/page`,
        { year, calibre },
        signal,
      ),
    { freshMs: minuteMs },
  );
  const { reload, data } = page;
  const isPending = data?.pending != null;
  useEffect(() => {
    if (!isPending) return undefined;
    const timer = setInterval(reload, pendingMs);
    return () => clearInterval(timer);
  }, [isPending, reload]);
  return (
    <Show of={page}>
      {(found) =>
        found.meters === 0 ? (
          <Empty title={words.noMeters}>
            <span>{words.noMetersMore}</span>
          </Empty>
        ) : (
          <>
            {found.pending && (
              <p role="status">
                {words.pending(Math.floor((1 - found.pending.lacking / found.pending.of) * 100))}
              </p>
            )}
            <Compared page={found} />
            <YearChart page={found} name={institution.id} />
            <SubItems page={found} />
            <p className="faint small">
              {words.factorSets}: {found.factorSet || '—'}
              {found.unverifiedSets.length > 0 &&
                ` (${texts.standing.unverified}: ${found.unverifiedSets.join(', ')})`}{' '}
              ·{' '}
              <Link
                href={`/figures?institution=${encodeURIComponent(institution.id)}&year=${year}&month=all&calibre=${calibre}`}
              >
                {words.toFigures}
              </Link>
            </p>
          </>
        )
      }
    </Show>
  );
}

function Head({ institution }: { readonly institution: Institution }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const { energyUsers, floorAreaM2, level } = institution;
  return (
    <>
      <p className="crumbs">
        <Link href="/institutions">{words.title}</Link>
      </p>
      <h1>{institution.name}</h1>
      <dl className="stats">
        <Fact name={words.level}>{words.levels[level]}</Fact>
        <Fact name={words.heads}>{formatNumber(energyUsers, locale, 0)}</Fact>
        <Fact name={words.area}>
          {floorAreaM2 === undefined ? '—' : `${formatNumber(floorAreaM2, locale, 0)} m²`}
        </Fact>
      </dl>
    </>
  );
}

/** An institution's day, month and year; year and calibre stand in the address. */
export function InstitutionScreen({ id }: { readonly id: string }) {
  const { texts } = useApp();
  const words = texts.institution;
  const now = useNow(10 * minuteMs);
  const institutions = useEntities('institutions');
  const [query, choose] = useFilters();
  const institution = institutions.data?.byId.get(id);
  useTitle(institution?.name ?? id);
  if (institutions.error !== undefined)
    return <Failure error={institutions.error} retry={institutions.reload} />;
  if (!institutions.data) return <Loading />;
  if (!institution)
    return (
      <Empty title={texts.errors.notFound}>
        <Link href="/institutions">{words.title}</Link>
      </Empty>
    );
  const thisYear = Number(localTime(now, institution.timeZone).date.slice(0, 4));
  const years = Array.from({ length: yearsShown }, (_, n) => thisYear - n);
  const year = years.find((each) => String(each) === query.get('year')) ?? thisYear;
  const calibre = calibres.find((each) => each === query.get('calibre')) ?? 'calorific';
  return (
    <div className="screen">
      <Head institution={institution} />
      <Alerts institution={institution} />
      <Filters>
        <Choice
          label={words.year}
          value={String(year)}
          options={years.map((each) => [String(each), String(each)])}
          choose={(each) => choose('year', each)}
        />
        <Segments
          label={texts.figures.calibre}
          values={calibres}
          chosen={calibre}
          name={(each) => texts.figures[each]}
          choose={(each) => choose('calibre', each)}
        />
      </Filters>
      <Year key={`${year}:${calibre}`} institution={institution} year={year} calibre={calibre} />
      <Standing institution={id} year={year} calibre={calibre} />
    </div>
  );
}
