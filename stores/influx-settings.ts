import { AppError } from '../model/errors.ts';
import type { Point } from './influx-points.ts';

export interface InfluxSettings {
  /** `http://host:port`, with a path where a proxy wants one. */
  readonly url: string;
  readonly version: 1 | 2 | 3;
  /** Database of 1.x and 3.x, bucket of 2.x. */
  readonly database: string;
  /** 2.x only. */
  readonly org?: string;
  readonly username?: string;
  readonly password?: string;
  /** 2.x and 3.x. */
  readonly token?: string;
  /** How long a server may take to answer; 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Sends points in one request, without a buffer or retry of its own.
 * @throws AppError `STORE_REFUSED` with the server's words where the request has something bad in it; `STORE_UNAVAILABLE` for everything else
 */
export type SendPoints = (points: readonly Point[]) => Promise<void>;

/** Malformed, too large, or of another type than the field has: something in the request is bad. Every other answer may pass. */
const refusing: ReadonlySet<number> = new Set([400, 413, 422]);

const wordsKept = 500;

export const trouble = (words: string, cause?: unknown): AppError =>
  new AppError('STORE_UNAVAILABLE', `InfluxDB: ${words.trim().slice(0, wordsKept)}`, {
    retryable: true,
    cause,
  });

/** What an answer other than success means. */
export const answered = (status: number, words: string, cause: unknown): AppError =>
  refusing.has(status)
    ? new AppError('STORE_REFUSED', words.trim().slice(0, wordsKept), { cause })
    : trouble(`answered ${status}: ${words}`, cause);

/** Rejects when the work takes longer: the clients' own time limits end when an answer has begun. */
export async function withDeadline<Result>(
  work: Promise<Result>,
  limitMs: number,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(trouble(`no complete answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
