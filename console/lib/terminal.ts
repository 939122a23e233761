import type { CommandView, FrameFieldView, ParameterInfoView } from '../../api/contract.ts';
import type { Locale } from './format.ts';

/** What the pages of terminals work with. */

/** The service takes no longer text; one frame holds it in every edition. */
export const textMostBytes = 1_000;

const asciiEnd = 0x80;

/** Bytes of a text in GBK; characters that GBK has not are refused by the service. */
export function gbkBytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += (character.codePointAt(0) ?? 0) < asciiEnd ? 1 : 2;
  return bytes;
}

export const isOpen = ({ state }: Pick<CommandView, 'state'>): boolean =>
  state === 'queued' || state === 'sent';

/** How often commands are looked at. */
export const pollMs = { awaiting: 2_000, idle: 20_000 } as const;

type Said = string | number | { readonly zh: string; readonly en: string } | null;

/** A value in the language of the page, with its unit. */
export function said(value: Said, unit: string | null, locale: Locale): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? value[locale] : String(value);
  return unit === null ? text : `${text} ${unit}`;
}

/** Bytes two digits each, with blanks between them. */
export const spaced = (hex: string, most = 48): string =>
  (hex.slice(0, 2 * most).match(/../g) ?? []).join(' ') + (hex.length > 2 * most ? ' …' : '');

export interface FieldLine {
  readonly key: string;
  readonly depth: number;
  readonly field: FrameFieldView;
}

/** A tree of fields as lines. */
export function linesOf(fields: readonly FrameFieldView[], depth = 0, path = ''): FieldLine[] {
  return fields.flatMap((field, n) => {
    const key = `${path}${n}`;
    return [{ key, depth, field }, ...linesOf(field.children, depth + 1, `${key}.`)];
  });
}

/** What a person typed → what the parameter takes. */
export const valueTyped = ({ type }: ParameterInfoView, text: string): string | number =>
  type === 'number' || type === 'choice' ? Number(text) : text.trim();
