import type { ReactNode } from 'react';
import type { EntityView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession } from '../lib/app-context.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { Choice } from './filters.tsx';
import { Empty, Show } from './states.tsx';

interface Chosen {
  readonly institution: EntityView<'institutions'>;
  /** YYYY-MM-DD, where the institution is. */
  readonly today: string;
  /** The filter that chooses another. */
  readonly chooser: ReactNode;
  readonly query: URLSearchParams;
  readonly choose: (key: string, value: string) => void;
}

/** What is shown of one institution: that in the address, else one's own, else the first. */
export function OfInstitution({ children }: { readonly children: (chosen: Chosen) => ReactNode }) {
  const { texts } = useApp();
  const { me } = useSession();
  const now = useNow(10 * minuteMs);
  const [query, choose] = useFilters();
  const loaded = useEntities('institutions');
  return (
    <Show of={loaded}>
      {({ items, byId }) => {
        const asked = byId.get(query.get('institution') ?? '') ?? byId.get(me.institution ?? '');
        const institution = asked ?? items[0];
        if (!institution) return <Empty title={texts.common.noInstitutions} />;
        const chooser = (
          <Choice
            label={texts.alerts.institution}
            value={institution.id}
            options={items.map(({ id, name }) => [id, name])}
            choose={(id) => choose('institution', id)}
          />
        );
        const today = localTime(now, institution.timeZone).date;
        return children({ institution, today, chooser, query, choose });
      }}
    </Show>
  );
}
