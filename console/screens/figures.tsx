import type { CostView, IndicatorsView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { type FiguresAsked, figuresAsked, warningsOf } from '../lib/figures.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { Filters } from '../parts/filters.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';

const yearsShown = 6;

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
  return (
    <div className="card tile">
      <span>{label}</span>
      <b>{formatNumber(value, locale, digits)}</b>
      <small>{unit}</small>
    </div>
  );
}

function Figures({ of }: { readonly of: IndicatorsView }) {
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

function Parts({ parts }: { readonly parts: IndicatorsView['parts'] }) {
  const { texts, locale } = useApp();
  const words = texts.figures;
  const amount = (value: number | null, unit: string) =>
    value === null ? '—' : `${formatNumber(value, locale, 1)} ${unit}`;
  return (
    <section className="card table">
      <table>
        <thead>
          <tr>
            <th>{words.medium}</th>
            <th className="number">{words.amount}</th>
            <th className="number">{words.coal}</th>
            <th className="number">{words.emission}</th>
            <th className="number">{words.coverage}</th>
            <th>{words.state}</th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </section>
  );
}

/** Every factor used, with where it is from. */
function Factors({ of }: { readonly of: IndicatorsView }) {
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
          <div key={`${medium} ${quantity} ${factor.set} ${factor.value}`}>
            <dt>
              {texts.medium[medium]} {formatNumber(factor.value, locale, 4)} {quantity}/
              {factor.per === 'm3' ? 'm³' : factor.per}
            </dt>
            <dd>
              {factor.source[locale]} ({factor.verified ? words.verified : words.unverified})
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function CostRange({ cost }: { readonly cost: CostView }) {
  const { texts, locale } = useApp();
  const { lowerYuan, upperYuan, yuan } = cost;
  const money = (value: number) => `¥${formatNumber(value, locale, 2)}`;
  if (lowerYuan === null) return null;
  if (upperYuan === null) return <p className="note">{texts.figures.costFrom(money(lowerYuan))}</p>;
  const isSure = yuan !== null && upperYuan - lowerYuan < 0.01;
  return isSure ? null : (
    <p className="note">{texts.figures.costRange(money(lowerYuan), money(upperYuan))}</p>
  );
}

function CostBody({ cost }: { readonly cost: CostView }) {
  const { texts, locale } = useApp();
  const words = texts.figures;
  const money = (value: number | null) =>
    value === null ? words.costUnknown : `¥${formatNumber(value, locale, 2)}`;
  const kwh = (value: number) => `${formatNumber(value, locale, 1)} kWh`;
  if (cost.bands.length === 0)
    return <p className="faint">{cost.unpricedKwh > 0 ? words.noTariff : words.noData}</p>;
  return (
    <>
      <p>
        <strong>{money(cost.yuan)}</strong>
        {cost.yuan === null && <> · {words.costKnown(money(cost.knownYuan))}</>}
      </p>
      <CostRange cost={cost} />
      {cost.unpricedKwh > 0 && <p className="note">{words.unpriced(kwh(cost.unpricedKwh))}</p>}
      <dl className="facts">
        {cost.bands.map((band) => (
          <div key={band.band}>
            <dt>{words.bands[band.band]}</dt>
            <dd>
              {kwh(band.kwh)} · {money(band.yuan)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Cost({ asked }: { readonly asked: FiguresAsked & { readonly month: number } }) {
  const { api, texts } = useApp();
  const { institution, year, month } = asked;
  const cost = useLoad(
    `cost:${institution}:${year}:${month}`,
    (signal) =>
      api.get<CostView>(
        `/institutions/${encodeURIComponent(institution)}/cost`,
        { year, month },
        signal,
      ),
    { freshMs: minuteMs },
  );
  return (
    <section className="card">
      <h2>{texts.figures.cost}</h2>
      <Show of={cost}>{(found) => <CostBody cost={found} />}</Show>
    </section>
  );
}

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
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <Filters>
        <select
          aria-label={words.institution}
          value={chosen.id}
          onChange={(event) => choose('institution', event.target.value)}
        >
          {items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label={words.year}
          value={asked.year}
          onChange={(event) => choose('year', event.target.value)}
        >
          {Array.from({ length: yearsShown }, (_, n) => thisYear - n).map((year) => (
            <option key={year}>{year}</option>
          ))}
        </select>
        <select
          aria-label={words.month}
          value={asked.month ?? 'all'}
          onChange={(event) => choose('month', event.target.value)}
        >
          <option value="all">{words.wholeYear}</option>
          {Array.from({ length: 12 }, (_, n) => n + 1).map((month) => (
            <option key={month} value={month}>
              {words.monthOf(month)}
            </option>
          ))}
        </select>
        <fieldset className="segments">
          <legend className="hidden">{words.calibre}</legend>
          {(['calorific', 'equivalent'] as const).map((calibre) => (
            <button
              key={calibre}
              type="button"
              aria-pressed={calibre === asked.calibre}
              onClick={() => choose('calibre', calibre)}
            >
              {words[calibre]}
            </button>
          ))}
        </fieldset>
      </Filters>
      <Body key={JSON.stringify(asked)} asked={asked} />
    </div>
  );
}
