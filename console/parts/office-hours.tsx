import { type FormEvent, useState } from 'react';
import type { EntityView } from '../../api/contract.ts';
import { officeHoursDefault } from '../../model/office-hours.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { errorWords } from '../lib/words.ts';
import { textIn } from './form-dialog.tsx';
import { Show } from './states.tsx';
import { WorkingPattern } from './working-pattern.tsx';

type Owner = EntityView<'institutions'> & { readonly id: string };

interface HoursProps {
  readonly institution: Owner;
  readonly done: () => void;
}

/** When it works on workdays; who may, says otherwise. */
function Hours({ institution, done }: HoursProps) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const words = texts.calendar;
  const { id, version, officeHours, timeZone } = institution;
  const { from, to } = officeHours ?? officeHoursDefault;
  const [failed, setFailed] = useState<unknown>();
  const save = (hours: { readonly from: string; readonly to: string } | null) => {
    setFailed(undefined);
    const path = `/institutions/${encodeURIComponent(id)}`;
    api.patch(path, { version, officeHours: hours }).then(done, setFailed);
  };
  if (!me.writes.includes('institutions'))
    return (
      <p>
        {from} – {to} ({timeZone}) {!officeHours && <small>{words.usualHours}</small>}
      </p>
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save({ from: textIn(form, 'from'), to: textIn(form, 'to') });
  };
  const time = (name: 'from' | 'to', value: string) => (
    <label>
      {words.hours[name]} ({timeZone})
      <input name={name} type="time" required defaultValue={value} />
    </label>
  );
  return (
    <form className="draft" onSubmit={submit}>
      <div className="two">
        {time('from', from)}
        {time('to', to)}
      </div>
      {!officeHours && <p className="faint small">{words.usualHours}</p>}
      <div className="row">
        <button type="submit" className="primary">
          {words.setHours}
        </button>
        {officeHours && (
          <button type="button" onClick={() => save(null)}>
            {words.asUsual(officeHoursDefault.from, officeHoursDefault.to)}
          </button>
        )}
      </div>
      {failed !== undefined && (
        <p className="note" role="alert">
          {errorWords(failed, texts)}
        </p>
      )}
    </form>
  );
}

/** Office hours of one institution after another. */
export function OfficeHours() {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.calendar;
  const loaded = useEntities('institutions');
  const [asked, choose] = useState(me.institution ?? '');
  return (
    <section className="card">
      <h2>{words.officeHours}</h2>
      <p className="faint small">{words.officeHoursExplain}</p>
      <Show of={loaded}>
        {({ items, byId }) => {
          const institution = byId.get(asked) ?? items[0];
          if (!institution) return null;
          return (
            <div className="office-hours">
              <select
                aria-label={texts.alerts.institution}
                value={institution.id}
                onChange={({ target }) => choose(target.value)}
              >
                {items.map(({ id, name, officeHours }) => (
                  <option key={id} value={id}>
                    {officeHours ? `${name} · ${officeHours.from} – ${officeHours.to}` : name}
                  </option>
                ))}
              </select>
              <Hours
                key={`${institution.id} ${institution.version}`}
                institution={institution}
                done={loaded.reload}
              />
              <WorkingPattern key={institution.id} institution={institution} done={loaded.reload} />
            </div>
          );
        }}
      </Show>
    </section>
  );
}
