import type { IndicatorsView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { type FiguresAsked, figuresAsked } from '../lib/figures.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { Cost } from '../parts/cost.tsx';
import { Factors, Figures, Parts } from '../parts/figures.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';

const yearsShown = 6;
const months = Array.from({ length: 12 }, (_, n) => n + 1);

function Body({ asked }: { readonly asked: FiguresAsked }) {
  const { api, texts } = useApp();
  const { institution, year, month, calibre } = asked;
  const indicators = useLoad(
    `indicators:${institution}:${year}:${month ?? 'all'}:${calibre}`,
    (signal) =>
      api.get<IndicatorsView>(
        `/institutions/${encodeURIComponent(institution)}/indicators`,
        { year, month, calibre },
        signal,
      ),
    { freshMs: minuteMs },
  );
  return (
    <Show of={indicators}>
      {(found) =>
        found.parts.every(({ value }) => value === null) ? (
          <Empty title={texts.figures.noData}>
            <span>{texts.figures.noDataMore}</span>
          </Empty>
        ) : (
          <>
            <Figures of={found} />
            <h2>{texts.figures.parts}</h2>
            <Parts parts={found.parts} />
            {month !== undefined && <Cost asked={{ ...asked, month }} />}
            <Factors of={found} />
          </>
        )
      }
    </Show>
  );
}

/** What an institution used, in standard coal, CO2 and money, by month or year. What is chosen stands in the address. */
export function FiguresScreen() {
  const { texts } = useApp();
  const words = texts.figures;
  useTitle(words.title);
  const { me } = useSession();
  const now = useNow(10 * minuteMs);
  const institutions = useEntities('institutions');
  const [query, choose] = useFilters();
  if (institutions.error !== undefined)
    return <Failure error={institutions.error} retry={institutions.reload} />;
  if (!institutions.data) return <Loading />;
  const { items, byId } = institutions.data;
  const first = byId.get(query.get('institution') ?? '') ?? byId.get(me.institution ?? '');
  const chosen = first ?? items[0];
  if (!chosen) return <Empty title={words.noInstitution} />;
  const today = localTime(now, chosen.timeZone).date;
  const asked = figuresAsked(query, chosen.id, today);
  const thisYear = Number(today.slice(0, 4));
  const years = Array.from({ length: yearsShown }, (_, n) => String(thisYear - n));
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <Filters>
        <Choice
          label={words.institution}
          value={chosen.id}
          options={items.map(({ id, name }) => [id, name])}
          choose={(id) => choose('institution', id)}
        />
        <Choice
          label={words.year}
          value={String(asked.year)}
          options={years.map((year) => [year, year])}
          choose={(year) => choose('year', year)}
        />
        <Choice
          label={words.month}
          value={String(asked.month ?? 'all')}
          options={[
            ['all', words.wholeYear],
            ...months.map((month) => [String(month), words.monthOf(month)] as const),
          ]}
          choose={(month) => choose('month', month)}
        />
        <Segments
          label={words.calibre}
          values={['calorific', 'equivalent'] as const}
          chosen={asked.calibre}
          name={(calibre) => words[calibre]}
          choose={(calibre) => choose('calibre', calibre)}
        />
      </Filters>
      <Body key={JSON.stringify(asked)} asked={asked} />
    </div>
  );
}
