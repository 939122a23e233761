import type { Position } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { compassPoint, formatMetric, formatNumber } from '../lib/format.ts';
import { Ago, At } from './time.tsx';

/** The latest fix of a vehicle in words. */
export function PositionFacts({
  position,
  zone,
}: {
  readonly position: Position | undefined;
  readonly zone?: string;
}) {
  const { texts, locale } = useApp();
  const inZone = zone === undefined ? {} : { zone };
  if (!position) return <p className="note">{texts.map.never}</p>;
  const { speedKmh, headingDeg, acc, at } = position;
  return (
    <dl className="facts">
      <div>
        <dt>{texts.map.speed}</dt>
        <dd>{formatMetric(speedKmh, 'speed_kmh', locale)}</dd>
      </div>
      <div>
        <dt>{texts.map.heading}</dt>
        <dd>
          {headingDeg === null
            ? '—'
            : `${compassPoint(headingDeg, texts)} ${formatNumber(headingDeg, locale, 0)}°`}
        </dd>
      </div>
      <div>
        <dt>{texts.map.acc}</dt>
        <dd>{acc === null ? '—' : acc ? texts.map.accOn : texts.map.accOff}</dd>
      </div>
      <div>
        <dt>{texts.map.at}</dt>
        <dd>
          <At at={at} {...inZone} /> (<Ago at={at} {...inZone} />)
        </dd>
      </div>
    </dl>
  );
}
