import { Link } from 'wouter';
import type { FormsView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { pageOfForm, yearAsked } from '../lib/forms.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { FormStateBadge } from '../parts/form-review.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { At } from '../parts/time.tsx';

interface ListProps {
  readonly institution: string;
  readonly year: string;
  readonly zone: string;
}

function List({ institution, year, zone }: ListProps) {
  const { api, texts } = useApp();
  const words = texts.forms;
  const loaded = useLoad(`forms:${institution}:${year}`, (signal) =>
    api.get<FormsView>(`/institutions/${encodeURIComponent(institution)}/forms`, { year }, signal),
  );
  return (
    <Show of={loaded}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={words.noForms} />
        ) : (
          <Table kind="trips" heads={[words.period, words.state, words.due, words.submitted]}>
            {items.map((item) => (
              <tr key={item.period}>
                <td>
                  <Link href={pageOfForm(institution, item.period)}>
                    {item.edition === 'year'
                      ? words.wholeYear(item.period)
                      : words.monthly(item.period)}
                  </Link>
                </td>
                <td data-label={words.state}>
                  <FormStateBadge state={item.state} overdue={item.overdue} />
                  {item.inForce !== null && item.inForce !== item.version && (
                    <small>{words.inForce(item.inForce)}</small>
                  )}
                </td>
                <td data-label={words.due}>
                  {item.dueAt === null ? '—' : item.dueAt.slice(0, 10)}
                </td>
                <td data-label={words.submitted}>
                  {item.submittedAt === null ? '—' : <At at={item.submittedAt} zone={zone} />}
                </td>
              </tr>
            ))}
          </Table>
        )
      }
    </Show>
  );
}

/** The forms of an institution's year: what is due, and how far each has come. */
export function FormsScreen() {
  const { texts } = useApp();
  const words = texts.forms;
  useTitle(words.title);
  const { me } = useSession();
  const names = useNames();
  const [query, choose] = useFilters();
  const now = useNow(10 * minuteMs);
  const loaded = useEntities('institutions');
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <Show of={loaded}>
        {({ items, byId }) => {
          const asked = byId.get(query.get('institution') ?? '') ?? byId.get(me.institution ?? '');
          const chosen = asked ?? items[0];
          if (!chosen) return <Empty title={words.none} />;
          const zone = names.zone(chosen.id);
          const { years, year } = yearAsked(query, localTime(now, zone).date);
          return (
            <>
              <Filters>
                <Choice
                  label={words.institution}
                  value={chosen.id}
                  options={items.map(({ id, name }) => [id, name])}
                  choose={(id) => choose('institution', id)}
                />
                <Choice
                  label={words.year}
                  value={year}
                  options={years.map((each) => [each, each])}
                  choose={(each) => choose('year', each)}
                />
              </Filters>
              <List key={`${chosen.id} ${year}`} institution={chosen.id} year={year} zone={zone} />
            </>
          );
        }}
      </Show>
    </div>
  );
}
