import { Link } from 'wouter';
import type { LeagueView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { amountText } from '../lib/institution.ts';
import { figureName, lastDayBefore, percentText, unitText } from '../lib/standing.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useLoad } from '../lib/use-load.ts';
import { CsvButton } from './csv-button.tsx';
import { Choice, Filters } from './filters.tsx';
import { Portion } from './portion.tsx';
import { Segments } from './segments.tsx';
import { Empty, Show } from './states.tsx';
import { Table } from './table.tsx';

const indicators = [
  'per-m2-kgce',
  'per-head-kgce',
  'electricity-per-m2-kwh',
  'water-per-head-m3',
  'co2-per-m2-kg',
  'energy-kgce',
  'electricity-kwh',
  'water-m3',
  'co2-kg',
] as const;
const dimensions = ['institution', 'department', 'region'] as const;
const calibres = ['calorific', 'equivalent'] as const;
const yearsShown = 4;
const months = Array.from({ length: 12 }, (_, n) => n + 1);
const shownAtFirst = 50;

type Item = LeagueView['items'][number];

function Row({ item, league }: { readonly item: Item; readonly league: LeagueView }) {
  const { texts, locale } = useApp();
  const words = texts.standing;
  const unit = unitText(league.unit, texts);
  const level = item.group?.level;
  const levels: Readonly<Record<string, string>> = texts.institution.levels;
  return (
    <tr>
      <td>
        {item.rank}.{' '}
        {league.by === 'institution' ? (
          <Link href={`/institutions/${item.id}?year=${league.year}`}>{item.name}</Link>
        ) : (
          item.name
        )}
        <small>
          {level !== undefined && `${levels[level] ?? level} · `}
          {words.members(item.members)}
          {item.corrections > 0 && ` · ${texts.league.corrections(item.corrections)}`}
        </small>
      </td>
      <td className="number" data-label={words.value}>
        {amountText(item.value, unit, locale)}
        {item.measured !== null && item.measured !== item.value && (
          <small>{`${texts.league.measured} ${amountText(item.measured, unit, locale)}`}</small>
        )}
      </td>
      <td className="number" data-label={words.mean}>
        {amountText(item.mean, unit, locale)}
      </td>
      <td className="number" data-label={words.above}>
        {item.abovePct === null ? '—' : percentText(item.abovePct, locale)}
      </td>
      <td data-label={words.state}>
        {item.reminder && <span className="badge warning severity">{words.reminder}</span>}
      </td>
    </tr>
  );
}

function Body({ league }: { readonly league: LeagueView }) {
  const { texts } = useApp();
  const words = texts.standing;
  return (
    <>
      {league.soFarTo !== null && (
        <p className="faint">{texts.league.soFar(lastDayBefore(league.soFarTo))}</p>
      )}
      {league.items.length === 0 ? (
        <Empty title={texts.league.none}>
          <span>{texts.league.noneMore}</span>
        </Empty>
      ) : (
        <Portion of={league.items} step={shownAtFirst}>
          {(some) => (
            <Table
              heads={[
                texts.institution.title,
                { number: words.value },
                { number: words.mean },
                { number: words.above },
                words.state,
              ]}
            >
              {some.map((item) => (
                <Row key={item.id} item={item} league={league} />
              ))}
            </Table>
          )}
        </Portion>
      )}
      {league.leftOut.length > 0 && (
        <details>
          <summary>{`${texts.league.leftOut} (${league.leftOut.length})`}</summary>
          <ul>
            {league.leftOut.map(({ id, name, reason }) => (
              <li key={id}>
                <Link href={`/institutions/${id}`}>{name}</Link> · {texts.league.reasons[reason]}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function useAsked(thisYear: number) {
  const [query, choose] = useFilters();
  const one = <T extends string>(values: readonly T[], key: string, usual: T): T =>
    values.find((value) => value === query.get(key)) ?? usual;
  const years = Array.from({ length: yearsShown }, (_, n) => String(thisYear - n));
  const asked = {
    indicator: one(indicators, 'indicator', indicators[0]),
    by: one(dimensions, 'by', 'institution'),
    calibre: one(calibres, 'calibre', 'calorific'),
    year: one(years, 'year', String(thisYear)),
    month: months.find((month) => String(month) === query.get('month')),
  };
  return { asked, years, choose };
}

/** Institutions by what they use by head or area, most first. What is chosen stands in the address. */
export function League({ thisYear }: { readonly thisYear: number }) {
  const { api, texts } = useApp();
  const { asked, years, choose } = useAsked(thisYear);
  const league = useLoad(
    `league:${JSON.stringify(asked)}`,
    (signal) => api.get<LeagueView>('/league', asked, signal),
    { freshMs: minuteMs },
  );
  const rows = () => [
    ['#', 'id', texts.institution.title, asked.indicator, texts.standing.mean, '%'],
    ...(league.data?.items ?? []).map(({ rank, id, name, value, mean, abovePct }) => [
      rank,
      id,
      name,
      value,
      mean,
      abovePct,
    ]),
  ];
  return (
    <section className="stack">
      <h2>{texts.league.title}</h2>
      <p className="faint">{texts.league.explain}</p>
      <Filters>
        <Choice
          label={texts.league.indicator}
          value={asked.indicator}
          options={indicators.map((each) => [each, figureName(each, texts)])}
          choose={(each) => choose('indicator', each)}
        />
        <Choice
          label={texts.institution.year}
          value={asked.year}
          options={years.map((year) => [year, year])}
          choose={(year) => choose('year', year)}
        />
        <Choice
          label={texts.league.month}
          value={String(asked.month ?? 'all')}
          options={[
            ['all', texts.figures.wholeYear],
            ...months.map((month) => [String(month), texts.figures.monthOf(month)] as const),
          ]}
          choose={(month) => choose('month', month)}
        />
        <Segments
          label={texts.league.by}
          values={dimensions}
          chosen={asked.by}
          name={(each) => texts.league.bys[each]}
          choose={(each) => choose('by', each)}
        />
        <Segments
          label={texts.figures.calibre}
          values={calibres}
          chosen={asked.calibre}
          name={(each) => texts.figures[each]}
          choose={(each) => choose('calibre', each)}
        />
        <CsvButton name={`league-${asked.indicator}-${asked.year}`} rows={rows} />
      </Filters>
      <Show of={league}>{(data) => <Body league={data} />}</Show>
    </section>
  );
}
