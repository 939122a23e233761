import { useMemo } from 'react';
import { useApp, useSession } from '../lib/app-context.ts';
import { tell } from '../lib/evidence.ts';
import { formatExact } from '../lib/format.ts';
import { Fact } from './fact.tsx';

interface FactsProps {
  readonly title?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly zone?: string;
  /** Said where there is nothing to tell; absent: nothing is shown then. */
  readonly empty?: string;
  /** They are parameters of a rule, some of which have names of evidence and mean something else. */
  readonly areParams?: boolean;
  /** Names of things they speak of by their ids. */
  readonly things?: Readonly<Record<string, string>>;
}

/** Evidence as labelled lines in the language of the page. */
export function Facts({ title, facts, zone, empty, areParams = false, things }: FactsProps) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const lines = useMemo(
    () =>
      tell(facts, {
        locale,
        words: {
          ...texts.evidenceParams,
          ...texts.evidenceWords,
          ...(areParams && texts.evidenceParams),
          ...(areParams && texts.ruleParams),
          ...things,
        },
        values: {
          ...texts.evidenceValues,
          ...texts.dayKind,
          ...texts.quality,
          ...texts.medium,
          ...(areParams && texts.vehicleClass),
          ...(areParams && texts.ruleOptions),
          ...things,
        },
        yes: texts.common.yes,
        no: texts.common.no,
        time: (at) => formatExact(at, zone ?? me.timeZone),
      }),
    [facts, locale, texts, zone, me.timeZone, areParams, things],
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
            <Fact key={key} name={label}>
              {value}
            </Fact>
          ))}
        </dl>
      )}
    </div>
  );
}
