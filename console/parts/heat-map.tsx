import { useMemo, useState } from 'react';
import type { EntityView } from '../../api/contract.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { hourMs, localTime, minuteMs, shiftDay, startOfDay } from '../../model/time.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useNow } from '../lib/app-context.ts';
import { calendarOf, type ShownDay } from '../lib/calendar.ts';
import type { Consumed } from '../lib/consumption.ts';
import { formatNumber, unitLabel } from '../lib/format.ts';
import { type HeatCell, type HeatDay, heatOf } from '../lib/heat.ts';
import { amountText } from '../lib/institution.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { CsvButton } from './csv-button.tsx';
import { Segments } from './segments.tsx';
import { Empty, Show } from './states.tsx';

const weekChoices = [2, 4, 8] as const;
const daysOfWeek = 7;
const hoursShown = 24;
const mostItems = 2_000;

const size = { label: 60, head: 15, width: 16, height: 14 } as const;

interface Shown {
  readonly days: readonly HeatDay[];
  readonly most: number;
  readonly unit: string;
  readonly kindOf: (date: string) => ShownDay['kind'];
}

const isOff = (kind: ShownDay['kind']): boolean =>
  kind === 'weekend' || kind === 'statutory-holiday';

function CellRect({
  cell,
  label,
  y,
}: {
  readonly cell: HeatCell;
  readonly label: string;
  readonly y: number;
}) {
  const box = {
    x: size.label + cell.hour * size.width,
    y,
    width: size.width - 1,
    height: size.height - 1,
  };
  if (cell.level === undefined)
    return (
      <rect className="missing" {...box}>
        <title>{label}</title>
      </rect>
    );
  return (
    <g>
      <rect className="none" {...box} />
      <rect {...box} fillOpacity={0.06 + 0.94 * cell.level}>
        <title>{label}</title>
      </rect>
      {cell.quality !== 'measured' && (
        <circle cx={box.x + size.width / 2} cy={y + size.height / 2} r="1.8" />
      )}
    </g>
  );
}

function Drawing({ days, most, unit, kindOf, label }: Shown & { readonly label: string }) {
  const { texts, locale } = useApp();
  const width = size.label + hoursShown * size.width;
  const height = size.head + days.length * size.height;
  const tell = (date: string, { hour, value, quality }: HeatCell) =>
    `${date} ${String(hour).padStart(2, '0')}:00 ${
      value === null ? texts.load.missing : amountText(value, unit, locale)
    }${quality === 'measured' ? '' : ` · ${texts.quality[quality]}`}`;
  return (
    <svg className="heat" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <title>{`${label}: ${texts.load.most} ${amountText(most, unit, locale)}`}</title>
      <defs>
        <pattern id="heat-missing" width="5" height="5" patternUnits="userSpaceOnUse">
          <path d="M0 5 5 0" />
        </pattern>
      </defs>
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={size.label + hour * size.width} y={size.head - 4}>
          {`${String(hour).padStart(2, '0')}:00`}
        </text>
      ))}
      {days.map(({ date, cells }, n) => {
        const y = size.head + n * size.height;
        const kind = kindOf(date);
        return (
          <g key={date}>
            <text className={isOff(kind) ? 'off' : ''} x="0" y={y + size.height - 3}>
              {`${date.slice(5)} ${kind && kind !== 'workday' ? texts.load.short[kind] : ''}`}
            </text>
            {cells.map((cell) => (
              <CellRect key={cell.hour} cell={cell} y={y} label={tell(date, cell)} />
            ))}
          </g>
        );
      })}
    </svg>
  );
}

function DaysTable({ days, unit, kindOf }: Shown) {
  const { texts, locale } = useApp();
  const [isOpen, setOpen] = useState(false);
  const hours = Array.from({ length: hoursShown }, (_, hour) => hour);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{texts.consumption.details}</summary>
      {isOpen && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th>{texts.load.day}</th>
                <th>{texts.load.dayKind}</th>
                <th className="number">
                  {texts.consumption.total} {unit}
                </th>
                {hours.map((hour) => (
                  <th key={hour} className="number">
                    {hour}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map(({ date, cells, sum }) => {
                const kind = kindOf(date);
                return (
                  <tr key={date}>
                    <td>{date}</td>
                    <td>{kind ? texts.dayKind[kind] : '—'}</td>
                    <td className="number">{formatNumber(sum, locale, 2)}</td>
                    {hours.map((hour) => (
                      <td key={hour} className="number">
                        {formatNumber(cells.find((cell) => cell.hour === hour)?.value, locale, 2)}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

/** Hours of the day over weeks: when a meter runs, and when it should not. Nothing for a meter that counts nothing. */
export function HeatCard({
  meter,
  zone,
}: {
  readonly meter: EntityView<'meters'>;
  readonly zone: string;
}) {
  const { api, texts } = useApp();
  const words = texts.load;
  const now = useNow(10 * minuteMs);
  const [weeks, setWeeks] = useState<(typeof weekChoices)[number]>(4);
  const counter = counterOf[meter.medium];
  const calendar = useEntities('calendar');
  const today = localTime(now, zone).date;
  const count = weeks * daysOfWeek;
  const first = shiftDay(today, 1 - count);
  const loaded = useLoad(
    counter === null ? undefined : `heat:${meter.id}:${weeks}:${first}`,
    (signal) => {
      const path = `/meters/${encodeURIComponent(meter.id)}/consumption`;
      const to = Math.floor(Date.now() / hourMs) * hourMs;
      const from = startOfDay(first, zone);
      return getAll<Consumed>(api, path, { by: 'hour', from, to }, mostItems, signal);
    },
    { everyMs: hourMs },
  );
  const kindOf = useMemo(() => {
    const amendments = new Map(calendar.data?.items.map((day) => [day.date, day]));
    return (date: string) => calendarOf(date.slice(0, 4), amendments).day(date).kind;
  }, [calendar.data]);
  const heat = useMemo(
    () => loaded.data && heatOf(loaded.data.items, first, count, zone, now),
    [loaded.data, first, count, zone, now],
  );
  if (counter === null) return null;
  const shown = { unit: unitLabel(metrics[counter].unit), kindOf };
  const rows = () => [
    [words.day, words.dayKind, ...Array.from({ length: hoursShown }, (_, hour) => hour)],
    ...(heat?.days ?? []).map(({ date, cells }) => {
      const kind = kindOf(date);
      return [date, kind ? texts.dayKind[kind] : '', ...cells.map(({ value }) => value)];
    }),
  ];
  return (
    <section className="card">
      <h2>{words.heat}</h2>
      <div className="filters">
        <Segments
          label={words.heat}
          values={weekChoices}
          chosen={weeks}
          name={words.heatWeeks}
          choose={setWeeks}
        />
        <CsvButton name={`${meter.id}-${first}`} rows={rows} />
      </div>
      <Show of={loaded}>
        {() =>
          heat?.days.some(({ sum }) => sum !== null) ? (
            <>
              <Drawing {...heat} {...shown} label={`${meter.name} ${words.heat}`} />
              <p className="faint small">
                {words.heatHint} {texts.common.zone}: {zone}
              </p>
              <DaysTable {...heat} {...shown} />
            </>
          ) : (
            <Empty title={words.none} />
          )
        }
      </Show>
    </section>
  );
}
