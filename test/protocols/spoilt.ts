/** The ways a line spoils bytes. */

/** Every beginning of the bytes but the whole, and every end of them. */
export const cutsOf = (bytes: Uint8Array): readonly Uint8Array[] => [
  ...Array.from(bytes, (_, length) => bytes.slice(0, length)),
  ...Array.from(bytes, (_, skipped) => bytes.slice(skipped + 1)),
];

/** The bytes with each of their bits turned. */
export const flipsOf = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: bytes.length * 8 }, (_, bit) =>
    bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))),
  );
