/** A choice between a few values, all of them seen. */
export function Segments<T extends string | number>({
  label,
  values,
  chosen,
  name,
  choose,
}: {
  readonly label: string;
  readonly values: readonly T[];
  readonly chosen: T | undefined;
  readonly name: (value: T) => string;
  readonly choose: (value: T) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="hidden">{label}</legend>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => choose(value)}
        >
          {name(value)}
        </button>
      ))}
    </fieldset>
  );
}
