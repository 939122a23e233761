import type { Position } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { compassPoint, formatMetric, formatNumber } from '../lib/format.ts';
import { Fact } from './fact.tsx';
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
      <Fact name={texts.map.speed}>{formatMetric(speedKmh, 'speed_kmh', locale)}</Fact>
      <Fact name={texts.map.heading}>
        {headingDeg === null
          ? '—'
          : `${compassPoint(headingDeg, texts)} ${formatNumber(headingDeg, locale, 0)}°`}
      </Fact>
      <Fact name={texts.map.acc}>
        {acc === null ? '—' : acc ? texts.map.accOn : texts.map.accOff}
      </Fact>
      <Fact name={texts.map.at}>
        <At at={at} {...inZone} /> (<Ago at={at} {...inZone} />)
      </Fact>
    </dl>
  );
}
