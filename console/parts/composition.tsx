import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { type Counted, partsOf } from '../lib/ledger.ts';

const widthOfBar = 100;

/** What became of what should have come, as one bar; its words say the same. */
export function Composition({ of }: { readonly of: Counted }) {
  const { texts, locale } = useApp();
  const parts = partsOf(of);
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  const said = parts
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${texts.ledger[kind]} ${formatNumber(count, locale, 0)}`)
    .join(', ');
  let from = 0;
  return (
    <svg
      className="composition"
      viewBox={`0 0 ${widthOfBar} 8`}
      preserveAspectRatio="none"
      role="img"
      aria-label={texts.ledger.bar(said || '—')}
    >
      <title>{said || '—'}</title>
      <rect className="ground" width={widthOfBar} height="8" />
      {parts.map(({ kind, count }) => {
        const width = whole === 0 ? 0 : (count / whole) * widthOfBar;
        const x = from;
        from += width;
        return width > 0 ? (
          <rect key={kind} className={kind} x={x} width={width} height="8" />
        ) : null;
      })}
    </svg>
  );
}

export function CompositionLegend() {
  const { texts } = useApp();
  return (
    <ul className="composition-legend" aria-hidden="true">
      {(['observed', 'duplicate', 'quarantined', 'missing'] as const).map((kind) => (
        <li key={kind}>
          <svg viewBox="0 0 8 8" aria-hidden="true">
            <rect className={kind} width="8" height="8" />
          </svg>
          {texts.ledger[kind]}
        </li>
      ))}
    </ul>
  );
}
