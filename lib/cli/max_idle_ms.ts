/** A longer sleep ends the run of a command, so that the journal is free for whoever looks after it. */
export const MAX_IDLE_MS = 60_000;
