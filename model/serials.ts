/**
 * How many numbers between two messages were never seen. A device that was switched on again begins at 0; what is behind the last number was
 * sent again and says nothing: undefined.
 */
export function missingBefore(
  last: number | undefined,
  serial: number,
  numbers: number,
): number | undefined {
  if (last === undefined) return 0;
  const ahead = (serial - last + numbers) % numbers;
  if (serial === 0 && ahead !== 0) return 0;
  return ahead === 0 || ahead > numbers / 2 ? undefined : ahead - 1;
}
