import { useMemo } from 'react';
import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames } from '../lib/use-names.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { Filters, Search } from '../parts/filters.tsx';
import { League } from '../parts/league.tsx';
import { Portion } from '../parts/portion.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

type Institution = EntityView<'institutions'> & { readonly id: string };

const shownAtFirst = 100;

function Row({ institution }: { readonly institution: Institution }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const names = useNames();
  const { id, name, level, parent, energyUsers, floorAreaM2 } = institution;
  return (
    <tr>
      <td>
        <Link href={`/institutions/${id}`}>{name}</Link>
        <small>
          {id}
          {parent !== null && ` · ${names.institution(parent)}`}
        </small>
      </td>
      <td data-label={words.level}>{words.levels[level]}</td>
      <td className="number" data-label={words.heads}>
        {formatNumber(energyUsers, locale, 0)}
      </td>
      <td className="number" data-label={words.area}>
        {floorAreaM2 === undefined ? '—' : `${formatNumber(floorAreaM2, locale, 0)} m²`}
      </td>
    </tr>
  );
}

function List({ all }: { readonly all: readonly Institution[] }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const [query, choose] = useFilters();
  const search = query.get('search') ?? '';
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return all.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted));
  }, [all, search]);
  const heads = [words.title, words.level, words.heads, words.area];
  const rows = () => [
    ['id', ...heads],
    ...found.map(({ id, name, level, energyUsers, floorAreaM2 }) => [
      id,
      name,
      words.levels[level],
      energyUsers,
      floorAreaM2,
    ]),
  ];
  return (
    <section className="stack">
      <h2>{texts.league.list}</h2>
      <Filters>
        <Search
          label={texts.common.search}
          hint={words.search}
          value={search}
          choose={(text) => choose('search', text)}
        />
        <span className="faint">
          {texts.common.shown(
            formatNumber(found.length, locale, 0),
            formatNumber(all.length, locale, 0),
          )}
        </span>
        <CsvButton name="institutions" rows={rows} />
      </Filters>
      {found.length === 0 ? (
        <Empty title={words.none} />
      ) : (
        <Portion of={found} step={shownAtFirst}>
          {(some) => (
            <Table
              heads={[words.title, words.level, { number: words.heads }, { number: words.area }]}
            >
              {some.map((institution) => (
                <Row key={institution.id} institution={institution} />
              ))}
            </Table>
          )}
        </Portion>
      )}
    </section>
  );
}

/** The league of institutions, and every one within one's scope, each leading to its page. */
export function InstitutionsScreen() {
  const { texts } = useApp();
  useTitle(texts.institution.title);
  const institutions = useEntities('institutions');
  const { me } = useSession();
  const now = useNow(10 * minuteMs);
  const thisYear = Number(localTime(now, me.timeZone).date.slice(0, 4));
  return (
    <div className="screen">
      <h1>{texts.institution.title}</h1>
      <League thisYear={thisYear} />
      <Show of={institutions}>{({ items }) => <List all={items} />}</Show>
    </div>
  );
}
