import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../model/time.ts';
import { decodeText, fixesOf } from './nmea-lines.ts';

/* Sentences of receivers and of the tests of other implementations, with what they say there. */

interface Known {
  readonly sentence: string;
  readonly checksumOk: boolean;
  readonly theirs: { readonly error?: string; readonly lat?: number; readonly lon?: number } | null;
  readonly decoded: {
    readonly type: string;
    readonly time?: string | null;
    readonly date?: string;
    readonly lat?: number | null;
    readonly lon?: number | null;
    readonly valid?: boolean;
    readonly quality?: number;
    readonly mode?: string;
    readonly sats?: number;
    readonly speedKn?: number | null;
    readonly course?: number | null;
  } | null;
}

const file = join(import.meta.dirname, '../../../shared/data/nmea/sentences.json');
const isThere = existsSync(file);
if (!isThere) console.log('SKIPPED 1: no sentences of other implementations beside the project');
const all: Known[] = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as Known[]) : [];

/** What other implementations take for a fix and this one does not. */
const differences: Readonly<Record<string, string>> = {
  '$GBRMC,052848.40,A,4958.43074,N,00909.25157,E,0.371,,240516,,,S*76':
    'mode S is a simulator: it gives the position nobody measured, which is not fixed',
};

/** A day on which the sentence may have come. */
const dayOf = ({ decoded }: Known): number =>
  decoded?.date ? Date.parse(`${decoded.date}T00:00:00Z`) : Date.UTC(2026, 10, 20);

const msOf = (time: string): number => {
  const [hour, minute, second] = time.split(':').map(Number);
  return ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000 + Math.round((second ?? 0) * 1000);
};

const isValid = ({ valid, quality, mode }: NonNullable<Known['decoded']>): boolean =>
  valid ?? (quality === undefined ? /[ADFPRE]/.test(mode ?? '') : quality > 0);

describe.skipIf(!isThere)('sentences of others', () => {
  test('there are sixty of them', () => expect(all.length).toBeGreaterThanOrEqual(60));

  test.each(all)('$sentence', (known) => {
    const { sentence, checksumOk, theirs, decoded } = known;
    const { observations, refused } = decodeText(`${sentence}\r\n`, dayOf(known) + dayMs - 1);
    if (!checksumOk) {
      expect(refused).toMatchObject([{ detail: expect.stringContaining('checksum') }]);
      expect(observations).toEqual([]);
      return;
    }
    if (theirs?.error !== undefined) {
      expect(refused).toMatchObject([
        { reason: 'malformed', detail: expect.stringContaining('want') },
      ]);
      expect(observations).toEqual([]);
      return;
    }
    expect(refused).toEqual([]);
    const expected = decoded as NonNullable<Known['decoded']>;
    if (expected.lat === undefined) {
      expect(observations).toEqual([]);
      return;
    }
    const [fix] = fixesOf(sentence, dayOf(known) + dayMs - 1);
    expect(fix).toMatchObject(
      expected.time
        ? { at: dayOf(known) + msOf(expected.time), timeSource: 'device' }
        : { timeSource: 'receipt' },
    );
    expect(fix?.fixed).toBe(isValid(expected) && !(sentence in differences));
    expect(fix?.lat).toBeCloseTo(expected.lat ?? 0, 8);
    expect(fix?.lon).toBeCloseTo(expected.lon ?? 0, 8);
    expect(fix?.satellites).toBe(expected.sats);
    expect(fix?.speedKmh).toBe(expected.speedKn == null ? undefined : expected.speedKn * 1.852);
    expect(fix?.headingDeg).toBe(expected.course ?? undefined);
  });

  test('positions that another implementation worked out are the same within a metre', () => {
    const compared = all.filter(
      ({ checksumOk, theirs }) => checksumOk && typeof theirs?.lat === 'number',
    );
    expect(compared.length).toBeGreaterThan(20);
    for (const known of compared) {
      const [fix] = fixesOf(known.sentence, dayOf(known) + dayMs - 1);
      expect(Math.abs((fix?.lat ?? 0) - (known.theirs?.lat ?? 0)), known.sentence).toBeLessThan(
        1e-5,
      );
      expect(Math.abs((fix?.lon ?? 0) - (known.theirs?.lon ?? 0)), known.sentence).toBeLessThan(
        1e-5,
      );
    }
  });
});
