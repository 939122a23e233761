import type { ReactNode } from 'react';
import type { IndicatorsView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { type FiguresAsked, figuresAsked } from '../lib/figures.ts';
import { useLoad } from '../lib/use-load.ts';
import { Cost } from '../parts/cost.tsx';
import { Factors, Figures, Parts } from '../parts/figures.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { OfInstitution } from '../parts/of-institution.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Show } from '../parts/states.tsx';

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

interface AskingProps {
  readonly asked: FiguresAsked;
  readonly chooser: ReactNode;
  /** YYYY-MM-DD */
  readonly today: string;
  readonly choose: (key: string, value: string) => void;
}

function Asking({ asked, chooser, today, choose }: AskingProps) {
  const words = useApp().texts.figures;
  const thisYear = Number(today.slice(0, 4));
  const years = Array.from({ length: yearsShown }, (_, n) => String(thisYear - n));
  return (
    <Filters>
      {chooser}
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
  );
}

/** What an institution used, in standard coal, CO2 and money, by month or year. What is chosen stands in the address. */
export function FiguresScreen() {
  const words = useApp().texts.figures;
  useTitle(words.title);
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <OfInstitution>
        {({ institution, today, chooser, query, choose }) => {
          const asked = figuresAsked(query, institution.id, today);
          return (
            <>
              <Asking asked={asked} chooser={chooser} today={today} choose={choose} />
              <Body key={JSON.stringify(asked)} asked={asked} />
            </>
          );
        }}
      </OfInstitution>
    </div>
  );
}
