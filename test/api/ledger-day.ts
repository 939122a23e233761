/** What the ledger of the tests says of every device and day. */
export const ledgerDay = {
  received: 5,
  stored: 3,
  duplicate: 1,
  late: 1,
  quarantined: { malformed: 1 },
};
