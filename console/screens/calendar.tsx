import { type FormEvent, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import type { DayKind } from '../../model/entities.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import {
  calendarOf,
  dayKinds,
  type ShownDay,
  shiftMonth,
  weeksOf,
  type YearCalendar,
} from '../lib/calendar.ts';
import { useEntities } from '../lib/use-lists.ts';
import { errorWords } from '../lib/words.ts';
import { Fact } from '../parts/fact.tsx';
import { textIn } from '../parts/form-dialog.tsx';
import { OfficeHours } from '../parts/office-hours.tsx';
import { Show } from '../parts/states.tsx';
import { Weather } from '../parts/weather.tsx';

type Amendment = EntityView<'calendar'> & { readonly id: string };

interface DayProps {
  readonly day: ShownDay;
  readonly isToday: boolean;
  readonly isChosen: boolean;
  readonly choose: (date: string) => void;
}

function Day({ day, isToday, isChosen, choose }: DayProps) {
  const { texts } = useApp();
  const words = texts.calendar;
  const { date, kind, name, source } = day;
  const said = kind ? texts.dayKind[kind] : words.unknown;
  return (
    <button
      type="button"
      className={`${kind ?? 'none'} ${isToday ? 'today' : ''}`}
      aria-pressed={isChosen}
      aria-label={[date, said, name, source === 'amended' ? words.amended : '']
        .filter(Boolean)
        .join(' ')}
      aria-current={isToday ? 'date' : undefined}
      onClick={() => choose(date)}
    >
      <b>
        {Number(date.slice(8))}
        <i>{kind ? words.short[kind] : '?'}</i>
      </b>
      <small>{name ?? (kind === undefined ? words.unknown : '')}</small>
      <small>{source === 'amended' ? words.amended : ''}</small>
    </button>
  );
}

interface MonthProps {
  readonly month: string;
  readonly calendar: YearCalendar;
  readonly today: string;
  readonly chosen: string | undefined;
  readonly choose: (date: string) => void;
}

function Month({ month, calendar, today, chosen, choose }: MonthProps) {
  const { texts } = useApp();
  return (
    <table className="month">
      <thead>
        <tr>
          {texts.calendar.weekdays.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((dates) => (
          <tr key={dates.find(Boolean)}>
            {dates.map((date, n) => (
              <td key={date ?? `empty ${n}`}>
                {date !== undefined && (
                  <Day
                    day={calendar.day(date)}
                    isToday={date === today}
                    isChosen={date === chosen}
                    choose={choose}
                  />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ChosenProps {
  readonly day: ShownDay;
  readonly amendment: Amendment | undefined;
  readonly done: () => void;
}

/** What the day is and why; who may, says otherwise. */
function ChosenDay({ day, amendment, done }: ChosenProps) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const words = texts.calendar;
  const [failed, setFailed] = useState<unknown>();
  const run = (change: Promise<unknown>) => {
    setFailed(undefined);
    change.then(done, setFailed);
  };
  const path = `/calendar/${day.date}`;
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [kind, name] = [textIn(form, 'kind'), textIn(form, 'name')];
    run(
      amendment
        ? api.patch(path, { version: amendment.version, kind, name: name === '' ? null : name })
        : api.post('/calendar', { date: day.date, kind, ...(name !== '' && { name }) }),
    );
  };
  const fallback: DayKind = 'workday';
  return (
    <>
      <dl className="facts">
        <Fact name={words.kind}>{day.kind ? texts.dayKind[day.kind] : words.unknown}</Fact>
        <Fact name={words.source}>{words.sources[day.source]}</Fact>
      </dl>
      {me.writes.includes('calendar') && (
        <form className="draft" onSubmit={save}>
          <label>
            {words.kind}
            <select name="kind" defaultValue={day.kind ?? fallback}>
              {dayKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {texts.dayKind[kind]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.name}
            <input name="name" maxLength={200} defaultValue={day.name ?? ''} />
          </label>
          <div className="row">
            <button type="submit" className="primary">
              {words.save}
            </button>
            {amendment && (
              <button type="button" onClick={() => run(api.remove(path))}>
                {words.restore}
              </button>
            )}
          </div>
        </form>
      )}
      {failed !== undefined && (
        <p className="note" role="alert">
          {errorWords(failed, texts)}
        </p>
      )}
    </>
  );
}

const isMonth = (text: string | null): text is string =>
  text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

function MonthPicker({
  month,
  choose,
}: {
  readonly month: string;
  readonly choose: (month?: string) => void;
}) {
  const { texts } = useApp();
  const words = texts.calendar;
  const [year = '', number = ''] = month.split('-');
  return (
    <div className="filters">
      <span className="day-picker">
        <button
          type="button"
          aria-label={words.before}
          onClick={() => choose(shiftMonth(month, -1))}
        >
          ‹
        </button>
        <strong aria-live="polite">{words.monthOf(year, Number(number))}</strong>
        <button type="button" aria-label={words.after} onClick={() => choose(shiftMonth(month, 1))}>
          ›
        </button>
        <button type="button" onClick={() => choose()}>
          {words.today}
        </button>
      </span>
    </div>
  );
}

/** Which days are worked: the yearly notices and what was amended here. Month and day stand in the address. */
export function CalendarScreen() {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.calendar;
  useTitle(words.title);
  const [query, setQuery] = useSearchParams();
  const today = localTime(useNow(minuteMs), me.timeZone).date;
  const asked = query.get('month');
  const month = isMonth(asked) ? asked : today.slice(0, 7);
  const chosen = query.get('date') ?? undefined;
  const year = month.slice(0, 4);
  const loaded = useEntities('calendar');
  const byDate = loaded.data?.byId;
  const calendar = useMemo(() => calendarOf(year, byDate ?? new Map()), [year, byDate]);
  const choose = (next?: string, date?: string) =>
    setQuery({ ...(next && { month: next }), ...(date && { date }) }, { replace: true });
  const amendment = chosen === undefined ? undefined : byDate?.get(chosen);
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <MonthPicker month={month} choose={choose} />
      {loaded.data && !calendar.isPublished && (
        <p className="note loud" role="alert">
          <strong>{words.missing(year)}</strong>
          <span>{words.missingMore(year)}</span>
        </p>
      )}
      <Show of={loaded}>
        {() => (
          <div className="columns wide">
            <section className="card">
              <Month
                month={month}
                calendar={calendar}
                today={today}
                chosen={chosen}
                choose={(date) => choose(month, date)}
              />
            </section>
            <section className="card">
              <h2>{chosen ?? words.chosen}</h2>
              {chosen?.startsWith(year) ? (
                <ChosenDay
                  key={`${chosen} ${amendment?.version ?? 0}`}
                  day={calendar.day(chosen)}
                  amendment={amendment}
                  done={loaded.reload}
                />
              ) : (
                <p className="faint">{words.choose}</p>
              )}
            </section>
          </div>
        )}
      </Show>
      <OfficeHours />
      <Weather />
    </div>
  );
}
