import type { LedgerDayView } from '../../api/contract.ts';

export type Counted = Pick<LedgerDayView, 'observed' | 'duplicate' | 'quarantined' | 'missing'>;

export const setAsideOf = ({ quarantined }: Pick<LedgerDayView, 'quarantined'>): number =>
  Object.values(quarantined).reduce((sum, by) => sum + by, 0);

/** In the order of the bar. */
export const partsOf = (of: Counted) =>
  [
    { kind: 'observed', count: of.observed },
    { kind: 'duplicate', count: of.duplicate },
    { kind: 'quarantined', count: setAsideOf(of) },
    { kind: 'missing', count: of.missing ?? 0 },
  ] as const;

const steps = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`; a kB is 1,000 bytes. */
export function formatBytes(bytes: number, format: (value: number) => string): string {
  let value = bytes;
  let step = 0;
  while (value >= 1_000 && step < steps.length - 1) {
    value /= 1_000;
    step++;
  }
  return `${format(value)} ${steps[step]}`;
}

/** Two digits a byte, sixteen bytes a line, with their place and what of them is text. */
export function hexDump(hex: string, most: number): string {
  const bytes = hex.match(/../g)?.slice(0, most) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.slice(at, at + 16);
    const text = line.map((byte) => {
      const code = Number.parseInt(byte, 16);
      return code >= 32 && code < 127 ? String.fromCharCode(code) : '·';
    });
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${line.join(' ').padEnd(47)}  ${text.join('')}`,
    );
  }
  return lines.join('\n');
}
