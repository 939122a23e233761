import type { ReactNode } from 'react';

/** The row of filters above a list. */
export function Filters({ children }: { readonly children: ReactNode }) {
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

export function Search({
  label,
  hint = label,
  value,
  choose,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly choose: (value: string) => void;
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={hint}
      value={value}
      onChange={(event) => choose(event.target.value)}
    />
  );
}

/** A filter with few values. @param all said where the empty one is all of them; absent: one of them is always chosen */
export function Choice({
  label,
  all,
  value,
  options,
  choose,
}: {
  readonly label: string;
  readonly all?: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly choose: (value: string) => void;
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => choose(event.target.value)}>
      {all !== undefined && <option value="">{all}</option>}
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  );
}
