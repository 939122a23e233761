import { useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import { FormDialog } from './form-dialog.tsx';

interface Imported {
  readonly added: number;
  readonly unchanged: number;
}

/** A statement of fuel cards, as the supplier sends it: all of it, or nothing and every fault. */
export function StatementDialog({ done }: { readonly done: () => void }) {
  const { api, texts } = useApp();
  const words = texts.vehicleLedger;
  const [imported, setImported] = useState<Imported>();
  const send = async (form: FormData) => {
    const file = form.get('file');
    if (file instanceof Blob)
      setImported(await api.upload<Imported>('/fuel-cards', file, 'text/csv'));
  };
  return (
    <>
      <FormDialog label={words.importing} save={words.importIt} send={send} done={done}>
        <p className="faint small">{words.importHint}</p>
        <label>
          {words.file}
          <input name="file" type="file" accept=".csv,text/csv,text/plain" required />
        </label>
      </FormDialog>
      {imported && (
        <span role="status" className="faint">
          {words.imported(imported.added, imported.unchanged)}
        </span>
      )}
    </>
  );
}
