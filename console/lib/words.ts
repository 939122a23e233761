import type { Texts } from '../texts/zh.ts';
import { ApiError } from './api.ts';

/** An error as a sentence a person can act on. */
export function errorWords(error: unknown, texts: Texts): string {
  if (!(error instanceof ApiError)) return texts.errors.server;
  if (error.status === 0) return texts.errors.offline;
  if (error.status === 401) return texts.signIn.ended;
  if (error.status === 403) return texts.errors.notAllowed;
  if (error.status === 404) return texts.errors.notFound;
  if (error.status === 409) return texts.errors.conflict;
  if (error.status === 429) return texts.errors.rateLimited;
  if (error.status >= 500) return texts.errors.server;
  return (
    error.faults.map((fault) => `${fault.path} ${fault.message}`.trim()).join(' · ') ||
    error.message
  );
}
