import { useApp } from '../lib/app-context.ts';
import { type Cell, toCsv } from '../lib/csv.ts';

/** Hands the browser a file to keep. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** Keeps a list as a file. @param rows the headings first; made when asked for */
export function CsvButton({
  name,
  rows,
}: {
  /** Without the ending. */
  readonly name: string;
  readonly rows: () => readonly (readonly Cell[])[];
}) {
  const { texts } = useApp();
  return (
    <button type="button" onClick={() => saveFile(`${name}.csv`, toCsv(rows()))}>
      {texts.institution.exportCsv}
    </button>
  );
}
