import { AppError } from '../model/errors.ts';

/**
 * The version a change is meant for: `If-Match` with an `ETag` of ours, or `version` in the body; undefined is any.
 *
 * @throws AppError `INPUT_MALFORMED`
 */
export function versionOf(ifMatch: string | undefined, inBody: unknown): number | undefined {
  const given = ifMatch === undefined || ifMatch === '*' ? inBody : numberIn(ifMatch);
  if (given === undefined) return undefined;
  if (typeof given === 'number' && Number.isInteger(given)) return given;
  throw new AppError('INPUT_MALFORMED', 'version: got something else than a whole number');
}

/** `"7"`, `W/"7"` or `7`. */
const numberIn = (tag: string): number => Number(/^(?:W\/)?"?(\d{1,15})"?$/.exec(tag)?.[1]);
