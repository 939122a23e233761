import { expect, test } from 'vitest';
import { isMetric, metricNames, metricOfCode, metrics } from '../../model/metrics.ts';

const endings: Readonly<Record<string, string>> = {
  kWh: 'kwh',
  kvarh: 'kvarh',
  kW: 'kw',
  kvar: 'kvar',
  kVA: 'kva',
  V: 'v',
  A: 'a',
  Hz: 'hz',
  'm³': 'm3',
  'm³/h': 'm3h',
  GJ: 'gj',
  '°C': 'c',
  '%': 'pct',
  'km/h': 'kmh',
  km: 'km',
  L: 'l',
};

test.each(metricNames)('%s carries its unit in its name and a sane range', (name) => {
  const { unit, min, max, zh, en } = metrics[name];
  if (unit !== '1') expect(name.endsWith(`_${endings[unit]}`)).toBe(true);
  expect(min).toBeLessThan(max);
  expect(zh && en).toBeTruthy();
});

test('codes are unique, fit one byte and lead back to the name', () => {
  const codes = metricNames.map((name) => metrics[name].code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(Math.max(...codes)).toBeLessThan(256);
  for (const name of metricNames) expect(metricOfCode(metrics[name].code)).toBe(name);
});

test('names of the language itself are no metrics', () => {
  for (const name of ['__proto__', 'constructor', 'toString', ''])
    expect(isMetric(name)).toBe(false);
});
