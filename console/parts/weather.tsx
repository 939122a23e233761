import { useState } from 'react';
import { useApp, useSession } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';
import { monthAtGlance, monthsOf, type WeatherMonth } from '../lib/weather.ts';
import { Choice } from './filters.tsx';
import { FormDialog, textIn } from './form-dialog.tsx';
import { RemoveButton } from './remove-button.tsx';
import { Show } from './states.tsx';
import { Table } from './table.tsx';

interface Imported {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** A file of daily means: all of it, or nothing and every fault. */
function WeatherDialog({
  institution,
  done,
}: {
  readonly institution: string;
  readonly done: () => void;
}) {
  const { api, texts } = useApp();
  const words = texts.weather;
  const [imported, setImported] = useState<Imported>();
  const send = async (form: FormData) => {
    const [file, source] = [form.get('file'), textIn(form, 'source')];
    const query = source === '' ? '' : `?source=${encodeURIComponent(source)}`;
    const path = `/institutions/${encodeURIComponent(institution)}/weather${query}`;
    if (file instanceof Blob) setImported(await api.upload<Imported>(path, file, 'text/csv'));
  };
  return (
    <div className="row">
      <FormDialog label={words.importing} save={words.importIt} send={send} done={done}>
        <p className="faint small">{words.importHint}</p>
        <label>
          {words.file}
          <input name="file" type="file" accept=".csv,text/csv,text/plain" required />
        </label>
        <label>
          {words.source}
          <input name="source" maxLength={500} placeholder={words.sourceHint} />
        </label>
      </FormDialog>
      {imported && (
        <span role="status" className="faint">
          {words.imported(imported.added, imported.changed, imported.unchanged)}
        </span>
      )}
    </div>
  );
}

interface MonthProps {
  readonly month: WeatherMonth;
  readonly done: () => void;
}

function Month({ month, done }: MonthProps) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const words = texts.weather;
  const { days, of, meanC, coldestC, warmestC } = monthAtGlance(month);
  const celsius = (value: number | null) => formatNumber(value, locale, 1);
  return (
    <tr>
      <td>
        {month.month}
        {month.source !== undefined && <small>{month.source}</small>}
      </td>
      <td className="number" data-label={words.days}>
        {days} / {of}
      </td>
      <td className="number" data-label={words.mean}>
        {celsius(meanC)}
      </td>
      <td className="number" data-label={words.range}>
        {celsius(coldestC)} … {celsius(warmestC)}
      </td>
      <td>
        {me.writes.includes('weather') && (
          <RemoveButton
            label={words.remove}
            sure={words.removeSure(month.month)}
            path={`/weather/${encodeURIComponent(month.id)}`}
            done={done}
          />
        )}
      </td>
    </tr>
  );
}

/** Outdoor temperatures that were imported, of one institution after another. */
export function Weather() {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.weather;
  const institutions = useEntities('institutions');
  const loaded = useEntities('weather');
  const [asked, choose] = useState(me.institution ?? '');
  return (
    <section className="card stack">
      <h2>{words.title}</h2>
      <p className="faint small">{words.explain}</p>
      <Show of={institutions}>
        {({ items, byId }) => {
          const institution = byId.get(asked) ?? items[0];
          if (!institution) return null;
          const { id } = institution;
          return (
            <>
              <Choice
                label={texts.alerts.institution}
                value={id}
                options={items.map((each) => [each.id, each.name])}
                choose={choose}
              />
              {me.writes.includes('weather') && (
                <WeatherDialog key={id} institution={id} done={loaded.reload} />
              )}
              <Show of={loaded}>
                {({ items: all }) => {
                  const months = monthsOf(all, id);
                  if (months.length === 0) return <p className="faint">{words.none}</p>;
                  const heads = [
                    words.month,
                    { number: words.days },
                    { number: words.mean },
                    { number: words.range },
                    '',
                  ];
                  return (
                    <Table kind="trips" heads={heads}>
                      {months.map((month) => (
                        <Month key={month.id} month={month} done={loaded.reload} />
                      ))}
                    </Table>
                  );
                }}
              </Show>
            </>
          );
        }}
      </Show>
    </section>
  );
}
