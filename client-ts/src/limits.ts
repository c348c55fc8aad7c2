/** Every limit of the client that the server does not tell. */
export const limits = {
  /** From opening a socket to device_connected. */
  connectMs: 10_000,
  /** A request that the server holds until there is something to tell: longer than any server does. */
  pollMs: 60_000,
  /** A request of long-polling that was not answered is made again, after this time, doubled with each of so many attempts. */
  pollAgainMs: 500,
  pollAttempts: 4,
  /** Frames that are posted together are no longer than this, in UTF-8, unless one alone is. */
  batchBytes: 60_000,
  /** While polling, a WebSocket is tried again after this time. */
  webSocketAgainMs: 60_000,
  /** After a ping: a connection that stays silent for so long is lost, whatever the network says. */
  pongMs: 10_000,
  /** Something was sent, and the server has answered nothing at all of what waits. */
  answerMs: 30_000,
  /** One request over HTTP. */
  requestMs: 15_000,
  /** One piece of an upload, and how long it should take: pieces grow and shrink between these sizes. */
  pieceMs: 1_000,
  pieceWithinMs: 60_000,
  leastPieceBytes: 64 * 1024,
  mostPieceBytes: 1024 * 1024,
  /** Files that are uploaded at the same time. */
  uploads: 2,
  /** Reconnecting: a random time up to the base doubled with each attempt, up to the cap. */
  backoffBaseMs: 500,
  backoffCapMs: 30_000,
  /** A new token is asked for so long before the old one expires, or at half of a shorter life. */
  renewBeforeMs: 60_000,
  /** So long after asking for a new token has failed, or has brought an expired one, it is asked for again. */
  renewAgainMs: 10_000,
  /** Frames that wait for the store. The server's window keeps it far below this. */
  inboxFrames: 4_096,
  /** Frames whose effects are stored in one transaction. */
  framesPerTransaction: 64,
  /** Messages, edits and recalls sent without waiting for an answer. */
  inFlight: 16,
  /** Messages, edits and recalls that wait for the server or for the user. */
  outboxItems: 1_000,
  /** Reads are gathered for so long before they are told. */
  readGatherMs: 300,
  /** Unconfirmed reads of one conversation that keep their own times. */
  pendingReads: 100,
  /** Messages fetched from the history at once. */
  historyPage: 50,
} as const;
