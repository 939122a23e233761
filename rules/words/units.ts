import type { Text } from '../../model/alert.ts';
import { hourMs, localTime, minuteMs } from '../../model/time.ts';

/** A number as a person writes it: three digits that count, no zeros behind, no exponent. */
export function amount(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** How long, in the largest unit that fits. */
export function duration(ms: number): Text {
  if (ms >= 48 * hourMs) return said(ms / (24 * hourMs), '天', 'd');
  if (ms >= 2 * hourMs) return said(ms / hourMs, '小时', 'h');
  if (ms >= 2 * minuteMs) return said(ms / minuteMs, '分钟', 'min');
  return said(ms / 1000, '秒', 's');
}

const said = (value: number, zh: string, en: string): Text => {
  const number = value >= 10 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
  return { zh: `${number} ${zh}`, en: `${number} ${en}` };
};

/** Metres, or kilometres from one on. */
export const distance = (metres: number): Text =>
  metres >= 1000
    ? said(metres / 1000, '公里', 'km')
    : { zh: `${Math.round(metres)} 米`, en: `${Math.round(metres)} m` };

/** Month, day, hour and minute as clocks of the zone show them. */
export function clock(at: number, zone: string): string {
  const { date, hour, minute } = localTime(at, zone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.slice(5)} ${two(hour)}:${two(minute)}`;
}
