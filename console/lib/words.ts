import type { Texts } from '../texts/zh.ts';
import { ApiError } from './api.ts';
import { faultWords } from './faults.ts';

/** Of a file that is wrong in every line. */
const mostFaults = 10;

/**
 * An error as a sentence a person can act on.
 * @param zone whose clock instants in it are told by
 */
export function errorWords(error: unknown, texts: Texts, zone?: string): string {
  if (!(error instanceof ApiError)) return texts.errors.server;
  if (error.status === 0) return texts.errors.offline;
  if (error.status === 401) return texts.signIn.ended;
  if (error.status === 403) return texts.errors.notAllowed;
  if (error.status === 404) return texts.errors.notFound;
  if (error.status === 409) return texts.errors.conflict;
  if (error.status === 429) return texts.errors.rateLimited;
  if (error.status >= 500) return texts.errors.server;
  const faults = error.faults.length > 0 ? error.faults : [{ path: '', message: error.message }];
  const told = faults.slice(0, mostFaults).map((fault) => faultWords(fault, texts, zone));
  const more = faults.length - told.length;
  return [...told, ...(more > 0 ? [texts.faults.more(more)] : [])].join(' · ');
}
