import { type FormEvent, useState } from 'react';
import type { EntityView } from '../../api/contract.ts';
import { shiftDay } from '../../model/time.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { errorWords } from '../lib/words.ts';
import { textIn } from './form-dialog.tsx';

type Owner = EntityView<'institutions'> & { readonly id: string };
type Closure = NonNullable<Owner['closures']>[number];

/** People name the last day, the registry the one after. */
const lastDay = ({ to }: Closure): string => shiftDay(to, -1);

interface PatternProps {
  readonly institution: Owner;
  readonly done: () => void;
}

/** On which weekdays an institution is open, and its vacations: seen by all, changed by who may. */
export function WorkingPattern({ institution, done }: PatternProps) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const [failed, setFailed] = useState<unknown>();
  const { id, version } = institution;
  const mayWrite = me.writes.includes('institutions');
  const save = (fields: object) => {
    setFailed(undefined);
    const path = `/institutions/${encodeURIComponent(id)}`;
    api.patch(path, { version, ...fields }).then(done, setFailed);
  };
  return (
    <>
      <OpenWeekdays institution={institution} save={mayWrite ? save : undefined} />
      <Closures institution={institution} save={mayWrite ? save : undefined} />
      {failed !== undefined && (
        <p className="note" role="alert">
          {errorWords(failed, texts)}
        </p>
      )}
    </>
  );
}

interface PartProps {
  readonly institution: Owner;
  /** Undefined for who may only look. */
  readonly save: ((fields: object) => void) | undefined;
}

function OpenWeekdays({ institution: { openWeekdays }, save }: PartProps) {
  const { texts } = useApp();
  const words = texts.calendar;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const days = new FormData(event.currentTarget).getAll('day').map(Number);
    save?.({ openWeekdays: days.length > 0 ? days : null });
  };
  return (
    <form key={String(openWeekdays)} className="draft" onSubmit={submit}>
      <fieldset className="weekdays" disabled={!save}>
        <legend>{words.openWeekdays}</legend>
        {words.weekdays.map((name, n) => (
          <label key={name}>
            <input
              type="checkbox"
              name="day"
              value={n + 1}
              defaultChecked={openWeekdays?.includes(n + 1)}
            />
            {name}
          </label>
        ))}
        <p className="faint small">{openWeekdays ? words.byWeekdays : words.byCalendar}</p>
      </fieldset>
      {save && (
        <div className="row">
          <button type="submit">{words.setWeekdays}</button>
        </div>
      )}
    </form>
  );
}

function Closures({ institution: { closures = [] }, save }: PartProps) {
  const { texts } = useApp();
  const words = texts.calendar;
  const keep = (next: readonly Closure[]) => save?.({ closures: next.length > 0 ? next : null });
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const closure = { from: textIn(form, 'first'), to: shiftDay(textIn(form, 'last'), 1) };
    keep([...closures, closure].sort((a, b) => (a.from < b.from ? -1 : 1)));
  };
  return (
    <section className="closures">
      <h3>{words.closures}</h3>
      {closures.length === 0 && <p className="faint small">{words.noClosures}</p>}
      <ul>
        {closures.map((closure) => (
          <li key={`${closure.from} ${closure.to}`} className="row">
            {closure.from} – {lastDay(closure)}
            {save && (
              <button
                type="button"
                aria-label={`${words.removeClosure} ${closure.from}`}
                onClick={() => keep(closures.filter((each) => each !== closure))}
              >
                {words.removeClosure}
              </button>
            )}
          </li>
        ))}
      </ul>
      {save && (
        <form key={closures.length} className="draft" onSubmit={add}>
          <div className="two">
            <label>
              {words.firstDay}
              <input name="first" type="date" required />
            </label>
            <label>
              {words.lastDay}
              <input name="last" type="date" required />
            </label>
          </div>
          <div className="row">
            <button type="submit">{words.addClosure}</button>
          </div>
        </form>
      )}
    </section>
  );
}
