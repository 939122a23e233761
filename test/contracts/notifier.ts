import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notifier } from '../../alerts/alerts.ts';
import { sampleAlert } from '../alerts/samples.ts';

/** How the other end behaves: takes messages, says "not now", refuses for good, or never answers. */
export type Mood = 'well' | 'passing' | 'for-good' | 'silent';

export interface Delivered {
  /** What tells a repeat from a new message. */
  readonly key: string;
  /** The whole message as it came. */
  readonly text: string;
}

export interface NotifierHarness {
  /** Gives up on a silent other end after about `patienceMs`. */
  readonly notifier: Notifier;
  readonly patienceMs: number;
  setMood(mood: Mood): void;
  /** What has come so far. */
  received(): readonly Delivered[];
  close(): Promise<void>;
}

/**
 * What every way to people must do.
 * @param moods those the other end can have
 */
export function notifierContract(
  name: string,
  moods: readonly Mood[],
  open: () => Promise<NotifierHarness>,
): void {
  describe(`notifier ${name}`, () => {
    let harness: NotifierHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => {
      await harness.close();
    });

    const send = (key: string, alert = sampleAlert()) =>
      harness.notifier.send(alert, 'opened', key);
    const testIn = (mood: Mood, what: string, body: () => Promise<void>) => {
      if (moods.includes(mood)) test(what, body);
    };
    const ofKey = (key: string) => harness.received().filter((one) => one.key === key);

    test('is done when the other end has the alert', async () => {
      const alert = sampleAlert();
      await send('k1', alert);
      expect(ofKey('k1')).toHaveLength(1);
      expect(ofKey('k1')[0]?.text).toContain(alert.id);
      expect(ofKey('k1')[0]?.text).toContain(alert.summary.zh);
    });

    test('a repeat can be told by its key', async () => {
      await send('k2');
      await send('k2');
      await send('k3');
      expect([ofKey('k2').length, ofKey('k3').length]).toEqual([2, 1]);
    });

    testIn('passing', 'trouble that may pass is worth another try', async () => {
      harness.setMood('passing');
      await expect(send('k4')).rejects.toMatchObject({ code: 'NOTIFY_FAILED', retryable: true });
      harness.setMood('well');
      await send('k4');
      expect(ofKey('k4')).toHaveLength(1);
    });

    testIn('for-good', 'a refusal for good is not', async () => {
      harness.setMood('for-good');
      await expect(send('k5')).rejects.toMatchObject({ code: 'NOTIFY_FAILED', retryable: false });
      harness.setMood('well');
    });

    testIn('silent', 'silence is given up in time', async () => {
      harness.setMood('silent');
      const begun = performance.now();
      await expect(send('k6')).rejects.toMatchObject({ code: 'NOTIFY_FAILED', retryable: true });
      expect(performance.now() - begun).toBeLessThan(harness.patienceMs * 3 + 1000);
      harness.setMood('well');
      await send('k7');
      expect(ofKey('k7')).toHaveLength(1);
    });

    test('texts of any kind arrive and break nothing', async () => {
      const nasty = 'a\r\nBcc: x@example.com\r\n\r\n<script>alert(1)</script>"\u0000’漢😀';
      await send('k8', sampleAlert({ summary: { zh: nasty, en: nasty } }));
      expect(ofKey('k8')).toHaveLength(1);
      expect(ofKey('k8')[0]?.text).toContain('漢😀');
    });
  });
}
