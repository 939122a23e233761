import type { IndicatorsView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { warningsOf } from '../lib/figures.ts';
import { formatNumber } from '../lib/format.ts';
import { Fact } from './fact.tsx';
import { Table } from './table.tsx';
import { Tile } from './tile.tsx';

function Figure({
  label,
  value,
  unit,
  digits = 2,
}: {
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
  readonly digits?: number;
}) {
  const { locale } = useApp();
  return <Tile label={label} value={formatNumber(value, locale, digits)} note={unit} />;
}

/** The figures as tiles, with what a reader must know of them. */
export function Figures({ of }: { readonly of: IndicatorsView }) {
  const { texts } = useApp();
  const words = texts.figures;
  return (
    <>
      <section className="tiles" aria-label={words.title}>
        <Figure label={words.energy} value={of.energyKgce} unit="kgce" digits={0} />
        <Figure label={words.perHead} value={of.perHeadKgce} unit={`kgce/${words.person}`} />
        <Figure label={words.perM2} value={of.perM2Kgce} unit="kgce/m²" />
        <Figure label={words.electricityPerM2} value={of.electricityPerM2Kwh} unit="kWh/m²" />
        <Figure label={words.waterPerHead} value={of.waterPerHeadM3} unit={`m³/${words.person}`} />
        <Figure label={words.co2} value={of.co2Kg} unit="kg" digits={0} />
        <Figure label={words.co2PerM2} value={of.co2PerM2Kg} unit="kg/m²" />
        <Figure label={words.coverage} value={100 * of.coverage} unit="%" digits={0} />
      </section>
      {warningsOf(of, texts).map((warning) => (
        <p key={warning} className="note">
          {warning}
        </p>
      ))}
      <p className="faint small">{words.notScaled}</p>
    </>
  );
}

/** What each medium gives to the sums. */
export function Parts({ parts }: { readonly parts: IndicatorsView['parts'] }) {
  const { texts, locale } = useApp();
  const words = texts.figures;
  const amount = (value: number | null, unit: string) =>
    value === null ? '—' : `${formatNumber(value, locale, 1)} ${unit}`;
  return (
    <Table
      heads={[
        words.medium,
        { number: words.amount },
        { number: words.coal },
        { number: words.emission },
        { number: words.coverage },
        words.state,
      ]}
    >
      {parts.map((part) => (
        <tr key={part.medium}>
          <td>{texts.medium[part.medium]}</td>
          <td className="number" data-label={words.amount}>
            {amount(part.value, part.unit)}
          </td>
          <td className="number" data-label={words.coal}>
            {part.coal.length === 0 ? words.notConverted : amount(part.energyKgce, 'kgce')}
          </td>
          <td className="number" data-label={words.emission}>
            {part.co2.length === 0 ? words.notConverted : amount(part.co2Kg, 'kg')}
          </td>
          <td className="number" data-label={words.coverage}>
            {formatNumber(100 * part.coverage, locale, 0)} %
          </td>
          <td data-label={words.state}>{texts.quality[part.quality]}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Every factor used, with where it is from. */
export function Factors({ of }: { readonly of: IndicatorsView }) {
  const { texts, locale } = useApp();
  const words = texts.figures;
  const lines = of.parts.flatMap(({ medium, coal, co2 }) => [
    ...coal.map((factor) => ({ medium, factor, of: 'kgce' })),
    ...co2.map((factor) => ({ medium, factor, of: 'kg CO2' })),
  ]);
  return (
    <details className="card">
      <summary>
        {words.factors}: {of.factorSet}
      </summary>
      <dl className="facts">
        {lines.map(({ medium, factor, of: quantity }) => (
          <Fact
            key={`${medium} ${quantity} ${factor.set} ${factor.value}`}
            name={`${texts.medium[medium]} ${formatNumber(factor.value, locale, 4)} ${quantity}/${
              factor.per === 'm3' ? 'm³' : factor.per
            }`}
          >
            {factor.source[locale]} ({factor.verified ? words.verified : words.unverified})
          </Fact>
        ))}
      </dl>
    </details>
  );
}
