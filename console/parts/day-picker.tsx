import { shiftDay } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';

/** A day, the one before, the one after, and today again. */
export function DayPicker({
  date,
  isToday,
  choose,
}: {
  /** YYYY-MM-DD; empty until it is known. */
  readonly date: string;
  readonly isToday: boolean;
  /** Empty is today. */
  readonly choose: (date: string) => void;
}) {
  const { texts } = useApp();
  return (
    <span className="day-picker">
      <button
        type="button"
        aria-label={texts.ledger.before}
        disabled={date === ''}
        onClick={() => choose(shiftDay(date, -1))}
      >
        ‹
      </button>
      <input
        type="date"
        aria-label={texts.ledger.date}
        value={date}
        onChange={(event) => choose(event.target.value)}
      />
      <button
        type="button"
        aria-label={texts.ledger.after}
        disabled={isToday || date === ''}
        onClick={() => choose(shiftDay(date, 1))}
      >
        ›
      </button>
      {!isToday && (
        <button type="button" onClick={() => choose('')}>
          {texts.ledger.today}
        </button>
      )}
    </span>
  );
}
