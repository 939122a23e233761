import type { Locale } from '../lib/format.ts';
import { en } from './en.ts';
import { type Texts, zh } from './zh.ts';

export const texts: Readonly<Record<Locale, Texts>> = { zh, en };
