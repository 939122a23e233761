/** Bits of the error byte of an answer (clause 6.2 of DL/T 645-2007), in words. */
const errorWords = [
  'another error',
  'it has no such data',
  'wrong password or not authorised',
  'the baud rate cannot be changed',
  'too many yearly zones',
  'too many daily time slots',
  'too many tariffs',
];

/** @param data of an answer that tells an error */
export function errorIn(data: Uint8Array): string {
  const bits = data[0];
  if (bits === undefined) return 'the meter refused and gave no reason';
  const words = errorWords.filter((_, bit) => (bits >> bit) & 1);
  return `the meter refused: ${words.length > 0 ? words.join(', ') : `error byte ${bits}`}`;
}
