import { useCallback } from 'react';
import type { AlertView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { type ChartColors, hoursOption } from '../lib/chart-options.ts';
import { formatNumber } from '../lib/format.ts';
import type { Hour } from '../lib/series.ts';
import { LazyChart } from './lazy.tsx';
import { At } from './time.tsx';

/** The same in figures, for whoever checks them or cannot see the chart. */
export function HoursTable({
  hours,
  flagged,
  zone,
  unit,
}: {
  readonly hours: readonly Hour[];
  readonly flagged: readonly string[];
  readonly zone: string;
  readonly unit: string;
}) {
  const { texts, locale } = useApp();
  const wrong = new Set(flagged.map((at) => Date.parse(at)));
  const words: Readonly<Record<string, string>> = texts.quality;
  return (
    <details>
      <summary>{texts.alert.details}</summary>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>{texts.alert.from}</th>
              <th className="number">
                {texts.alert.actual} {unit}
              </th>
              <th className="number">{texts.alert.expected}</th>
              <th className="number">{texts.alert.expectedBand}</th>
              <th>{texts.alert.qualityFlags}</th>
              <th>{texts.alert.flagged}</th>
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.at}>
                <td>
                  <At at={hour.at} zone={zone} />
                </td>
                <td className="number">{formatNumber(hour.value, locale, 2)}</td>
                <td className="number">{formatNumber(hour.expected, locale, 2)}</td>
                <td className="number">
                  {hour.low === undefined && hour.high === undefined
                    ? '—'
                    : `${formatNumber(hour.low, locale, 2)} … ${formatNumber(hour.high, locale, 2)}`}
                </td>
                <td>{hour.quality === undefined ? '—' : (words[hour.quality] ?? hour.quality)}</td>
                <td>{wrong.has(hour.at) ? '●' : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Hours of use against what was expected of them, as a chart and in figures. */
export function HoursChart({
  alert,
  hours,
  zone,
}: {
  readonly alert: AlertView;
  readonly hours: readonly Hour[];
  readonly zone: string;
}) {
  const { texts, locale } = useApp();
  const named = alert.evidence.observed['unit'];
  // What names its waste in kWh needs no unit beside.
  const usual = 'wastedKwh' in alert.evidence.observed ? 'kWh' : '';
  const unit = typeof named === 'string' ? named : usual;
  const option = useCallback(
    (colors: ChartColors) => {
      const flagged = new Set(alert.evidence.flagged.map((at) => Date.parse(at)));
      return hoursOption(
        hours,
        flagged,
        {
          observed: texts.alert.actual,
          expected: texts.alert.expected,
          band: texts.alert.expectedBand,
        },
        { zone, locale, colors, unit },
      );
    },
    [alert.evidence, hours, texts, zone, locale, unit],
  );
  return (
    <section className="card">
      <h2>{texts.alert.observed}</h2>
      <LazyChart label={alert.summary[locale]} option={option} />
      <p className="faint small">
        <i className="swatch critical" aria-hidden="true" />
        {texts.alert.flagged} · {texts.common.zone}: {zone}
      </p>
      <HoursTable hours={hours} flagged={alert.evidence.flagged} zone={zone} unit={unit} />
    </section>
  );
}
