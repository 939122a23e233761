import type { ReactNode } from 'react';

/** A line of a list of facts; none where nothing is known. */
export function Fact({
  name,
  children,
}: {
  readonly name: ReactNode;
  readonly children: ReactNode;
}) {
  if (children === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A list of facts in words. */
export function Facts({
  of,
}: {
  readonly of: readonly (readonly [name: string, value: string])[];
}) {
  return (
    <dl className="stats">
      {of.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </dl>
  );
}
