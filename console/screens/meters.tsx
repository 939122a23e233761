import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { isMetric } from '../../model/metrics.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatMetric, formatNumber, metricName } from '../lib/format.ts';
import { filterMeters, type MeterRow } from '../lib/meters.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useMeterRows } from '../lib/use-meters.ts';
import { HeardBadge } from '../parts/badge.tsx';
import { Choice, Filters, Search } from '../parts/filters.tsx';
import { Portion } from '../parts/portion.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';

const shownAtFirst = 200;
const states = ['online', 'silent', 'never'] as const;

function Row({ row }: { readonly row: MeterRow }) {
  const { texts, locale } = useApp();
  const [, go] = useLocation();
  const { meter, headline } = row;
  return (
    <tr onClick={() => go(`/meters/${meter.id}`)}>
      <td>
        <Link href={`/meters/${meter.id}`} onClick={(event) => event.stopPropagation()}>
          {meter.name}
        </Link>
        <small>
          {meter.id}
          {meter.subItem !== undefined && ` · ${meter.subItem}`}
        </small>
      </td>
      <td data-label={texts.meters.building}>{row.buildingName}</td>
      <td data-label={texts.meters.medium}>{texts.medium[meter.medium]}</td>
      <td className="number" data-label={texts.meters.last}>
        {headline && isMetric(headline.metric) ? (
          <span title={metricName(headline.metric, locale)}>
            {formatMetric(headline.value, headline.metric, locale)}
          </span>
        ) : (
          '—'
        )}
      </td>
      <td data-label={texts.meters.heard}>
        {row.lastAt === undefined ? '—' : <Ago at={row.lastAt} />}
      </td>
      <td data-label={texts.meters.state}>
        <HeardBadge heard={row.heard} />
      </td>
    </tr>
  );
}

/** Every meter: where it is, what it last said and whether it is heard. Filters stand in the address. */
export function MetersScreen() {
  const { texts, locale } = useApp();
  useTitle(texts.meters.title);
  const { rows, error, reload } = useMeterRows();
  const [query, choose] = useFilters();
  const filter = {
    search: query.get('search') ?? '',
    medium: query.get('medium') ?? '',
    heard: query.get('state') ?? '',
  };
  const { search, medium, heard } = filter;
  const found = useMemo(
    () => rows && filterMeters(rows, { search, medium, heard }),
    [rows, search, medium, heard],
  );
  return (
    <div className="screen">
      <h1>{texts.meters.title}</h1>
      <Filters>
        <Search
          label={texts.common.search}
          hint={texts.meters.search}
          value={search}
          choose={(text) => choose('search', text)}
        />
        <Choice
          label={texts.meters.medium}
          all={`${texts.meters.medium}: ${texts.common.all}`}
          value={medium}
          options={Object.entries(texts.medium)}
          choose={(key) => choose('medium', key)}
        />
        <Choice
          label={texts.meters.state}
          all={`${texts.meters.state}: ${texts.common.all}`}
          value={heard}
          options={states.map((key) => [key, texts.meters[key]])}
          choose={(key) => choose('state', key)}
        />
        {rows && found && (
          <span className="faint">
            {texts.common.shown(
              formatNumber(found.length, locale, 0),
              formatNumber(rows.length, locale, 0),
            )}
          </span>
        )}
      </Filters>
      {!rows && error === undefined && <Loading />}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {found?.length === 0 && <Empty title={texts.meters.none} />}
      {found && found.length > 0 && (
        <Portion of={found} step={shownAtFirst}>
          {(some) => (
            <Table
              kind="meters"
              heads={[
                texts.meters.name,
                texts.meters.building,
                texts.meters.medium,
                { number: texts.meters.last },
                texts.meters.heard,
                texts.meters.state,
              ]}
            >
              {some.map((row) => (
                <Row key={row.meter.id} row={row} />
              ))}
            </Table>
          )}
        </Portion>
      )}
    </div>
  );
}
