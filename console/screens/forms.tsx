import { Link } from 'wouter';
import type { FormsView } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { pageOfForm, yearAsked } from '../lib/forms.ts';
import { useLoad } from '../lib/use-load.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { FormStateBadge } from '../parts/form-review.tsx';
import { OfInstitution } from '../parts/of-institution.tsx';
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
          <Table kind="trips" heads={[words.period, words.progress, words.due, words.submitted]}>
            {items.map((item) => (
              <tr key={item.period}>
                <td>
                  <Link href={pageOfForm(institution, item.period)}>
                    {item.edition === 'year'
                      ? words.wholeYear(item.period)
                      : words.monthly(item.period)}
                  </Link>
                </td>
                <td data-label={words.progress}>
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
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <OfInstitution>
        {({ institution: { id, timeZone }, today, chooser, query, choose }) => {
          const { years, year } = yearAsked(query, today);
          return (
            <>
              <Filters>
                {chooser}
                <Choice
                  label={words.year}
                  value={year}
                  options={years.map((each) => [each, each])}
                  choose={(each) => choose('year', each)}
                />
              </Filters>
              <List key={`${id} ${year}`} institution={id} year={year} zone={timeZone} />
            </>
          );
        }}
      </OfInstitution>
    </div>
  );
}
