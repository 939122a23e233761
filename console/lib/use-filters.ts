import { useSearchParams } from 'wouter';

/**
 * Filters of a list, which stand in the address of its screen.
 * @returns what is chosen, and what chooses a value for a filter; an empty one takes it away
 */
export function useFilters() {
  const [query, setQuery] = useSearchParams();
  const choose = (key: string, value: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  return [query, choose] as const;
}
