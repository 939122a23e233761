import type { CostView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import type { FiguresAsked } from '../lib/figures.ts';
import { formatNumber } from '../lib/format.ts';
import { useLoad } from '../lib/use-load.ts';
import { Fact } from './fact.tsx';
import { Show } from './states.tsx';

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
          <Fact key={band.band} name={words.bands[band.band]}>
            {kwh(band.kwh)} · {money(band.yuan)}
          </Fact>
        ))}
      </dl>
    </>
  );
}

/** What the electricity of a month cost by the tariffs in force. */
export function Cost({ asked }: { readonly asked: FiguresAsked & { readonly month: number } }) {
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
