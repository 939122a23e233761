import { Link } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import type { Loaded } from '../lib/use-load.ts';
import { AlertList } from './alert-list.tsx';
import { Show } from './states.tsx';

const shown = 10;

/** The newest alerts of one meter or vehicle. */
export function AlertsCard({
  title,
  subject,
  alerts,
}: {
  readonly title: string;
  readonly subject: string;
  readonly alerts: Loaded<{ readonly items: readonly AlertView[] }>;
}) {
  const { texts } = useApp();
  return (
    <section className="card">
      <h2>
        {title}
        <Link href={`/alerts?state=&subject=${encodeURIComponent(subject)}`}>
          {texts.overview.allAlerts}
        </Link>
      </h2>
      <Show of={alerts}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{texts.meters.noAlerts}</p>
          ) : (
            <AlertList compact alerts={items.slice(0, shown)} />
          )
        }
      </Show>
    </section>
  );
}
