import type { AlertView } from '../../api/contract.ts';
import type { Texts } from '../texts/zh.ts';

interface HistoryLine {
  readonly key: string;
  /** Unix ms UTC; undefined where only that it happened is known. */
  readonly at: number | undefined;
  readonly text: string;
  readonly by?: string;
  /** What a person wrote. */
  readonly said?: string;
}

/** What became of an alert, oldest first; what has no time of its own comes last. */
export function historyOf(alert: AlertView, texts: Texts): HistoryLine[] {
  const { alert: words } = texts;
  const timed: HistoryLine[] = [
    { key: 'opened', at: Date.parse(alert.openedAt), text: words.opened },
    { key: 'raised', at: Date.parse(alert.raisedAt), text: words.raised },
    ...alert.comments.map(
      (comment, n): HistoryLine => ({
        key: `comment${n}`,
        at: Date.parse(comment.at),
        text: words.comment,
        by: comment.user,
        said: comment.text,
      }),
    ),
  ];
  if (alert.verdict) {
    const { verdict, reason, user, at } = alert.verdict;
    timed.push({
      key: 'verdict',
      at: Date.parse(at),
      text: words.verdictIs(texts.verdict[verdict]),
      by: user,
      ...(reason === undefined ? {} : { said: reason }),
    });
  }
  if (alert.clearedAt !== null)
    timed.push({ key: 'cleared', at: Date.parse(alert.clearedAt), text: words.cleared });
  const untimed: HistoryLine[] = [];
  if (alert.acknowledgedBy !== null)
    untimed.push({
      key: 'acknowledged',
      at: undefined,
      text: words.acknowledged,
      by: alert.acknowledgedBy,
    });
  if (alert.assignee !== null)
    untimed.push({ key: 'assigned', at: undefined, text: words.assigned(alert.assignee) });
  if (alert.state === 'withdrawn')
    untimed.push({ key: 'withdrawn', at: undefined, text: words.withdrawn });
  return [...timed.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), ...untimed];
}
