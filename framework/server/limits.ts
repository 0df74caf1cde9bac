/** What a server takes on at most. Every number can be set by who creates the app. */

export interface Limits {
  /** Largest file that may be uploaded. */
  readonly maxBytes: number
  /** Largest picture, width times height. */
  readonly maxPixels: number
  /** Runs that may wait at one space. */
  readonly maxWaiting: number
  /** Runs of one visitor, waiting or under way, at one space. */
  readonly maxJobsPerSession: number
  /** Pages that one visitor may have open. */
  readonly maxTabsPerSession: number
  /** Files that are kept for one visitor; above it, those that were not used for longest go first. */
  readonly maxSessionBytes: number
  /** Files of all visitors together; above it, those that were not used for longest go first, whosever they are. */
  readonly maxTotalBytes: number
  /** Characters of messages that are kept for a page until it has acknowledged them. */
  readonly maxOutboxChars: number
  /** How long a tab that lost its connection may stay away. */
  readonly tabGraceMs: number
  /** How long the files of a visitor who has left are kept. */
  readonly fileLifetimeMs: number
  /** How long running jobs may go on when the server is asked to stop. */
  readonly closeGraceMs: number
  /** Distance of the pings that find dead connections. */
  readonly heartbeatMs: number
}

export const LIMITS: Limits = {
  maxBytes: 20_000_000,
  maxPixels: 100_000_000,
  maxWaiting: 1000,
  maxJobsPerSession: 64,
  maxTabsPerSession: 64,
  maxSessionBytes: 500_000_000,
  maxTotalBytes: 10_000_000_000,
  maxOutboxChars: 8 * 1024 * 1024,
  tabGraceMs: 120_000,
  fileLifetimeMs: 3_600_000,
  closeGraceMs: 10_000,
  heartbeatMs: 15_000,
}
