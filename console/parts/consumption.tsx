import { useCallback, useState } from 'react';
import type { EntityView } from '../../api/contract.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { getAll } from '../lib/api.ts';
import { useApp } from '../lib/app-context.ts';
import type { ChartColors } from '../lib/chart-options.ts';
import {
  type By,
  type Consumed,
  choices,
  consumptionOption,
  sumOf,
  views,
} from '../lib/consumption.ts';
import { formatNumber, unitLabel } from '../lib/format.ts';
import { useLoad } from '../lib/use-load.ts';
import { Fact } from './fact.tsx';
import { LazyChart } from './lazy.tsx';
import { Segments } from './segments.tsx';
import { Empty, Show } from './states.tsx';
import { At } from './time.tsx';

const mostItems = 1_000;

interface Shown {
  readonly items: readonly Consumed[];
  readonly unit: string;
  readonly zone: string;
}

/** The same in figures, the newest first. */
function ConsumptionTable({ items, unit, zone }: Shown) {
  const { texts, locale } = useApp();
  const words = texts.consumption;
  const number = (value: number | null | undefined) => formatNumber(value, locale, 2);
  return (
    <details>
      <summary>{words.details}</summary>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>{words.from}</th>
              <th className="number">
                {words.value} {unit}
              </th>
              <th className="number">{words.bounds}</th>
              <th>{words.quality}</th>
              <th>{words.notes}</th>
              <th>{words.revision}</th>
            </tr>
          </thead>
          <tbody>
            {items.toReversed().map((item) => (
              <tr key={item.from}>
                <td>
                  <At at={Date.parse(item.from)} zone={zone} />
                </td>
                <td className="number">
                  {item.value === null && item.knownValue !== undefined
                    ? `≥ ${number(item.knownValue)}`
                    : number(item.value)}
                </td>
                <td className="number">{`${number(item.lower)} … ${number(item.upper)}`}</td>
                <td>{texts.quality[item.quality]}</td>
                <td>{item.notes.map((note) => words.note[note]).join(' · ')}</td>
                <td>{item.revision === 0 ? '' : words.revised(item.revision)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function ConsumptionChart({ items, unit, zone, label }: Shown & { readonly label: string }) {
  const { texts, locale } = useApp();
  const words = texts.consumption;
  const option = useCallback(
    (colors: ChartColors) => consumptionOption(items, words.value, { zone, locale, colors, unit }),
    [items, words, zone, locale, unit],
  );
  const { known, isWhole } = sumOf(items);
  return (
    <>
      <LazyChart label={label} option={option} />
      <dl className="stats">
        <Fact name={isWhole ? words.total : words.known}>
          {formatNumber(known, locale, 2)} {unit}
        </Fact>
      </dl>
      <p className="faint small">
        {words.hint} {texts.common.zone}: {zone}
      </p>
      <ConsumptionTable items={items} unit={unit} zone={zone} />
    </>
  );
}

/** What a meter has used, by quarters of an hour, hours, days or months. Nothing for a meter that counts nothing. */
export function ConsumptionCard({
  meter,
  zone,
}: {
  readonly meter: EntityView<'meters'>;
  readonly zone: string;
}) {
  const { api, texts } = useApp();
  const [by, setBy] = useState<By>('hour');
  const counter = counterOf[meter.medium];
  const { forMs, everyMs } = views[by];
  const consumed = useLoad(
    counter === null ? undefined : `consumption:${meter.id}:${by}`,
    (signal) => {
      const to = Date.now();
      const path = `/meters/${encodeURIComponent(meter.id)}/consumption`;
      return getAll<Consumed>(api, path, { by, from: to - forMs, to }, mostItems, signal);
    },
    { everyMs },
  );
  if (counter === null) return null;
  const words = texts.consumption;
  // What is worked out of other meters is told by whole hours.
  const offered = choices.filter((choice) => choice !== 'quarter' || !meter.virtual);
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <div className="filters">
        <Segments
          label={words.title}
          values={offered}
          chosen={by}
          name={(choice) => words.by[choice]}
          choose={setBy}
        />
      </div>
      <Show of={consumed}>
        {({ items }) =>
          items.some(({ value, knownValue }) => value !== null || knownValue !== undefined) ? (
            <ConsumptionChart
              items={items}
              unit={unitLabel(metrics[counter].unit)}
              zone={zone}
              label={`${meter.name} ${words.title}`}
            />
          ) : (
            <Empty title={words.none} />
          )
        }
      </Show>
    </section>
  );
}
