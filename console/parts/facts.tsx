import { useMemo } from 'react';
import { useApp, useSession } from '../lib/app-context.ts';
import { tell } from '../lib/evidence.ts';
import { formatExact } from '../lib/format.ts';

interface FactsProps {
  readonly title?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly zone?: string;
  /** Said where there is nothing to tell; absent: nothing is shown then. */
  readonly empty?: string;
}

/** Evidence as labelled lines in the language of the page. */
export function Facts({ title, facts, zone, empty }: FactsProps) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const lines = useMemo(
    () =>
      tell(facts, {
        locale,
        words: texts.evidenceWords,
        values: { ...texts.evidenceValues, ...texts.dayKind, ...texts.quality, ...texts.medium },
        yes: texts.common.yes,
        no: texts.common.no,
        time: (at) => formatExact(at, zone ?? me.timeZone),
      }),
    [facts, locale, texts, zone, me.timeZone],
  );
  if (lines.length === 0 && empty === undefined) return null;
  return (
    <div>
      {title !== undefined && <h3>{title}</h3>}
      {lines.length === 0 ? (
        <p className="faint">{empty}</p>
      ) : (
        <dl className="facts">
          {lines.map(({ key, label, value }) => (
            <div key={key}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
