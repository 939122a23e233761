import { useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import { errorWords } from '../lib/words.ts';

interface RemoveProps {
  readonly label: string;
  /** The question that is asked before. */
  readonly sure: string;
  /** Of what is removed: `/rules/r1`. */
  readonly path: string;
  readonly done: () => void;
}

/** Removes something once it is confirmed, and says so where that fails. */
export function RemoveButton({ label, sure, path, done }: RemoveProps) {
  const { api, texts } = useApp();
  const [failed, setFailed] = useState<unknown>();
  const remove = () => {
    if (!window.confirm(sure)) return;
    setFailed(undefined);
    api.remove(path).then(done, setFailed);
  };
  return (
    <>
      <button type="button" className="danger" onClick={remove}>
        {label}
      </button>
      {failed !== undefined && (
        <small className="note" role="alert">
          {errorWords(failed, texts)}
        </small>
      )}
    </>
  );
}
