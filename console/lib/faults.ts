import type { Texts } from '../texts/zh.ts';
import type { InputFault } from './api.ts';
import { formatExact } from './format.ts';

/**
 * What the service found wrong with an input, in the language of the page. The service says it in English as `got …, want …`; the words of a language
 * stand beside patterns of that, and what none of them fits is shown as it came.
 */

export type Patterns = readonly (readonly [pattern: RegExp, words: string])[];

/** The words of the first pattern that fits the whole text. */
function told(text: string, patterns: Patterns): string | undefined {
  const fit = patterns.find(([pattern]) => pattern.test(text));
  return fit && text.replace(fit[0], fit[1]);
}

const instants = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

/** `中文。 English.` */
const bothLanguages = /^(.*\p{Script=Han}.*?)。 (.+)\.$/su;

function sentence(
  message: string,
  { sentences, gots, wants, join, half }: Texts['faults'],
): string {
  const both = bothLanguages.exec(message);
  if (both) return both[half] ?? message;
  const whole = told(message, sentences);
  if (whole !== undefined) return whole;
  const [, lead = '', wanted] = /^(?:(got .+|missing)[,;] )?want (.+)$/.exec(message) ?? [];
  const want = wanted === undefined ? undefined : told(wanted, wants);
  if (want === undefined) return message;
  const got = lead.startsWith('got ') ? lead.slice(4) : undefined;
  return join(got === undefined ? undefined : (told(got, gots) ?? got), want);
}

/** `line[3][0]` → the name of the field, and which of its entries. */
function fieldName(path: string, { fields, entry }: Texts['faults']): string {
  const [, plain = path, index] = /^([^[]*)(?:\[(\d+)\])?/.exec(path) ?? [];
  const last = plain.split('.').at(-1) ?? plain;
  const name = fields[last] ?? last;
  return index === undefined ? name : entry(name, Number(index) + 1);
}

/** @param zone whose clock instants in the sentence are told by; undefined leaves them as they came */
export function faultWords(
  { path, message, line }: InputFault,
  texts: Texts,
  zone?: string,
): string {
  const words = sentence(message, texts.faults);
  const timed =
    zone === undefined ? words : words.replace(instants, (at) => formatExact(Date.parse(at), zone));
  const field = fieldName(path, texts.faults);
  const placed = field === '' ? timed : texts.faults.of(field, timed);
  return line === undefined ? placed : texts.faults.line(line, placed);
}
